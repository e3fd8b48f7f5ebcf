package processors

import (
	"strings"
	"testing"
)

// coreFace is a metric with a count, a ratio, a panel of each and an alert.
func coreFace() Metric[coreEvent] {
	m := coreMetric()
	shop := func(e *coreEvent) string { return e.Shop }
	m.By = []Dim[coreEvent]{{"shop", shop}, {"market", shop}, {"page", shop}}
	m.Measures = []Measure[coreEvent]{
		Count[coreEvent]("seen", nil).Titled("Seen", "展现"), Count[coreEvent]("clicked", nil), Uniq("people", nil, func(e *coreEvent) string { return e.Visitor }),
		Sum("ms", "ms", nil, func(*coreEvent) int64 { return 1 }),
	}
	m.Values = []Value{Ratio("rate", Text{"Rate", "率"}, "clicked", "seen"), Mean("mean", Text{"Mean", "均值"}, "ms", "ms", "seen")}
	text := Text{"text", "文"}
	yellow, orange := Usual()
	m.Panels = []Panel{
		{Board: "live", Section: "s", Kind: Lines, Show: []string{"rate"}, Band: "rate_falls"},
		{Board: "live", Section: "s", Kind: Bars, Show: []string{"seen"}, By: []string{"page"}},
	}
	m.Alerts = []Alert{{
		Name: "rate_falls", Title: text, Figure: "rate", Direction: Falls, MinSamples: 100, MinRelative: 0.2, Yellow: yellow, Orange: orange,
		Cold: Bounds{Yellow: 0.1, Orange: 0.05}, Runbook: Runbook{text, text, text},
	}}
	return m
}

func TestCheckFace(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Metric[coreEvent])
		want   string // part of the error; empty: none
	}{
		"right":                {func(*Metric[coreEvent]) {}, ""},
		"no section":           {func(m *Metric[coreEvent]) { m.Panels[0].Section = "" }, "section"},
		"unknown figure":       {func(m *Metric[coreEvent]) { m.Panels[1].Show = []string{"sold"} }, `"sold" is neither`},
		"unknown dimension":    {func(m *Metric[coreEvent]) { m.Panels[1].By = []string{"colour"} }, `"colour" is not one of`},
		"band of another":      {func(m *Metric[coreEvent]) { m.Panels[0].Show = []string{"seen"} }, "only Lines"},
		"band on bars":         {func(m *Metric[coreEvent]) { m.Panels[0].Kind = Bars }, "only Lines"},
		"too wide":             {func(m *Metric[coreEvent]) { m.Panels[0].Width = 25 }, "24 columns"},
		"panel twice":          {func(m *Metric[coreEvent]) { m.Panels = append(m.Panels, m.Panels[1]) }, "same as another"},
		"no direction":         {func(m *Metric[coreEvent]) { m.Alerts[0].Direction = 0 }, "direction"},
		"alert of a distinct":  {func(m *Metric[coreEvent]) { m.Alerts[0].Figure = "people" }, "must be a count"},
		"alert of a mean":      {func(m *Metric[coreEvent]) { m.Alerts[0].Figure = "mean" }, "must be a count"},
		"alert of nothing":     {func(m *Metric[coreEvent]) { m.Alerts[0].Figure = "sold" }, "must be a count"},
		"alert by shop":        {func(m *Metric[coreEvent]) { m.Alerts[0].By = []string{"shop"} }, "always is one"},
		"no guard":             {func(m *Metric[coreEvent]) { m.Alerts[0].MinRelative = 0 }, "without guards"},
		"recovery beyond":      {func(m *Metric[coreEvent]) { m.Alerts[0].Yellow.Recover = 9 }, "ordered"},
		"cold bounds swapped":  {func(m *Metric[coreEvent]) { m.Alerts[0].Cold = Bounds{0.05, 0.1} }, "beyond yellow"},
		"cold bounds of rises": {func(m *Metric[coreEvent]) { m.Alerts[0].Direction = Rises }, "beyond yellow"},
		"half a runbook":       {func(m *Metric[coreEvent]) { m.Alerts[0].Runbook.Act.ZH = "" }, "runbook"},
		"span too long":        {func(m *Metric[coreEvent]) { m.Alerts[0].Spans = []int{1, MaxSpan + 1} }, "1 to 240"},
		"spans out of order":   {func(m *Metric[coreEvent]) { m.Alerts[0].Spans = []int{5, 1} }, "short ones first"},
		"nothing to look at":   {func(m *Metric[coreEvent]) { m.Panels = m.Panels[1:] }, "must lead to one"},
		"not split by shop":    {func(m *Metric[coreEvent]) { m.By = m.By[2:] }, "not split by shop"},
	} {
		m := coreFace()
		c.change(&m)
		d := DefineOn(coreSource(), m)
		err := d.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: Check() = %v, want %q", name, err, c.want)
		}
	}
}

func TestAlertNamesAreUnique(t *testing.T) {
	a, b := coreFace(), coreFace()
	b.Name = "other"
	err := Catalogue{DefineOn(coreSource(), a), DefineOn(coreSource(), b)}.Check()
	if err == nil || !strings.Contains(err.Error(), `"rate_falls" belongs to`) {
		t.Errorf("Check() = %v", err)
	}
}

// A title, a panel or an alert changes nothing that is stored, so the rows go on without a cut.
func TestFaceLeavesTheFingerprint(t *testing.T) {
	plain := coreFace()
	plain.Panels, plain.Alerts, plain.Measures[0].Title = nil, nil, Text{}
	face, bare := DefineOn(coreSource(), coreFace()), DefineOn(coreSource(), plain)
	if face.Fingerprint() != bare.Fingerprint() {
		t.Error("boards and alerts change the fingerprint")
	}
}

func TestFigures(t *testing.T) {
	d := DefineOn(coreSource(), coreFace())
	for name, want := range map[string]struct {
		title, sql string
		needs      int
	}{
		"seen": {"展现", "seen", 1}, "clicked": {"clicked", "clicked", 1}, "rate": {"率", "clicked / nullIf(seen, 0)", 2},
	} {
		f, ok := d.Figure(name)
		if !ok || f.Title.ZH != want.title || f.SQL != want.sql || len(f.Needs) != want.needs {
			t.Errorf("%s: %+v %v", name, f, ok)
		}
	}
	if _, ok := d.Figure("sold"); ok {
		t.Error("an unknown figure was found")
	}
	if got := d.Merged("people"); got != "uniqMerge(t.people_state) + sumIf(t.people, NOT t.complete) AS people" {
		t.Errorf("Merged(people) = %s", got)
	}
	if d.Merged("seen") != "sum(t.seen) AS seen" || d.Merged("sold") != "" {
		t.Error("merged expressions are wrong")
	}
}

func TestPanelIDsStay(t *testing.T) {
	d := DefineOn(coreSource(), coreFace())
	bars := d.PanelID(1)
	more := coreFace()
	more.Panels = append([]Panel{{Board: "live", Section: "s", Kind: BigStat, Show: []string{"seen"}}}, more.Panels...)
	e := DefineOn(coreSource(), more)
	if e.PanelID(2) != bars || e.PanelID(0) == bars || bars < 1000 {
		t.Errorf("ids %d, then %d and %d", bars, e.PanelID(2), e.PanelID(0))
	}
	if i, ok := e.AlertPanel(&e.Alerts[0]); !ok || i != 1 {
		t.Errorf("the alert leads to panel %d %v", i, ok)
	}
}
