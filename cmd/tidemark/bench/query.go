package bench

import (
	"fmt"
	"math"
	"time"
	"unique"

	"tidemark/processors"
	"tidemark/processors/window"
	"tidemark/schemas"
)

const (
	lateness   = 30 * time.Second
	sessionGap = 5 * time.Minute
)

// definition is the metric behind one query of the workload.
func definition(query, topic string) (processors.Definition, error) {
	switch query {
	case "q1":
		return clickThrough("bench_q1", topic, true), nil
	case "q2":
		return audience(topic), nil
	case "q3":
		return bounces(topic), nil
	case "q4":
		return clickThrough("bench_q4", topic, false), nil
	}
	return processors.Definition{}, fmt.Errorf("no query %q: choose q1, q2, q3 or q4", query)
}

func label(s string) processors.Text { return processors.Text{EN: s, ZH: s} }

// clickThrough is Q1, and with deduplication Q4: impressions and clicks per campaign in windows of 10 s.
func clickThrough(name, topic string, keepDuplicates bool) processors.Definition {
	shown := func(e *event) bool { return e.Event == "ad_impression" }
	clicked := func(e *event) bool { return e.Event == "ad_click" }
	return processors.DefineOn(source(topic), processors.Metric[event]{
		Name: name, Title: label("Click-through rate"), Help: "Impressions and clicks per campaign.",
		Where:  func(e *event) bool { return shown(e) || clicked(e) },
		By:     []processors.Dim[event]{{Name: "campaign", Of: func(e *event) string { return e.CampaignID }}},
		Window: window.Tumbling(10 * time.Second), Lateness: lateness,
		Measures:       []processors.Measure[event]{processors.Count("impressions", shown), processors.Count("clicks", clicked)},
		Values:         []processors.Value{processors.Ratio("rate", label("Click-through rate"), "clicks", "impressions")},
		KeepDuplicates: keepDuplicates,
	})
}

// audience is Q2: distinct users and sessions, purchases and revenue per channel and minute.
func audience(topic string) processors.Definition {
	purchase := func(e *event) bool { return e.Event == "purchase" }
	return processors.DefineOn(source(topic), processors.Metric[event]{
		Name: "bench_q2", Title: label("Audience"), Help: "Users, sessions, purchases and revenue per channel.",
		By:     []processors.Dim[event]{{Name: "channel", Of: func(e *event) string { return e.Channel }}},
		Window: window.Tumbling(time.Minute), Lateness: lateness,
		Measures: []processors.Measure[event]{
			processors.Uniq("users", nil, func(e *event) string { return e.UserID }),
			processors.Uniq("sessions", nil, func(e *event) string { return e.SessionID }),
			processors.Count("purchases", purchase),
			processors.SumMoney("revenue", purchase, func(e *event) schemas.Money { return e.Value }),
		},
		Values:         []processors.Value{processors.Ratio("conversion", label("Conversion"), "purchases", "sessions")},
		KeepDuplicates: true,
	})
}

// visit is what Q3 keeps of a session.
type visit struct {
	channel unique.Handle[string]
	pages   int64
}

func visitOf(e *event, _ schemas.Millis) visit {
	v := visit{channel: unique.Make(e.Channel)}
	if e.Event == "page_view" || e.Event == "view_item" {
		v.pages = 1
	}
	return v
}

// bounces is Q3: sessions of 5 minutes' gap, per channel and minute of close.
func bounces(topic string) processors.Definition {
	sessions := &processors.Sessions[event, visit]{
		Name:     "bench",
		Spec:     window.SessionSpec{Gap: sessionGap, MaxSpan: 1000 * time.Hour, MaxEvents: math.MaxInt},
		Lateness: lateness,
		Key:      func(e *event) string { return e.SessionID },
		Of:       visitOf,
		Merge:    func(into, next *visit) { into.pages += next.pages },
	}
	type closed = window.Session[visit]
	return processors.DefineSessionsOn(source(topic), sessions, processors.Metric[closed]{
		Name: "bench_q3", Title: label("Bounces"), Help: "Sessions and bounces per channel and minute of close.",
		By:     []processors.Dim[closed]{{Name: "channel", Of: func(s *closed) string { return s.State.channel.Value() }}},
		Window: window.Tumbling(time.Minute),
		Measures: []processors.Measure[closed]{
			processors.Count[closed]("sessions", nil),
			processors.Count("bounces", func(s *closed) bool { return s.State.pages <= 1 }),
			processors.Sum("pages", "", nil, func(s *closed) int64 { return s.State.pages }),
			processors.Sum("dwell_ms", "ms", nil, func(s *closed) int64 { return s.Last - s.First }),
		},
		Values:         []processors.Value{processors.Ratio("bounce_rate", label("Bounce rate"), "bounces", "sessions")},
		KeepDuplicates: true,
	})
}
