package store

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/alerts"
	"tidemark/alerts/incident"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

// today is a recent hour: readings are dropped after a year.
func today(i int) schemas.Millis {
	return schemas.MillisOf(time.Now().Truncate(24*time.Hour)) + schemas.Millis(i)*60_000
}

func reading(key alerts.Key, i int, tier alerts.Tier) alerts.Reading {
	return alerts.Reading{
		Rule: "paid_orders_fall", Key: key, Start: today(i), Actual: float64(i), Samples: 120, Expected: 24, YellowLow: 12, YellowHigh: math.NaN(), OrangeLow: 6,
		OrangeHigh: math.NaN(), Sigma: 7, Score: 0.6, Span: 5, SpanActual: 30, SpanExpects: 120, Tier: tier, Basis: alerts.Weekly,
	}
}

func TestReadings(t *testing.T) {
	s, sink := open(t)
	provisional := reading("a", 4, alerts.Orange)
	provisional.Open = true
	other := reading("a", 9, alerts.Orange)
	other.Rule = "orders_surge"
	for i, rs := range [][]alerts.Reading{
		nil,
		{reading("a", 0, alerts.Green), reading("a", 1, alerts.Green), reading("a", 2, alerts.Yellow), reading("b/c", 1, alerts.Green), provisional, other},
		{reading("a", 2, alerts.Orange), reading("a", 3, alerts.Green)}, // judged again
	} {
		if err := s.SaveReadings(t.Context(), rs, today(10+i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		q    alerts.Newest
		want string
	}{
		{alerts.Newest{Since: today(0), PerSeries: 9}, "[a 0 green 0] [a 1 green 1] [a 2 orange 2] [a 3 green 3] [b/c 1 green 1]"},
		{alerts.Newest{Since: today(0), PerSeries: 1}, "[a 3 green 3] [b/c 1 green 1]"},
		{alerts.Newest{Since: today(2), PerSeries: 9}, "[a 2 orange 2] [a 3 green 3]"},
		{alerts.Newest{Since: today(0), PerSeries: 2, Green: true}, "[a 1 green 1] [a 3 green 3] [b/c 1 green 1]"},
	} {
		var got []string
		err := s.History(nil).Readings(t.Context(), rule(t, "paid_orders_fall"), tt.q, func(r alerts.Reading) {
			got = append(got, fmt.Sprint("[", r.Key, " ", int(r.Start-today(0))/60_000, " ", r.Tier, " ", r.Actual, "]"))
		})
		if text := strings.Join(got, " "); err != nil || text != tt.want {
			t.Errorf("%+v: %s: %v, want %s", tt.q, text, err, tt.want)
		}
	}
	rows, err := sink.Query(t.Context(), "SELECT shop, yellow_low, yellow_high, orange_low, score, span, span_actual, span_expected, basis, open FROM v_alert_readings WHERE series = 'b/c'")
	if err != nil || len(rows) != 1 {
		t.Fatalf("rows %v: %v", rows, err)
	}
	row := rows[0]
	if row["shop"] != "b" || *row["yellow_low"].(*float64) != 12 || row["yellow_high"].(*float64) != nil || *row["orange_low"].(*float64) != 6 ||
		row["score"] != 0.6 || row["span"] != int64(5) || row["span_actual"] != 30.0 || row["span_expected"] != 120.0 || row["basis"] != "weekly" || row["open"] != false {
		t.Errorf("the view shows %v", row)
	}
}

// life is an incident that opens at orange, is taken, resolved, opens again, is resolved by hand and reviewed. It returns
// the book and its events.
func life(t *testing.T, until int) (*incident.Book, []incident.Event) {
	t.Helper()
	b := incident.NewBook(incident.Config{Rules: alerts.Rules(metrics.All())})
	judge := func(i int, tier alerts.Tier) []incident.Event {
		return b.Judge([]alerts.Reading{reading("a", i, tier)}, today(i+1))
	}
	act := func(k incident.Kind, i int) []incident.Event {
		a := incident.Action{Actor: "李雷", Note: "it's \\ \n a note", Verdict: incident.Real}
		events, err := b.Do(b.Views(false, 0)[0].ID, k, a, today(i+1))
		if err != nil {
			t.Fatal(err)
		}
		return events
	}
	var all []incident.Event
	for i, step := range []func(i int) []incident.Event{
		func(i int) []incident.Event { return judge(i, alerts.Yellow) },
		func(i int) []incident.Event { return judge(i, alerts.Orange) },
		func(i int) []incident.Event { return act(incident.Acknowledged, i) },
		func(i int) []incident.Event { return judge(i, alerts.Green) },
		func(i int) []incident.Event { return judge(i, alerts.Orange) },
		func(i int) []incident.Event { return act(incident.Handling, i) },
		func(i int) []incident.Event { return act(incident.Resolved, i) },
		func(i int) []incident.Event { return judge(i, alerts.Green) },
		func(i int) []incident.Event { return judge(i, alerts.Yellow) },
		func(i int) []incident.Event { return judge(i, alerts.Green) },
		func(i int) []incident.Event { return act(incident.Reviewed, i) },
	} {
		if i < until {
			all = append(all, step(i)...)
		}
	}
	return b, append(all, b.Take("chat", b.Owed("chat", today(20)), today(20))...)
}

func TestEventsComeBackAsTheyWere(t *testing.T) {
	s, _ := open(t)
	_, events := life(t, 99)
	for range 2 { // writing them again changes nothing
		if err := s.SaveEvents(t.Context(), events); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveEvents(t.Context(), nil); err != nil {
		t.Error(err)
	}
	got, err := s.Events(t.Context(), today(0))
	sort := func(es []incident.Event) {
		slices.SortFunc(es, func(x, y incident.Event) int { return strings.Compare(x.ID, y.ID) })
	}
	sort(got)
	sort(events)
	if err != nil || !reflect.DeepEqual(got, events) {
		t.Errorf("events %+v: %v\nwant %+v", got, err, events)
	}
}

// Old incidents stay away, unless they are active.
func TestEventsOfWhichIncidents(t *testing.T) {
	s, _ := open(t)
	for until, want := range map[int]int{2: 2, 4: 0, 5: 5, 9: 9, 10: 0, 11: 0} {
		_, all := life(t, until)
		all = slices.DeleteFunc(all, func(e incident.Event) bool { return e.Kind == incident.Delivered })
		for i := range all {
			all[i].Incident = fmt.Sprint("until-", until)
		}
		if err := s.SaveEvents(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		got, err := s.Events(t.Context(), today(100))
		got = slices.DeleteFunc(got, func(e incident.Event) bool { return e.Incident != all[0].Incident })
		if err != nil || len(got) != want {
			t.Errorf("after step %d: %d events: %v, want %d of %d", until, len(got), err, want, len(all))
		}
	}
}

// The view says of every state what the book says.
func TestIncidentsViewAgreesWithTheBook(t *testing.T) {
	for until := 1; until <= 11; until++ {
		s, sink := open(t)
		b, events := life(t, until)
		if err := s.SaveEvents(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		rows, err := sink.Query(t.Context(), "SELECT *, resolved_at IS NULL AS unresolved, acknowledged_at IS NULL AS untaken FROM v_incidents")
		if err != nil || len(rows) != 1 {
			t.Fatalf("rows %v: %v", rows, err)
		}
		v, row := b.Views(false, 0)[0], rows[0]
		got := fmt.Sprint(row["state"], row["tier"], row["worst_tier"], row["unresolved"], row["untaken"], row["verdict"], row["opened_at"].(time.Time).UnixMilli(), row["team"], row["shop"])
		want := fmt.Sprint(v.State, v.Tier, v.WorstTier, one(v.ResolvedAt == nil), one(v.AcknowledgedAt == nil), v.Verdict, v.OpenedAt.UnixMilli(), v.Team, v.Shop)
		if got != want {
			t.Errorf("after step %d the view says %s, the book %s", until, got, want)
		}
		if until < 11 {
			continue
		}
		rows, err = sink.Query(t.Context(), "SELECT * FROM v_alert_precision")
		r := b.Reports()[slices.IndexFunc(b.Reports(), func(r incident.Report) bool { return r.Rule == "paid_orders_fall" })]
		if err != nil || len(rows) != 1 || rows[0]["incidents"] != uint64(r.Incidents) || *rows[0]["precision"].(*float64) != *r.Precision ||
			*rows[0]["mean_seconds_to_acknowledge"].(*float64) != *r.MeanSecondsToAcknowledge {
			t.Errorf("precision %v: %v, want %+v", rows, err, r)
		}
	}
}

func one(is bool) uint8 {
	if is {
		return 1
	}
	return 0
}

// A row that this version cannot read is named.
func TestStrangeTier(t *testing.T) {
	s, sink := open(t)
	for _, sql := range []string{
		"INSERT INTO alert_events (incident, id, at, kind, tier) VALUES ('i', 'e', now(), 'opened', 'purple')",
		"INSERT INTO alert_readings (rule, series, window_start, tier) VALUES ('paid_orders_fall', 'a', now(), 'purple')",
	} {
		if _, err := sink.Query(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Events(t.Context(), 0); err == nil || !strings.Contains(err.Error(), "purple") {
		t.Errorf("events: %v", err)
	}
	err := s.History(nil).Readings(t.Context(), rule(t, "paid_orders_fall"), alerts.Newest{PerSeries: 1}, func(alerts.Reading) { t.Error("read") })
	if err == nil || !strings.Contains(err.Error(), "purple") {
		t.Errorf("readings: %v", err)
	}
}

// Every function says what it was doing when ClickHouse fails.
func TestErrorsSayWhat(t *testing.T) {
	s, sink := open(t)
	sink.Close()
	r := rule(t, "ctr_falls")
	h := s.History(nil)
	_, complete := h.Complete(t.Context(), r)
	_, series := h.Series(t.Context(), r, alerts.Stretch{From: 1, To: 2})
	_, events := s.Events(t.Context(), 0)
	for says, err := range map[string]error{
		"complete": complete, "series of rule": series, "events of": events,
		"windows of rule":  h.Windows(t.Context(), r, []alerts.Stretch{{From: 1, To: 2}}, nil),
		"readings of rule": h.Readings(t.Context(), r, alerts.Newest{PerSeries: 1}, nil),
		"alert_events":     s.SaveEvents(t.Context(), []incident.Event{{ID: "e"}}),
		"alert_readings":   s.SaveReadings(t.Context(), []alerts.Reading{{Rule: "r"}}, 1),
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v is without %q", err, says)
		}
	}
}
