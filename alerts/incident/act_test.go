package incident

import (
	"errors"
	"math"
	"strings"
	"testing"

	"tidemark/alerts"
)

func nan() float64 { return math.NaN() }
func inf() float64 { return math.Inf(1) }

// opened is a book with one incident of shop a, at a tier.
func opened(t *testing.T, tier alerts.Tier) (*Book, string) {
	t.Helper()
	b := newBook()
	judge(b, 0, tier)
	return b, only(t, b).ID
}

// What can be done in which state: the new state, or which error.
func TestActionsByState(t *testing.T) {
	li := Action{Actor: "Li Lei", Note: "a note", Verdict: Real}
	han := Action{Actor: "Han Meimei", Note: "a note", Verdict: FalseAlarm}
	steps := map[string][]Kind{
		StateOpen: nil, StateAcknowledged: {Acknowledged}, StateHandling: {Handling}, StateResolved: {Resolved}, StateReviewed: {Resolved, Reviewed},
	}
	for _, tt := range []struct {
		from   string
		kind   Kind
		action Action
		want   string // state after; empty: refused
	}{
		{StateOpen, Acknowledged, li, StateAcknowledged},
		{StateOpen, Handling, li, StateHandling},
		{StateOpen, Noted, li, StateOpen},
		{StateOpen, Resolved, li, StateResolved},
		{StateOpen, Reviewed, li, ""},
		{StateAcknowledged, Acknowledged, han, ""},
		{StateAcknowledged, Handling, han, StateHandling},
		{StateAcknowledged, Noted, han, StateAcknowledged},
		{StateAcknowledged, Resolved, han, StateResolved},
		{StateAcknowledged, Reviewed, han, ""},
		{StateHandling, Acknowledged, han, ""},
		{StateHandling, Handling, li, ""},
		{StateHandling, Handling, han, StateHandling}, // takes over
		{StateHandling, Resolved, han, StateResolved},
		{StateHandling, Reviewed, han, ""},
		{StateResolved, Acknowledged, li, ""},
		{StateResolved, Handling, li, ""},
		{StateResolved, Resolved, li, ""},
		{StateResolved, Noted, li, StateResolved},
		{StateResolved, Reviewed, li, StateReviewed},
		{StateReviewed, Reviewed, han, StateReviewed}, // corrects the verdict
		{StateReviewed, Noted, han, StateReviewed},
		{StateReviewed, Acknowledged, han, ""},
		{StateReviewed, Resolved, han, ""},
	} {
		b, id := opened(t, alerts.Orange)
		for _, k := range steps[tt.from] {
			mustDo(t, b, id, k, li, at(2))
		}
		if v := only(t, b); v.State != tt.from {
			t.Fatalf("state %s, want %s", v.State, tt.from)
		}
		events, err := b.Do(id, tt.kind, tt.action, at(3))
		v := only(t, b)
		if tt.want == "" {
			if !errors.Is(err, ErrState) || v.State != tt.from || len(events) != 0 {
				t.Errorf("%s when %s: %v, state %s", tt.kind, tt.from, err, v.State)
			}
			continue
		}
		if err != nil || v.State != tt.want || events[len(events)-1].Actor != tt.action.Actor {
			t.Errorf("%s when %s: %v, state %s, want %s", tt.kind, tt.from, err, v.State, tt.want)
		}
		if tt.kind == Reviewed && v.Verdict != tt.action.Verdict {
			t.Errorf("verdict %s, want %s", v.Verdict, tt.action.Verdict)
		}
		if r := reload(b); only(t, r).State != v.State {
			t.Errorf("%s when %s: after a restart the state is %s", tt.kind, tt.from, only(t, r).State)
		}
	}
}

func TestActionsThatAreWrong(t *testing.T) {
	b, id := opened(t, alerts.Yellow)
	for _, tt := range []struct {
		kind Kind
		a    Action
		says string
	}{
		{Acknowledged, Action{}, "actor"},
		{Acknowledged, Action{Actor: " \t"}, "actor"},
		{Acknowledged, Action{Actor: "Evaluator"}, "program"},
		{Acknowledged, Action{Actor: "grafana"}, "program"},
		{Acknowledged, Action{Actor: "a\x1b[31mb"}, "printable"},
		{Acknowledged, Action{Actor: strings.Repeat("a", 101)}, "100"},
		{Acknowledged, Action{Actor: "Li", Note: strings.Repeat("a", 2001)}, "2000"},
		{Acknowledged, Action{Actor: "Li", Note: "\xff"}, "note"},
		{Noted, Action{Actor: "Li"}, "note"},
		{Reviewed, Action{Actor: "Li"}, "verdict"},
		{Reviewed, Action{Actor: "Li", Verdict: "maybe"}, "verdict"},
		{Delivered, Action{Actor: "Li"}, "delivered"},
		{Opened, Action{Actor: "Li"}, "opened"},
	} {
		if _, err := b.Do(id, tt.kind, tt.a, at(2)); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s by %+v: %v, want an error with %q", tt.kind, tt.a, err, tt.says)
		}
	}
	if _, err := b.Do("no-such", Acknowledged, Action{Actor: "Li"}, at(2)); !errors.Is(err, ErrUnknown) {
		t.Errorf("unknown incident: %v", err)
	}
	if v := only(t, b); len(v.Events) != 1 {
		t.Errorf("refused actions left events: %+v", v.Events)
	}
}

func TestHandlingAnOpenIncidentAcknowledgesIt(t *testing.T) {
	b, id := opened(t, alerts.Yellow)
	if s := kinds(mustDo(t, b, id, Handling, Action{Actor: "李雷"}, at(2))); s != "acknowledged,handling" {
		t.Errorf("events %s", s)
	}
	v := only(t, b)
	if v.AcknowledgedBy != "李雷" || v.AcknowledgedAt == nil || v.AcknowledgedTier != "yellow" || !v.Quiet() {
		t.Errorf("view %+v", v)
	}
}

// Who has acknowledged yellow has not acknowledged orange.
func TestEscalationWantsAnotherAcknowledgement(t *testing.T) {
	b, id := opened(t, alerts.Yellow)
	mustDo(t, b, id, Acknowledged, Action{Actor: "Li"}, at(2))
	if v := only(t, b); !v.Quiet() {
		t.Error("an acknowledged incident is not quiet")
	}
	judge(b, 3, alerts.Orange)
	if v := only(t, b); v.Quiet() || v.State != StateAcknowledged || v.AcknowledgedTier != "yellow" {
		t.Errorf("after it rose: %+v", v)
	}
	mustDo(t, b, id, Acknowledged, Action{Actor: "Han"}, at(5))
	v := only(t, b)
	if !v.Quiet() || v.AcknowledgedBy != "Han" || *v.AcknowledgedAt != at(2).Time() {
		t.Errorf("acknowledged again: %+v; the first time counts", v)
	}
	judge(b, 6, alerts.Yellow)
	if v := only(t, b); !v.Quiet() {
		t.Error("who has acknowledged orange has acknowledged yellow")
	}
}

// An incident that opens again by itself stays with whom it was; one that a person called solved does not.
func TestWhoHasItWhenItOpensAgain(t *testing.T) {
	b, id := opened(t, alerts.Yellow)
	mustDo(t, b, id, Handling, Action{Actor: "Li"}, at(2))
	judge(b, 3, alerts.Green)
	judge(b, 4, alerts.Yellow)
	if v := only(t, b); v.State != StateHandling || !v.Quiet() || v.ResolvedAt != nil {
		t.Errorf("recovered and failed again: %+v", v)
	}
	mustDo(t, b, id, Resolved, Action{Actor: "Li"}, at(6))
	if v := only(t, b); v.Quiet() || v.Tier != "green" || *v.ResolvedAt != at(6).Time() {
		t.Errorf("resolved: %+v", v)
	}
	judge(b, 7, alerts.Green)
	judge(b, 8, alerts.Yellow)
	if v := only(t, b); v.State != StateOpen || v.Quiet() {
		t.Errorf("resolved by hand and failed again: %+v", v)
	}
}

// A figure that is still off when somebody resolves its incident is silent until it has been normal once, whether or not
// the program is restarted in between.
func TestResolvedByHandIsSilentUntilGreen(t *testing.T) {
	for _, restart := range []bool{false, true} {
		b, id := opened(t, alerts.Orange)
		again := func() {
			if restart {
				b = reload(b)
			}
		}
		mustDo(t, b, id, Resolved, Action{Actor: "Li"}, at(2))
		for i := 3; i < 60; i++ { // much longer than Again
			again()
			if s := judge(b, i, alerts.Orange); s != "" {
				t.Fatalf("window %d gives %s", i, s)
			}
		}
		if s := judge(b, 60, alerts.Green); s != "eased" {
			t.Errorf("back to normal gives %q", s)
		}
		again()
		if v := only(t, b); v.State != StateResolved || *v.ResolvedAt != at(2).Time() {
			t.Errorf("view %+v", v)
		}
		if s := judge(b, 61, alerts.Orange); s != "opened" || len(b.Views(false, 0)) != 2 {
			t.Errorf("off again gives %q, %d incidents", s, len(b.Views(false, 0)))
		}
	}
}

// Somebody called a yellow figure solved and it gets worse: that is news, in the same incident as long as it is fresh.
func TestResolvedByHandAndWorse(t *testing.T) {
	for _, tt := range []struct{ window, incidents int }{{3, 1}, {60, 2}} {
		b, id := opened(t, alerts.Yellow)
		mustDo(t, b, id, Resolved, Action{Actor: "Li"}, at(2))
		if s := judge(b, tt.window, alerts.Yellow); s != "" {
			t.Errorf("window %d: as it was, it gives %q", tt.window, s)
		}
		b = reload(b)
		if s := judge(b, tt.window+1, alerts.Orange); s != "opened" || len(b.Views(false, 0)) != tt.incidents {
			t.Errorf("window %d: worse gives %q and %d incidents, want %d", tt.window, s, len(b.Views(false, 0)), tt.incidents)
		}
		if v := b.Views(true, 1)[0]; v.State != StateOpen || v.Tier != "orange" || v.Quiet() {
			t.Errorf("window %d: %+v", tt.window, v)
		}
	}
}

// What was reviewed is closed for good: the figure's next trouble is an incident of its own, however soon.
func TestReviewedDoesNotOpenAgain(t *testing.T) {
	b, id := opened(t, alerts.Orange)
	judge(b, 1, alerts.Green)
	mustDo(t, b, id, Reviewed, Action{Actor: "Li", Verdict: Expected}, at(3))
	if s := judge(b, 4, alerts.Orange); s != "opened" || len(b.Views(false, 0)) != 2 {
		t.Errorf("events %s, incidents %+v", s, b.Views(false, 0))
	}
}
