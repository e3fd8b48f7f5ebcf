package alerts

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tidemark/schemas"
)

// Silence is zero: a shop of which nothing at all arrives is judged like one that sells nothing, until it has been
// silent for a day and is green.
func TestSilenceFires(t *testing.T) {
	w, r := newWorld(), ruleNamed(t, "paid_orders_fall")
	for at := monday - 2*hour; at < monday+hour; at += minute {
		w.set("a/b", at, 20, 0)
		w.set("gone", at-24*hour, 20, 0)
	}
	w.stored = append(w.stored, Reading{Rule: r.Name, Key: "unknown", Start: monday})
	found := w.run(t, newTestEvaluator(t, w, r), monday+hour-10*minute, monday+26*hour)
	last := map[Key]Reading{}
	for _, one := range found {
		if one.Start == monday+hour && one.Key == "a/b" && (one.Tier != Orange || one.Actual != 0 || one.Expected != 20) {
			t.Errorf("the first silent window is %+v", one)
		}
		last[one.Key] = one
	}
	if got := last["gone"].Start; got != monday+hour-minute {
		t.Errorf("a series that was last seen at %s yesterday is judged until %s", monday+hour-minute, got)
	}
	// After a day the level is too old to hold the alert up, and there is nothing left to judge.
	if end := last["a/b"]; end.Tier != Green || end.Start > monday+25*hour+minute || end.Start < monday+24*hour {
		t.Errorf("the last reading is %+v", end)
	}
}

// Where the hours of the week are known, an alert stands as long as the silence, past the day after which a silent shop
// that is green is left alone.
func TestSilenceLasts(t *testing.T) {
	w, r := newWorld(), ruleNamed(t, "paid_orders_fall")
	for at := monday - 6*week - 3*hour; at < monday; at += minute {
		w.set("shop", at, 20, 0)
	}
	found := w.run(t, newTestEvaluator(t, w, r), monday, monday+26*hour)
	if last := found[len(found)-1]; last.Start != monday+26*hour-minute || last.Tier != Orange || last.Basis != Weekly {
		t.Errorf("the last reading is %+v", last)
	}
}

// Windows are judged once, in order, and only when complete.
func TestEveryCompleteWindowOnce(t *testing.T) {
	w, r := newWorld(), ruleNamed(t, "paid_orders_fall")
	for at := monday - 2*hour; at < monday+2*hour; at += minute {
		w.set("b", at, 20, 0)
		w.set("a", at, 30, 0)
	}
	e := newTestEvaluator(t, w, r)
	eval := func(complete, now schemas.Millis) []Reading {
		w.complete = complete
		out, err := e.Eval(context.Background(), now.Time())
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := eval(0, monday); len(got) != 0 {
		t.Errorf("nothing is known to be complete, and yet %d readings", len(got))
	}
	if got := eval(monday+59_999, monday+hour); len(got) != 2*catchUp || got[0].Start != monday-hour || got[len(got)-1].Start != monday-minute {
		t.Errorf("the first call gives %d readings, want an hour of two series", len(got))
	}
	if got := eval(monday+59_999, monday+hour); len(got) != 0 {
		t.Errorf("the same again gives %d readings", len(got))
	}
	got := eval(monday+3*minute, monday+hour)
	var order []string
	for _, one := range got {
		order = append(order, string(one.Key)+one.Start.String()[14:16])
	}
	if want := "a00 b00 a01 b01 a02 b02"; strings.Join(order, " ") != want {
		t.Errorf("order %q, want %q", order, want)
	}
	if got := eval(monday+hour, monday+4*minute); len(got) != 2 {
		t.Errorf("%d readings at a time before windows ended, want 2", len(got))
	}
	if got := eval(monday+minute*110, monday+3*hour); len(got) != 2*catchUp || got[0].Start != monday+50*minute {
		t.Errorf("after a long stop %d readings from %s, want those of the last hour", len(got), got[0].Start)
	}
}

// A count that rises is judged before its window is complete, for it can only grow; one that falls is not.
func TestOpenWindows(t *testing.T) {
	for name, want := range map[string]bool{"orders_surge": true, "paid_orders_fall": false} {
		w, r := newWorld(), ruleNamed(t, name)
		for at := monday - 2*hour; at < monday; at += minute {
			w.set("shop", at, 20, 0)
		}
		e := newTestEvaluator(t, w, r)
		w.run(t, e, monday, monday)
		w.set("shop", monday, 150, 0)
		w.set("shop", monday+minute, 1, 0)
		for range 2 { // again with every call
			out, err := e.Eval(context.Background(), (monday + 70_000).Time())
			if err != nil {
				t.Fatal(err)
			}
			if got := len(out) == 1 && out[0].Open && out[0].Tier == Orange && out[0].Start == monday; got != want || !want && len(out) != 0 {
				t.Errorf("%s: open windows give %+v", name, out)
			}
		}
		for _, one := range w.run(t, e, monday+minute, monday+minute) {
			if one.Open || one.Start != monday || (one.Tier == Orange) != want {
				t.Errorf("%s: the complete window gives %+v", name, one)
			}
		}
	}
}

// A window that the metric did not see from its begin, the first one of a new installation, is not judged.
func TestWindowSeenInPart(t *testing.T) {
	w, r := newWorld(), ruleNamed(t, "paid_orders_fall")
	for at := monday - 2*hour; at < monday+5*minute; at += minute {
		w.set("shop", at, 20, 0)
	}
	w.rows["shop"][monday] = Point{Start: monday, Num: 1, Open: true}
	for _, one := range w.run(t, newTestEvaluator(t, w, r), monday, monday+5*minute) {
		if one.Start == monday || one.Tier != Green || one.SpanActual != 20 {
			t.Errorf("%+v", one)
		}
	}
	if len(w.stored) != catchUp+4 {
		t.Errorf("%d readings", len(w.stored))
	}
}

// A rule whose history cannot be read is named, the others go on, and what was missed is judged later.
func TestHistoryAway(t *testing.T) {
	w := newWorld()
	for at := monday - 2*hour; at < monday+hour; at += minute {
		w.set("shop", at, 20, 0)
	}
	falls, surge := ruleNamed(t, "paid_orders_fall"), ruleNamed(t, "orders_surge")
	h := w.history()
	away := true
	h.Windows = func(ctx context.Context, r *Rule, in []Stretch, yield func(Key, Point)) error {
		if away && r.Name == falls.Name {
			return errAway
		}
		return w.windows(ctx, r, in, yield)
	}
	e, err := NewEvaluator([]Rule{falls, surge}, h)
	if err != nil {
		t.Fatal(err)
	}
	w.complete = monday
	out, err := e.Eval(context.Background(), monday.Time())
	if !errors.Is(err, errAway) || !strings.Contains(err.Error(), falls.Name) || len(out) != catchUp || out[0].Rule != surge.Name {
		t.Errorf("%d readings and %v", len(out), err)
	}
	away = false
	if out, err = e.Eval(context.Background(), monday.Time()); err != nil || len(out) != catchUp || out[0].Rule != falls.Name {
		t.Errorf("afterwards %d readings and %v", len(out), err)
	}
}

// Shops keep their own hours: in one reading of the history each takes the windows of its own zone.
func TestZones(t *testing.T) {
	w, r := newWorld(), ruleNamed(t, "paid_orders_fall")
	w.zones["berlin"], w.zones["shanghai"] = zone(t, "Europe/Berlin"), zone(t, "Asia/Shanghai")
	// Both sell 50 a minute from 10 to 11 of their own clock, and 20 else; Berlin has changed its clocks meanwhile.
	now := at(t, "2026-04-06T00:00:00Z")
	for key, z := range w.zones {
		for at := now - 6*week - 4*hour; at < now+10*hour; at += minute {
			n := 20.0
			if at.Time().In(z).Hour() == 10 {
				n = 50
			}
			w.set(Key(key), at, n, 0)
		}
	}
	for _, one := range w.run(t, newTestEvaluator(t, w, r), now+hour, now+10*hour) {
		local := one.Start.Time().In(w.zones[string(one.Key)])
		if local.Hour() == 10 && local.Minute() == 30 && one.Expected < 28 {
			t.Errorf("%s at %s: expected %v", one.Key, local, one.Expected)
		}
		if one.Tier != Green || one.Basis != Weekly {
			t.Fatalf("%s at %s: %+v", one.Key, local, one)
		}
	}
}

// Steady evaluation reads the past once per hour, not once per window.
func TestBaselinesAreReadOncePerHour(t *testing.T) {
	w, r := newWorld(), ruleNamed(t, "paid_orders_fall")
	traffic(w, &r, monday-6*week-3*hour, monday+3*hour, 5)
	e := newTestEvaluator(t, w, r)
	w.run(t, e, monday+minute, monday+minute)
	w.reads = 0
	w.run(t, e, monday+2*minute, monday+2*hour+minute)
	if want := 120 + 2; w.reads != want {
		t.Errorf("%d reads in two hours, want one per window and two more", w.reads)
	}
}

func TestWindowsThatDivideNoHour(t *testing.T) {
	r := ruleNamed(t, "paid_orders_fall")
	for _, window := range []time.Duration{0, 7 * time.Minute, 24 * time.Hour} {
		r.Window = window
		if _, err := NewEvaluator([]Rule{r}, newWorld().history()); err == nil || !strings.Contains(err.Error(), r.Name) {
			t.Errorf("windows of %s: %v", window, err)
		}
	}
}
