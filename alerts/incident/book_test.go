package incident

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/alerts"
	"tidemark/processors"
	"tidemark/schemas"
)

const (
	base   = schemas.Millis(1_749_981_600_000) // 2025-06-15T10:00:00Z
	minute = schemas.Millis(60_000)
)

func testRules() []alerts.Rule {
	return []alerts.Rule{
		{
			Alert:  processors.Alert{Name: "paid_orders_fall", Title: processors.Text{EN: "Paid orders fall", ZH: "支付订单下跌"}, Direction: processors.Falls},
			Metric: "trade", Window: time.Minute, Owner: "trade", Team: "payments", Dims: []string{"shop"}, Num: "paid_orders", Board: "live", Panel: 7,
		},
		{
			Alert:  processors.Alert{Name: "ctr_falls", Title: processors.Text{EN: "Click-through falls", ZH: "点击率下跌"}, Direction: processors.Falls},
			Metric: "ctr", Window: time.Minute, Owner: "marketing", Team: "marketing", Dims: []string{"shop", "channel"}, Num: "clicked", Den: "shown", Board: "marketing", Panel: 8,
		},
	}
}

func newBook() *Book {
	return NewBook(Config{Rules: testRules(), Runbook: func(rule string) string { return "https://runbooks.example/" + rule }})
}

// at is minute i.
func at(i int) schemas.Millis { return base + schemas.Millis(i)*minute }

// reading is what the evaluator finds for window i of the first rule in shop a.
func reading(i int, tier alerts.Tier) alerts.Reading {
	return alerts.Reading{
		Rule: "paid_orders_fall", Key: "a", Start: at(i), Tier: tier, Span: 5, SpanActual: 30, SpanExpects: 120, Samples: 120, Sigma: 7, Basis: alerts.Weekly,
	}
}

// judge gives the book window i of shop a, a minute and a half after it began, and returns the kinds of what follows.
func judge(b *Book, i int, tier alerts.Tier) string {
	return kinds(b.Judge([]alerts.Reading{reading(i, tier)}, at(i)+90_000))
}

func kinds(es []Event) string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = string(e.Kind)
	}
	return strings.Join(out, ",")
}

func only(t *testing.T, b *Book) View {
	t.Helper()
	vs := b.Views(false, 0)
	if len(vs) != 1 {
		t.Fatalf("%d incidents, want one: %+v", len(vs), vs)
	}
	v, _ := b.View(vs[0].ID)
	return v
}

func TestJudge(t *testing.T) {
	const g, y, o = alerts.Green, alerts.Yellow, alerts.Orange
	for _, tt := range []struct {
		name  string
		tiers []alerts.Tier
		want  string // kinds, window by window
		state string // of the newest incident, its tier and its worst
		count int    // incidents
	}{
		{"green", []alerts.Tier{g, g}, ";", "", 0},
		{"yellow for a while", []alerts.Tier{y, y, g, g}, "opened;;resolved;", "resolved green yellow", 1},
		{"straight to orange", []alerts.Tier{g, o, o, g}, ";opened;;resolved", "resolved green orange", 1},
		{"up and down", []alerts.Tier{y, o, y, g}, "opened;escalated;eased;resolved", "resolved green orange", 1},
		{"orange to the end", []alerts.Tier{y, o}, "opened;escalated", "open orange orange", 1},
		{"a figure that flaps", []alerts.Tier{y, g, y, g, o, g, y}, "opened;resolved;opened;resolved;opened;resolved;opened", "open yellow orange", 1},
		{"again nine minutes later", []alerts.Tier{y, g, g, g, g, g, g, g, g, g, y}, "opened;resolved;;;;;;;;;opened", "open yellow yellow", 1},
		{"again ten minutes later", []alerts.Tier{y, g, g, g, g, g, g, g, g, g, g, y}, "opened;resolved;;;;;;;;;;opened", "open yellow yellow", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook()
			var got []string
			for i, tier := range tt.tiers {
				got = append(got, judge(b, i, tier))
				if again := judge(b, i, tier); again != "" {
					t.Errorf("window %d again gives %s", i, again)
				}
			}
			if s := strings.Join(got, ";"); s != tt.want {
				t.Errorf("events %q, want %q", s, tt.want)
			}
			vs := b.Views(false, 0)
			if len(vs) != tt.count {
				t.Fatalf("%d incidents, want %d", len(vs), tt.count)
			}
			if tt.count > 0 {
				if s := fmt.Sprint(vs[0].State, " ", vs[0].Tier, " ", vs[0].WorstTier); s != tt.state {
					t.Errorf("state %s, want %s", s, tt.state)
				}
			}
		})
	}
}

// A window that is judged while it is open, and again when it is complete, says each thing once.
func TestOneWindowSaysEachThingOnce(t *testing.T) {
	b := newBook()
	var got []string
	for _, tier := range []alerts.Tier{alerts.Yellow, alerts.Orange, alerts.Yellow, alerts.Orange, alerts.Green, alerts.Yellow} {
		got = append(got, judge(b, 3, tier))
	}
	if s := strings.Join(got, ";"); s != "opened;escalated;eased;;resolved;" {
		t.Errorf("events %q", s)
	}
	if s := judge(b, 4, alerts.Orange); s != "opened" {
		t.Errorf("the next window gives %q", s)
	}
}

func TestOldReadingsDecideNothing(t *testing.T) {
	b := newBook()
	judge(b, 5, alerts.Orange)
	if s := judge(b, 4, alerts.Green); s != "" {
		t.Errorf("the window before the one that opened gives %s", s)
	}
	b = newBook()
	several := []alerts.Reading{reading(2, alerts.Green), reading(0, alerts.Yellow), reading(1, alerts.Orange)}
	if s := kinds(b.Judge(several, at(4))); s != "opened,escalated,resolved" {
		t.Errorf("windows out of order give %s", s)
	}
}

func TestSeriesAreApart(t *testing.T) {
	b := newBook()
	other := reading(0, alerts.Yellow)
	other.Key = "b"
	if s := kinds(b.Judge([]alerts.Reading{reading(0, alerts.Orange), other}, at(2))); s != "opened,opened" {
		t.Errorf("events %s", s)
	}
	if n := b.Open(); n[alerts.Yellow] != 1 || n[alerts.Orange] != 1 {
		t.Errorf("open: %v", n)
	}
	if judge(b, 1, alerts.Green); len(b.Views(true, 0)) != 1 {
		t.Errorf("active: %v", b.Views(true, 0))
	}
}

func TestIdsAreFitForAddresses(t *testing.T) {
	r := reading(0, alerts.Orange)
	r.Key = "shop a/渠道?&#%"
	b := newBook()
	first := b.Judge([]alerts.Reading{r}, at(2))[0]
	if strings.ContainsFunc(first.Incident, func(c rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", c)
	}) || !strings.HasPrefix(first.Incident, "paid_orders_fall-20250615T100000-") {
		t.Errorf("id %q", first.Incident)
	}
	if again := newBook().Judge([]alerts.Reading{r}, at(9))[0]; again.Incident != first.Incident || again.ID != first.ID {
		t.Errorf("the same decision later is %s %s, before it was %s %s", again.Incident, again.ID, first.Incident, first.ID)
	}
	r.Key = "shop a/other"
	if other := newBook().Judge([]alerts.Reading{r}, at(2))[0]; other.Incident == first.Incident {
		t.Error("two series have one id")
	}
}

func TestFiguresThatDoNotExist(t *testing.T) {
	r := reading(0, alerts.Orange)
	r.SpanActual, r.Sigma = nan(), inf()
	e := newBook().Judge([]alerts.Reading{r}, at(2))[0]
	if e.Actual != 0 || e.Sigma != 0 || e.Expected != 120 {
		t.Errorf("figures %v %v %v", e.Actual, e.Sigma, e.Expected)
	}
}

func TestTimeThatGoesBack(t *testing.T) {
	b := newBook()
	b.Judge([]alerts.Reading{reading(0, alerts.Yellow)}, at(60))
	events := b.Judge([]alerts.Reading{reading(1, alerts.Green)}, at(2))
	if len(events) != 1 || events[0].At <= at(60) {
		t.Fatalf("events %+v", events)
	}
	if v := only(t, b); v.State != StateResolved {
		t.Errorf("state %s", v.State)
	}
}

func TestForget(t *testing.T) {
	b := newBook()
	judge(b, 0, alerts.Yellow)
	judge(b, 1, alerts.Green)
	r := reading(0, alerts.Orange)
	r.Key = "b"
	b.Judge([]alerts.Reading{r}, at(2))
	if b.Forget(at(2)); len(b.Views(false, 0)) != 2 {
		t.Error("an incident was forgotten too early")
	}
	b.Observe([]alerts.Reading{reading(5, alerts.Green)})
	b.Forget(at(1000))
	if len(b.seen) != 0 {
		t.Errorf("readings left: %v", b.seen)
	}
	if vs := b.Views(false, 0); len(vs) != 1 || vs[0].Shop != "b" {
		t.Errorf("left: %v; want the active one only", vs)
	}
	if s := judge(b, 1001, alerts.Yellow); s != "opened" {
		t.Errorf("after that: %s", s)
	}
}

func mustDo(t *testing.T, b *Book, id string, k Kind, a Action, now schemas.Millis) []Event {
	t.Helper()
	events, err := b.Do(id, k, a, now)
	if err != nil {
		t.Fatalf("%s: %v", k, err)
	}
	return events
}

// reload makes a new book of all events, as after a restart.
func reload(b *Book) *Book {
	fresh := newBook()
	for _, v := range b.Views(false, 0) {
		full, _ := b.View(v.ID)
		fresh.Load(slices.Clone(full.Events))
	}
	return fresh
}
