package alerts

import (
	"context"
	"testing"

	"tidemark/processors"
	"tidemark/schemas"
)

// How often Eval is called changes nothing: the same windows get the same readings, one by one or half an hour at once.
func TestCadenceDoesNotMatter(t *testing.T) {
	for _, name := range []string{"paid_orders_fall", "orders_surge", "conversion_falls"} {
		for _, weeks := range []schemas.Millis{0, baselineWeeks} {
			r := ruleNamed(t, name)
			every := func(step schemas.Millis) []Reading {
				w := newWorld()
				traffic(w, &r, monday-weeks*week-3*hour, monday+4*hour, 3)
				for at := monday + hour; at < monday+2*hour; at += minute {
					for _, key := range []Key{"large", "huge"} {
						p := w.rows[key][at]
						if r.Direction == processors.Rises {
							p.Num *= 9
						} else {
							p.Num = 0
						}
						w.set(key, at, p.Num, p.Den)
					}
				}
				for at := monday + 90*minute; at < monday+4*hour; at += minute {
					w.set("new", at, 30, 300) // opens meanwhile
				}
				e := newTestEvaluator(t, w, r)
				var out []Reading
				for now := monday; now <= monday+4*hour; now += step {
					w.complete = now
					found, err := e.Eval(context.Background(), now.Time())
					if err != nil {
						t.Fatal(err)
					}
					out = append(out, found...)
				}
				return out
			}
			want := every(minute)
			if opened(want, Orange) == 0 {
				t.Fatalf("%s: the incident does not show", name)
			}
			for _, step := range []schemas.Millis{6, 30, 60} {
				if got := every(step * minute); !sameReadings(got, want) {
					t.Errorf("%s, %d weeks: every %d minutes %d readings, every minute %d, or they differ", name, weeks, step, len(got), len(want))
				}
			}
		}
	}
}

// One conversion of three sessions says nothing of a shop that usually converts nine of ten, be it once or every minute;
// a hundred of three hundred does.
func TestOneOfThreeNeverPages(t *testing.T) {
	for _, test := range []struct {
		name     string
		weeks    schemas.Millis
		num, den float64
		every    schemas.Millis
		want     Tier
		basis    Basis
	}{
		{"once an hour", baselineWeeks, 1, 3, 60, Green, Weekly},
		{"every minute", baselineWeeks, 1, 3, 1, Green, Weekly},
		{"every minute, no history", 0, 1, 3, 1, Green, Cold},
		{"a hundred of three hundred", baselineWeeks, 100, 300, 1, Orange, Weekly},
	} {
		w, r := newWorld(), ruleNamed(t, "conversion_falls")
		for at := monday - test.weeks*week - 3*hour; at < monday-hour; at += minute {
			w.set("shop", at, 270, 300)
		}
		for at := monday; at < monday+2*hour; at += test.every * minute {
			w.set("shop", at, test.num, test.den)
		}
		worst := Green
		for _, one := range w.run(t, newTestEvaluator(t, w, r), monday, monday+2*hour) {
			if one.Start >= monday {
				worst = max(worst, one.Tier)
			}
			if one.Basis != test.basis || test.want == Green && one.Start >= monday && one.Sigma != 0 {
				t.Fatalf("%s: %+v", test.name, one)
			}
		}
		if worst != test.want {
			t.Errorf("%s: %s, want %s", test.name, worst, test.want)
		}
	}
}

// A series that has been gone for so long that a new evaluator would not find it is dropped, unless its alert stands.
func TestForgetsWhatIsGone(t *testing.T) {
	w, r := newWorld(), ruleNamed(t, "paid_orders_fall")
	for _, key := range []Key{"a", "b", "c"} {
		w.set(key, monday-minute, 20, 0)
	}
	e := newTestEvaluator(t, w, r)
	w.run(t, e, monday, monday)
	s := e.rules[0]
	s.find("b").tier = Yellow
	s.find("c").last += minute
	s.forget(monday - minute + remembered)
	if len(s.series) != 3 {
		t.Errorf("%d series while all may be found, want 3", len(s.series))
	}
	s.forget(monday + remembered)
	if len(s.series) != 2 || s.find("a") != nil || s.find("b") == nil || s.find("c") == nil {
		t.Errorf("%d series are left, want b, whose alert stands, and c, which is younger", len(s.series))
	}
}
