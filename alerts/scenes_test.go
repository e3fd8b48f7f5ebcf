package alerts

import (
	"math/rand/v2"
	"testing"

	"tidemark/schemas"
)

// scene is a shop with a history, judged by one rule while something happens.
type scene struct {
	rule    Rule
	rate    func(at schemas.Millis) float64 // expected count per minute while nothing happens
	weeks   schemas.Millis                  // of history
	from    schemas.Millis                  // when judging begins
	happens func(at schemas.Millis) float64 // factor on the rate
	lasts   schemas.Millis                  // minutes judged
}

// play returns the readings of the scene by minute from its beginning.
func (s scene) play(t *testing.T, seed uint64) map[schemas.Millis]Reading {
	t.Helper()
	w := newWorld()
	src := rand.New(rand.NewPCG(seed, 1))
	end := s.from + s.lasts*minute
	for at := s.from - s.weeks*week - 3*hour; at < end; at += minute {
		rate := s.rate(at)
		if at >= s.from {
			rate *= s.happens(at)
		}
		w.set("shop", at, poisson(src, rate), 0)
	}
	out := map[schemas.Millis]Reading{}
	for _, r := range w.run(t, newTestEvaluator(t, w, s.rule), s.from, end) {
		out[(r.Start-s.from)/minute] = r
	}
	return out
}

// first is the first minute with at least the tier, -1 for never.
func first(readings map[schemas.Millis]Reading, from schemas.Millis, is func(Tier) bool) schemas.Millis {
	for m := from; ; m++ {
		r, ok := readings[m]
		if !ok {
			return -1
		}
		if is(r.Tier) {
			return m
		}
	}
}

func between(from, to schemas.Millis, factor float64) func(schemas.Millis) float64 {
	return func(at schemas.Millis) float64 {
		if at >= from && at < to {
			return factor
		}
		return 1
	}
}

// TestScenes plays what happens to shops. Minutes count from the beginning, -1 stands for never.
func TestScenes(t *testing.T) {
	noon, night := monday+12*hour, monday+4*hour
	flat := func(rate float64) func(schemas.Millis) float64 { return func(schemas.Millis) float64 { return rate } }
	curve := func(size float64) func(schemas.Millis) float64 {
		return func(at schemas.Millis) float64 { return size * shape(at) }
	}
	orders, surge, views := ruleNamed(t, "paid_orders_fall"), ruleNamed(t, "orders_surge"), ruleNamed(t, "traffic_falls")
	outage := func(start schemas.Millis) func(schemas.Millis) float64 {
		return between(start+30*minute, start+60*minute, 0)
	}
	tests := []struct {
		name           string
		scene          scene
		yellow, orange schemas.Millis // at the latest; -1: never
		green          schemas.Millis // after the end, at the latest; 0: not looked at
		basis          Basis
	}{
		{"outage, no history", scene{orders, flat(15), 0, noon, outage(noon), 90}, 30, 30, 64, Cold},
		{"outage, big shop, no history", scene{orders, curve(40), 0, noon, outage(noon), 90}, 30, 30, 64, Cold},
		{"outage, known hours", scene{orders, curve(20), 6, noon, outage(noon), 90}, 30, 31, 64, Weekly},
		{"drop to zero at night, known hours", scene{orders, curve(20), 6, night, outage(night), 90}, 33, 36, 64, Weekly},
		{"the night itself, known hours", scene{orders, curve(20), 6, monday + 20*hour, flat(1), 480}, -1, -1, 0, Weekly},
		{"the night itself, no history", scene{orders, curve(20), 0, monday + 20*hour, flat(1), 480}, -1, -1, 0, Cold},
		{"two orders an hour, then none", scene{orders, flat(2.0 / 60), 6, noon, outage(noon), 90}, -1, -1, 0, Weekly},
		{"two orders a minute, then none: some minutes", scene{orders, flat(2), 6, noon, outage(noon), 90}, 43, 45, 67, Weekly},
		{"slow decline to a third within two hours", scene{orders, curve(20), 6, noon, func(at schemas.Millis) float64 {
			return max(1-float64(at-noon)/float64(3*hour), 1.0/3)
		}, 180}, 110, 150, 0, Weekly},
		{"half the traffic", scene{views, curve(400), 6, noon, between(noon+30*minute, noon+60*minute, 0.5), 90}, 32, -2, 66, Weekly},
		{"ten times the orders", scene{surge, curve(5), 6, noon, between(noon+30*minute, noon+60*minute, 10), 90}, 30, 30, 66, Weekly},
		{"a tenth more orders", scene{surge, curve(50), 6, noon, between(noon+30*minute, noon+60*minute, 1.1), 90}, -1, -1, 0, Weekly},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.scene.play(t, 11)
			if got[29].Basis != test.basis {
				t.Errorf("judged by %q, want %q", got[29].Basis, test.basis)
			}
			begins := func(name string, tier Tier, want schemas.Millis) {
				at := first(got, 0, func(t Tier) bool { return t >= tier })
				if want == -2 {
					return
				}
				if (at < 0) != (want < 0) || at > want || at >= 0 && at < 30 {
					t.Errorf("%s at minute %d, want %d: %+v", name, at, want, got[at])
				}
			}
			begins("yellow", Yellow, test.yellow)
			begins("orange", Orange, test.orange)
			if test.green > 0 {
				if at := first(got, 60, func(t Tier) bool { return t == Green }); at < 60 || at > test.green {
					t.Errorf("green at minute %d, want %d", at, test.green)
				}
			}
		})
	}
}
