package proctest

import (
	"encoding/binary"
	"strings"
	"time"

	"tidemark/processors"
	"tidemark/processors/window"
	"tidemark/processors/wire"
	"tidemark/schemas"
)

// visit is the state of a simulated session.
type visit struct {
	shop, landing, visitor string
	n                      int64
	steps                  string // kinds of all events in the order of folding
}

type session = window.Session[visit]

// visits makes sessions that are short enough to reach every cap within a few records.
func visits(name string, spec window.SessionSpec, lateness time.Duration, where func(*Event) bool) *processors.Sessions[Event, visit] {
	return &processors.Sessions[Event, visit]{
		Name: name, Spec: spec, Lateness: lateness, Where: where,
		Key:  func(e *Event) string { return e.Visitor },
		Join: func(e *Event) bool { return e.Kind == Server },
		Of: func(e *Event, _ schemas.Millis) visit {
			return visit{
				shop: strings.Clone(e.Shop), landing: strings.Clone(e.Page), visitor: strings.Clone(e.Visitor),
				n: e.N, steps: string(rune(e.Kind)),
			}
		},
		Merge: func(into, next *visit) {
			into.n += next.n
			into.steps += next.steps
		},
		Append: func(dst []byte, s *visit) []byte {
			for _, v := range []string{s.shop, s.landing, s.visitor, s.steps} {
				dst = wire.AppendText(dst, v)
			}
			return binary.AppendVarint(dst, s.n)
		},
		Read: func(r *wire.Reader) visit {
			return visit{shop: r.Text(), landing: r.Text(), visitor: r.Text(), steps: r.Text(), n: r.Varint()}
		},
		Shop:   func(v *visit) string { return v.shop },
		Market: func(v *visit) string { return "m-" + v.shop },
	}
}

func capped() *processors.Sessions[Event, visit] {
	return visits("capped", window.SessionSpec{Gap: 5 * time.Second, MaxSpan: 20 * time.Second, MaxEvents: 4}, 3*time.Second, nil)
}

func long() *processors.Sessions[Event, visit] {
	return visits("long", window.SessionSpec{Gap: 8 * time.Second, MaxSpan: 40 * time.Second, MaxEvents: 12}, time.Second,
		func(e *Event) bool { return e.Kind != Click })
}

func fresh() *processors.Sessions[Event, visit] {
	return visits("fresh", window.SessionSpec{Gap: 4 * time.Second, MaxSpan: 12 * time.Second, MaxEvents: 5}, 2*time.Second, nil)
}

func text(name string) processors.Text { return processors.Text{EN: name, ZH: name} }

func direct(name string, w window.Spec, late time.Duration, m processors.Metric[Event]) processors.Definition {
	m.Name, m.Title, m.Help, m.Window, m.Lateness = name, text(name), name, w, late
	return processors.DefineOn(source(), m)
}

func counted(name string, s *processors.Sessions[Event, visit], w window.Spec, m processors.Metric[session]) processors.Definition {
	m.Name, m.Title, m.Help, m.Window = name, text(name), name, w
	return processors.DefineSessionsOn(source(), s, m)
}

var (
	byPage    = processors.Dim[Event]{Name: "page", Of: func(e *Event) string { return e.Page }}
	byVisitor = processors.Dim[Event]{Name: "visitor", Of: func(e *Event) string { return e.Visitor }}
	byLanding = processors.Dim[session]{Name: "landing", Of: func(s *session) string { return s.State.landing }}
)

func isClick(e *Event) bool               { return e.Kind == Click }
func number(e *Event) int64               { return e.N }
func amount(e *Event) schemas.Money       { return e.Amount }
func visitorOf(e *Event) string           { return e.Visitor }
func sessionNumber(s *session) int64      { return s.State.n }
func sessionEvents(s *session) int64      { return int64(s.Events) }
func sessionSteps(s *session) int64       { return int64(len(s.State.steps)) }
func sessionDwell(s *session) int64       { return s.Last - s.First }
func sessionVisitor(s *session) string    { return s.State.visitor }
func startsWithView(s *session) bool      { return s.State.steps[0] == View }
func endsWithServerEvent(s *session) bool { return s.State.steps[len(s.State.steps)-1] == Server }

// edition is a state of the catalogue.
type edition struct {
	added   bool // a metric of each sort is new: on events, on sessions there were, on sessions of its own
	changed bool // "money" counts something else
}

// catalogue is the metrics of the simulation: every kind of measure, tumbling and sliding windows, several latenesses,
// overflow into "(other)", and several metrics on one kind of session.
func catalogue(ed edition) processors.Catalogue {
	s, l := capped(), long()
	c := append(directs(ed), sessions(s, l)...)
	if !ed.added {
		return c
	}
	return append(c,
		direct("added", window.Sliding(20*time.Second, 5*time.Second), 4*time.Second, processors.Metric[Event]{
			By:       []processors.Dim[Event]{byVisitor},
			Measures: []processors.Measure[Event]{processors.Count[Event]("n", nil), processors.Uniq("pages", nil, byPage.Of)}}),
		counted("added_visits", s, window.Tumbling(20*time.Second), processors.Metric[session]{
			Measures: []processors.Measure[session]{processors.Count[session]("n", nil), processors.Sum("events", "", nil, sessionEvents)}}),
		counted("added_stays", l, window.Tumbling(20*time.Second), processors.Metric[session]{
			Measures: []processors.Measure[session]{processors.Count[session]("n", nil), processors.Sum("events", "", nil, sessionEvents)}}),
		counted("fresh_visits", fresh(), window.Tumbling(10*time.Second), processors.Metric[session]{
			Measures: []processors.Measure[session]{processors.Count[session]("n", nil), processors.Sum("events", "", nil, sessionEvents)}}),
	)
}

func directs(ed edition) []processors.Definition {
	money := processors.Metric[Event]{
		By: []processors.Dim[Event]{byPage}, Headline: true,
		Measures: []processors.Measure[Event]{
			processors.Count[Event]("n", nil), processors.SumMoney("amount", isClick, amount), processors.Sum("total", "", nil, number),
		}}
	if ed.changed {
		money.Where, money.Revision = func(e *Event) bool { return e.Kind != View }, 1
	}
	return []processors.Definition{
		direct("money", window.Tumbling(10*time.Second), 0, money),
		direct("slide", window.Sliding(30*time.Second, 10*time.Second), 5*time.Second, processors.Metric[Event]{
			By: []processors.Dim[Event]{byPage},
			Measures: []processors.Measure[Event]{
				processors.Uniq("visitors", nil, visitorOf), processors.Min("least", "", isClick, number), processors.Max("most", "", nil, number),
			}}),
		direct("crowd", window.Tumbling(20*time.Second), 2*time.Second, processors.Metric[Event]{
			By: []processors.Dim[Event]{byPage, byVisitor}, MaxTuples: 3,
			Measures: []processors.Measure[Event]{processors.Count[Event]("n", nil), processors.Last("last", "", nil, number)}}),
		direct("copies", window.Tumbling(15*time.Second), 8*time.Second, processors.Metric[Event]{
			KeepDuplicates: true, Headline: true, Where: func(e *Event) bool { return e.Kind != Server },
			Measures: []processors.Measure[Event]{processors.Count[Event]("n", nil), processors.Quantile("spread", "", nil, number)}}),
	}
}

func sessions(s, l *processors.Sessions[Event, visit]) []processors.Definition {
	return []processors.Definition{
		counted("visits", s, window.Tumbling(10*time.Second), processors.Metric[session]{
			Measures: []processors.Measure[session]{
				processors.Count[session]("n", nil), processors.Sum("events", "", nil, sessionEvents), processors.Sum("steps", "", nil, sessionSteps),
				processors.Count("from_view", startsWithView), processors.Count("to_server", endsWithServerEvent),
				processors.Quantile("dwell", "ms", nil, sessionDwell),
			}}),
		counted("landings", s, window.Tumbling(30*time.Second), processors.Metric[session]{
			By: []processors.Dim[session]{byLanding}, MaxTuples: 2,
			Measures: []processors.Measure[session]{
				processors.Uniq("visitors", nil, sessionVisitor), processors.Last("last", "", nil, sessionNumber),
			}}),
		counted("stays", l, window.Tumbling(10*time.Second), processors.Metric[session]{
			Where: endsWithServerEvent,
			Measures: []processors.Measure[session]{
				processors.Count[session]("n", nil), processors.Max("dwell", "ms", nil, sessionDwell), processors.Sum("total", "", nil, sessionNumber),
			}}),
	}
}
