package incident

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tidemark/alerts"
)

// from is an alert of Grafana's rule for shop a.
func from(tier alerts.Tier, firing bool, start int) Alert {
	return Alert{Source: Grafana, Rule: "paid_orders_fall", Key: "a", Tier: tier, Firing: firing, Start: at(start), Fingerprint: "f-" + tier.String()}
}

// ended is the same alert when it is over, with the time at which it ended.
func ended(tier alerts.Tier, start, end int) Alert {
	a := from(tier, false, start)
	a.End = at(end)
	return a
}

func TestRaise(t *testing.T) {
	const y, o = alerts.Yellow, alerts.Orange
	for _, tt := range []struct {
		name     string
		messages [][]Alert
		want     string
		tier     string
	}{
		{"yellow, repeated, over", [][]Alert{{from(y, true, 0)}, {from(y, true, 0)}, {from(y, false, 0)}, {from(y, false, 0)}}, "opened;;resolved;", "green"},
		{"both tiers in one message", [][]Alert{{from(y, true, 0), from(o, true, 0)}, {from(y, false, 0), from(o, false, 0)}}, "opened;resolved", "green"},
		{"one after the other", [][]Alert{{from(y, true, 0)}, {from(o, true, 1)}, {from(o, false, 1)}, {from(y, false, 0)}}, "opened;escalated;eased;resolved", "green"},
		{"yellow ends first", [][]Alert{{from(y, true, 0), from(o, true, 0)}, {from(y, false, 0)}, {from(o, false, 0)}}, "opened;resolved;", "green"},
		{"orange fires on as yellow ends", [][]Alert{{from(o, true, 0)}, {from(o, true, 0), from(y, false, 0)}}, "opened;", "orange"},
		{"an old message comes late", [][]Alert{{from(o, true, 0)}, {from(y, false, 0)}, {from(o, true, 0)}}, "opened;resolved;", "green"},
		{"an old message of the other tier", [][]Alert{{from(y, true, 0)}, {from(o, true, 1)}, {from(y, false, 0)}, {from(o, true, 1)}}, "opened;escalated;resolved;", "green"},
		{"an end without a begin", [][]Alert{{from(o, false, 0)}}, "", ""},
		{"orange is repeated after it has ended", [][]Alert{{from(o, true, 0)}, {from(o, false, 0)}, {from(o, true, 0)}}, "opened;eased;", "yellow"},
		{"again before its end was heard of", [][]Alert{{from(y, true, 0)}, {ended(y, 0, 1)}, {from(y, true, 2)}}, "opened;resolved;opened", "yellow"},
		{"again soon", [][]Alert{{from(y, true, 0)}, {from(y, false, 0)}, {from(y, true, 4)}}, "opened;resolved;opened", "yellow"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook()
			var got []string
			for i, m := range tt.messages {
				got = append(got, kinds(b.Raise(m, at(i)+90_000)))
				b = reload(b) // each message finds a restarted program
			}
			if s := strings.Join(got, ";"); s != tt.want {
				t.Errorf("events %q, want %q", s, tt.want)
			}
			if tt.tier != "" && only(t, b).Tier != tt.tier {
				t.Errorf("tier %s, want %s", only(t, b).Tier, tt.tier)
			}
		})
	}
}

func TestRaiseAfterResolvedByHand(t *testing.T) {
	b := newBook()
	b.Raise([]Alert{from(alerts.Orange, true, 0)}, at(1))
	mustDo(t, b, only(t, b).ID, Resolved, Action{Actor: "Li"}, at(2))
	for i, tt := range []struct {
		a    Alert
		want string
	}{
		{from(alerts.Orange, true, 0), ""}, {from(alerts.Orange, true, 3), ""}, // a new alert, and the figure has not been normal
		{from(alerts.Orange, false, 3), ""}, {from(alerts.Yellow, false, 0), "eased"}, {from(alerts.Yellow, true, 7), "opened"},
	} {
		if got := kinds(b.Raise([]Alert{tt.a}, at(3+i))); got != tt.want {
			t.Errorf("alert %d gives %q, want %q", i, got, tt.want)
		}
	}
}

// A rule from elsewhere has one alert per series, unless the message says otherwise.
func TestRaiseOfOtherRules(t *testing.T) {
	lag := func(tier alerts.Tier, firing bool) Alert {
		return Alert{Source: Manager, Rule: "consumer_lag", Key: "fast", Team: "platform", Tier: tier, Firing: firing, Start: at(0), Fingerprint: tier.String(), Note: "Lag grows"}
	}
	b := newBook()
	if s := kinds(b.Raise([]Alert{lag(alerts.Orange, true)}, at(1))); s != "opened" {
		t.Errorf("events %s", s)
	}
	v := only(t, b)
	if v.Title["zh"] != "consumer_lag" || v.Team != "platform" || v.Window != "" || v.Events[0].Note != "Lag grows" || v.Events[0].Actor != Manager {
		t.Errorf("view %+v", v)
	}
	m := b.Owed("chat", at(2))[0]
	if m.Subject["en"] != "Orange: consumer_lag, fast" || m.Text["en"] != "Since 2025-06-15 10:01:00 (UTC)\nTeam: platform\nNote: Lag grows" {
		t.Errorf("message %q %q", m.Subject["en"], m.Text["en"])
	}
	if s := kinds(b.Raise([]Alert{lag(alerts.Orange, false), lag(alerts.Yellow, true)}, at(3))); s != "eased" {
		t.Errorf("orange ends while yellow fires: %s", s)
	}
	if s := kinds(b.Raise([]Alert{lag(alerts.Yellow, false)}, at(4))); s != "resolved" {
		t.Errorf("yellow ends: %s", s)
	}
}

func TestObservedReadingsGiveFigures(t *testing.T) {
	b := newBook()
	b.Observe([]alerts.Reading{reading(0, alerts.Orange)})
	if len(b.Views(false, 0)) != 0 {
		t.Fatal("an observed reading opened an incident")
	}
	b.Raise([]Alert{from(alerts.Orange, true, 0)}, at(1))
	if v := only(t, b); v.Expected != 120 || v.Actual != 30 || v.Window != "5m" {
		t.Errorf("view %+v", v)
	}
	next := reading(1, alerts.Orange)
	next.SpanActual = 5
	b.Observe([]alerts.Reading{next})
	if v := only(t, b); v.Actual != 5 {
		t.Errorf("actual %v, want the newest", v.Actual)
	}
}

func TestLongNotesAreCut(t *testing.T) {
	b := newBook()
	a := from(alerts.Orange, true, 0)
	a.Note = "a" + strings.Repeat("点", 1000)
	e := b.Raise([]Alert{a}, at(1))[0]
	if len(e.Note) > maxNote || !utf8.ValidString(e.Note) {
		t.Errorf("note of %d bytes, valid %v", len(e.Note), utf8.ValidString(e.Note))
	}
}
