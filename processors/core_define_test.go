package processors

import (
	"strings"
	"testing"
	"time"

	"tidemark/processors/window"
	"tidemark/schemas"
)

// coreEvent is the event of the tests in core_*_test.go. Its value is "id at visitor", at in seconds.
type coreEvent struct {
	ID, Visitor, Shop string
	At                schemas.Millis
}

const coreTopic = "tidemark.core"

func coreSource() Source[coreEvent] {
	return Source[coreEvent]{
		Family: "core", Topic: coreTopic, Horizon: time.Minute,
		Decode: func() (func([]byte, *coreEvent) error, error) { return decodeCore, nil },
		ID:     func(e *coreEvent) string { return e.ID },
		At:     func(e *coreEvent) schemas.Millis { return e.At },
	}
}

func coreMetric() Metric[coreEvent] {
	return Metric[coreEvent]{
		Name: "n", Title: Text{"n", "n"}, Help: "n", Window: window.Tumbling(10 * time.Second),
		Measures: []Measure[coreEvent]{Count[coreEvent]("n", nil)},
	}
}

func coreSessions() *Sessions[coreEvent, int] {
	return &Sessions[coreEvent, int]{
		Name: "s", Spec: window.SessionSpec{Gap: 10 * time.Second, MaxSpan: 30 * time.Second, MaxEvents: 3},
		Key: func(e *coreEvent) string { return e.Visitor }, Of: func(*coreEvent, schemas.Millis) int { return 1 },
		Merge: func(into, next *int) { *into += *next },
	}
}

func coreSessionMetric(name string) Metric[window.Session[int]] {
	return Metric[window.Session[int]]{
		Name: name, Title: Text{"n", "n"}, Help: "n", Window: window.Tumbling(10 * time.Second),
		Measures: []Measure[window.Session[int]]{Count[window.Session[int]]("n", nil)},
	}
}

func TestSpecCheck(t *testing.T) {
	dim := func(name string) Dim[coreEvent] { return Dim[coreEvent]{name, func(*coreEvent) string { return "" }} }
	for name, c := range map[string]struct {
		change func(*Metric[coreEvent])
		want   string // part of the error; empty: none
	}{
		"right":             {func(*Metric[coreEvent]) {}, ""},
		"window":            {func(m *Metric[coreEvent]) { m.Window.Step = 7 * time.Second }, "multiple"},
		"lateness":          {func(m *Metric[coreEvent]) { m.Lateness = -1 }, "negative"},
		"title":             {func(m *Metric[coreEvent]) { m.Title.ZH = "" }, "title"},
		"help":              {func(m *Metric[coreEvent]) { m.Help = "" }, "help"},
		"measures":          {func(m *Metric[coreEvent]) { m.Measures = nil }, "no measures"},
		"name of a measure": {func(m *Metric[coreEvent]) { m.Measures[0].Name = "N" }, "snake case"},
		"reserved name":     {func(m *Metric[coreEvent]) { m.Measures[0].Name = "ver" }, "stands twice"},
		"name twice":        {func(m *Metric[coreEvent]) { m.By = append(m.By, dim("n")) }, "stands twice"},
		"many dims": {func(m *Metric[coreEvent]) {
			for i := range MaxDims + 1 {
				m.By = append(m.By, dim("d"+string(rune('a'+i))))
			}
		}, "at most 8"},
		"shop and market":     {func(m *Metric[coreEvent]) { m.By = []Dim[coreEvent]{dim("shop"), dim("market"), dim("page")} }, ""},
		"shop in the middle":  {func(m *Metric[coreEvent]) { m.By = []Dim[coreEvent]{dim("page"), dim("shop")} }, "shop must be the first"},
		"market without shop": {func(m *Metric[coreEvent]) { m.By = []Dim[coreEvent]{dim("page"), dim("market")} }, "market must be the second"},
	} {
		m := coreMetric()
		c.change(&m)
		d := DefineOn(coreSource(), m)
		err := d.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: Check() = %v, want %q", name, err, c.want)
		}
	}
}

// What a metric on sessions says of its own would be ignored, so it is refused.
func TestSpecCheckOfSessions(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Metric[window.Session[int]])
		want   bool
	}{
		"right":    {func(*Metric[window.Session[int]]) {}, true},
		"lateness": {func(m *Metric[window.Session[int]]) { m.Lateness = time.Second }, false},
		"sliding":  {func(m *Metric[window.Session[int]]) { m.Window.Step = time.Second }, false},
	} {
		m := coreSessionMetric("n")
		c.change(&m)
		d := DefineSessionsOn(coreSource(), coreSessions(), m)
		if err := d.Check(); (err == nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Everything that changes what rows mean changes the fingerprint, and nothing else does.
func TestFingerprint(t *testing.T) {
	plain := DefineOn(coreSource(), coreMetric())
	for name, c := range map[string]struct {
		change func(*Metric[coreEvent])
		same   bool
	}{
		"help":       {func(m *Metric[coreEvent]) { m.Help = "other" }, true},
		"headline":   {func(m *Metric[coreEvent]) { m.Headline = true }, true},
		"bound":      {func(m *Metric[coreEvent]) { m.MaxTuples = MaxTuples }, true},
		"name":       {func(m *Metric[coreEvent]) { m.Name = "other" }, false},
		"window":     {func(m *Metric[coreEvent]) { m.Window = window.Tumbling(time.Minute) }, false},
		"step":       {func(m *Metric[coreEvent]) { m.Window = window.Sliding(10*time.Second, time.Second) }, false},
		"lateness":   {func(m *Metric[coreEvent]) { m.Lateness = time.Second }, false},
		"duplicates": {func(m *Metric[coreEvent]) { m.KeepDuplicates = true }, false},
		"revision":   {func(m *Metric[coreEvent]) { m.Revision = 1 }, false},
		"low bound":  {func(m *Metric[coreEvent]) { m.MaxTuples = 7 }, false},
		"measures":   {func(m *Metric[coreEvent]) { m.Measures = append(m.Measures, Count[coreEvent]("k", nil)) }, false},
		"dims":       {func(m *Metric[coreEvent]) { m.By = []Dim[coreEvent]{{"page", nil}} }, false},
	} {
		m := coreMetric()
		c.change(&m)
		d := DefineOn(coreSource(), m)
		if same := d.Fingerprint() == plain.Fingerprint(); same != c.same {
			t.Errorf("%s: the fingerprint is the same: %v", name, same)
		}
	}
}

func TestFingerprintOfSessions(t *testing.T) {
	plain := DefineSessionsOn(coreSource(), coreSessions(), coreSessionMetric("n"))
	for name, change := range map[string]func(*Sessions[coreEvent, int]){
		"name":     func(s *Sessions[coreEvent, int]) { s.Name = "other" },
		"gap":      func(s *Sessions[coreEvent, int]) { s.Spec.Gap++ },
		"span":     func(s *Sessions[coreEvent, int]) { s.Spec.MaxSpan++ },
		"events":   func(s *Sessions[coreEvent, int]) { s.Spec.MaxEvents++ },
		"lateness": func(s *Sessions[coreEvent, int]) { s.Lateness++ },
		"revision": func(s *Sessions[coreEvent, int]) { s.Revision++ },
	} {
		s := coreSessions()
		change(s)
		d := DefineSessionsOn(coreSource(), s, coreSessionMetric("n"))
		if d.Fingerprint() == plain.Fingerprint() || d.Sessions.fingerprint() == plain.Sessions.fingerprint() {
			t.Errorf("%s does not change the fingerprint", name)
		}
	}
}

// Metrics on one kind of session cannot see different events.
func TestSessionMetricsAgreeOnDuplicates(t *testing.T) {
	s, keep := coreSessions(), coreSessionMetric("b")
	keep.KeepDuplicates = true
	defs := []Definition{DefineSessionsOn(coreSource(), s, coreSessionMetric("a")), DefineSessionsOn(coreSource(), s, keep)}
	if _, err := newMetricTask(defs, Assignment{}); err == nil || !strings.Contains(err.Error(), "KeepDuplicates") {
		t.Errorf("err = %v", err)
	}
}

func TestMetricsOfAnotherEventAreRefused(t *testing.T) {
	type other struct{ coreEvent }
	src := Source[other]{Decode: func() (func([]byte, *other) error, error) { return nil, nil }}
	defs := []Definition{DefineOn(coreSource(), coreMetric()), DefineOn(src, Metric[other]{Name: "b"})}
	if _, err := newMetricTask(defs, Assignment{}); err == nil || !strings.Contains(err.Error(), "another type") {
		t.Errorf("err = %v", err)
	}
}

// Two shops may number their events and visitors alike: neither counts as a copy, or a session, of the other's.
func TestIdentityIsTheShops(t *testing.T) {
	work := func(group string) Task {
		w, err := Catalogue{
			Define(schemas.Clickstream, Metric[schemas.Click]{
				Name: "n", Title: Text{EN: "n", ZH: "n"}, Help: "n", Window: window.Tumbling(time.Minute),
				Measures: []Measure[schemas.Click]{Count[schemas.Click]("n", nil)},
			}),
			DefineSessions(schemas.Clickstream, &Sessions[schemas.Click, string]{
				Name: "s", Spec: window.SessionSpec{Gap: time.Minute, MaxSpan: time.Hour, MaxEvents: 9},
				Key: func(c *schemas.Click) string { return c.AnonymousID },
				Of:  func(c *schemas.Click, _ schemas.Millis) string { return strings.Clone(c.Shop) }, Merge: func(_, _ *string) {},
				Shop: func(s *string) string { return *s }, Market: func(*string) string { return "" },
			}, Metric[window.Session[string]]{
				Name: "s", Title: Text{EN: "s", ZH: "s"}, Help: "s", Window: window.Tumbling(time.Minute),
				Measures: []Measure[window.Session[string]]{Count[window.Session[string]]("n", nil)},
			}),
		}.Work(group, group)
		if err != nil {
			t.Fatal(err)
		}
		task, err := w.NewTask(Assignment{Topic: schemas.Clickstream.Topic()})
		if err != nil {
			t.Fatal(err)
		}
		return task
	}
	enc, err := schemas.NewEncoder[schemas.Click]()
	if err != nil {
		t.Fatal(err)
	}
	var recs []Record
	for i, shop := range []string{"a", "b", "a"} {
		c := schemas.Click{
			Envelope:    schemas.Envelope{EventID: "1", Type: schemas.ClickPageView, OccurredAt: 1_750_000_000_000, ReceivedAt: 1_750_000_000_000, Shop: shop, Source: "test"},
			AnonymousID: "7",
		}
		recs = append(recs, Record{Offset: int64(i), Time: 1_750_000_000_000, Value: enc.Append(nil, &c)})
	}
	for _, group := range []string{GroupFast, GroupSlow} {
		task := work(group)
		task.Apply(recs)
		task.Close()
		f := task.Flush(false)
		if f.Stats.Duplicates != 1 || len(f.Blocks) != 2 || f.Blocks[0].Rows != 2 {
			t.Errorf("%s: %d copies, %+v; want 1 copy and a row for each shop", group, f.Stats.Duplicates, f.Blocks)
		}
	}
}
