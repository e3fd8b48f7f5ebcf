package alerts

import (
	"math"
	"reflect"
	"testing"

	"tidemark/schemas"
)

// A new evaluator goes on where another has stopped, in the middle of an outage, as if it had never stopped.
func TestRestart(t *testing.T) {
	for _, name := range []string{"paid_orders_fall", "orders_surge", "conversion_falls"} {
		for _, weeks := range []schemas.Millis{0, 6} {
			r := ruleNamed(t, name)
			build := func() *world {
				w := newWorld()
				traffic(w, &r, monday-weeks*week-3*hour, monday+4*hour, 9)
				for at := monday + hour; at < monday+3*hour; at += minute {
					for key, rows := range w.rows {
						p := rows[at]
						switch name {
						case "orders_surge":
							w.set(key, at, 9*p.Num, 0)
						default:
							w.set(key, at, 0, p.Den)
						}
					}
				}
				return w
			}
			whole, parts := build(), build()
			want := whole.run(t, newTestEvaluator(t, whole, r), monday, monday+4*hour)
			var got []Reading
			for at := monday; at <= monday+4*hour; at += 20 * minute {
				got = append(got, parts.run(t, newTestEvaluator(t, parts, r), at, min(at+19*minute, monday+4*hour))...)
			}
			if opened(want, Orange) == 0 {
				t.Fatalf("%s: the incident does not show", name)
			}
			if !sameReadings(got, want) {
				t.Errorf("%s, %d weeks: with restarts %d readings, without %d, or they differ", name, weeks, len(got), len(want))
			}
		}
	}
}

// A shop in its first hour, with an outage soon after it could be judged at all, and restarts every few minutes: what was
// not judged is still part of its level.
func TestRestartOfYoungSeries(t *testing.T) {
	for _, outage := range []schemas.Millis{11, 12, 15, 25} {
		r := ruleNamed(t, "paid_orders_fall")
		build := func() *world {
			w := newWorld()
			for m := range schemas.Millis(60) {
				if m < outage || m >= 45 {
					w.set("shop", monday+m*minute, 20, 0)
				}
			}
			w.rows["shop"][monday] = Point{Start: monday, Num: 3, Open: true}
			return w
		}
		whole, parts := build(), build()
		want := whole.run(t, newTestEvaluator(t, whole, r), monday, monday+hour)
		var got []Reading
		for at := monday; at <= monday+hour; at += 3 * minute {
			got = append(got, parts.run(t, newTestEvaluator(t, parts, r), at, min(at+2*minute, monday+hour))...)
		}
		if opened(want, Orange) != 1 || !sameReadings(got, want) {
			t.Errorf("outage at minute %d: %d incidents, with restarts %d", outage, opened(want, Orange), opened(got, Orange))
		}
	}
}

// sameReadings compares complete readings by value; NaN equals NaN.
func sameReadings(a, b []Reading) bool {
	byWindow := func(all []Reading) map[string]Reading {
		out := map[string]Reading{}
		for _, r := range all {
			if r.Open {
				continue
			}
			for _, f := range []*float64{&r.Actual, &r.Expected, &r.YellowLow, &r.YellowHigh, &r.OrangeLow, &r.OrangeHigh, &r.SpanActual} {
				if math.IsNaN(*f) {
					*f = -1
				}
			}
			out[string(r.Key)+r.Start.String()] = r
		}
		return out
	}
	return reflect.DeepEqual(byWindow(a), byWindow(b))
}
