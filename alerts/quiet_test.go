package alerts

import (
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/processors/metrics"
	"tidemark/schemas"
)

// sizes are shops by their mean paid orders per minute: from two an hour to a big one.
var sizes = map[Key]float64{"tiny": 2.0 / 60, "small": 0.5, "middle": 4, "large": 15, "huge": 120}

const week = 7 * 24 * hour

// traffic fills a rule's windows with quiet traffic of all shops. Ratios have the denominators and the values that the
// rule's own metric has in a shop of that size.
func traffic(w *world, r *Rule, from, to schemas.Millis, seed uint64) {
	for key, size := range sizes {
		src := rand.New(rand.NewPCG(seed, uint64(len(key)*int(1000*size))))
		drift, share := noise{r: src}, noise{r: src}
		for at := from; at < to; at += minute {
			rate := size * shape(at) * drift.next(at)
			switch r.Name {
			case "conversion_falls":
				den := poisson(src, 30*rate)
				w.set(key, at, thin(src, den, 0.03*share.next(at)), den)
			case "ctr_falls":
				den := poisson(src, 400*rate)
				w.set(key, at, thin(src, den, 0.04*share.next(at)), den)
			case "bounce_rises":
				den := poisson(src, 30*rate)
				w.set(key, at, thin(src, den, min(0.45*share.next(at), 1)), den)
			case "traffic_falls":
				w.set(key, at, poisson(src, 150*rate), 0)
			case "orders_surge":
				w.set(key, at, poisson(src, 1.2*rate), 0)
			default:
				w.set(key, at, poisson(src, rate), 0)
			}
		}
	}
}

// opened counts how often a series reached at least the tier.
func opened(readings []Reading, tier Tier) int {
	n := 0
	last := map[Key]Tier{}
	for _, r := range readings {
		if r.Tier >= tier && last[r.Key] < tier {
			n++
		}
		last[r.Key] = r.Tier
	}
	return n
}

// A quiet week of five shops under all rules gives no orange and at most one yellow, with six weeks of history and with
// none.
func TestQuietWeek(t *testing.T) {
	for name, weeks := range map[string]schemas.Millis{"weekly": baselineWeeks, "cold": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			yellow, orange, judged := 0, 0, map[Basis]int{}
			for i, r := range Rules(metrics.All()) {
				if r.Window != time.Minute {
					t.Fatalf("%s has windows of %s: teach the test", r.Name, r.Window)
				}
				w := newWorld()
				traffic(w, &r, monday-weeks*week-2*hour, monday+week, uint64(i)+1)
				found := w.run(t, newTestEvaluator(t, w, r), monday, monday+week)
				yellow, orange = yellow+opened(found, Yellow), orange+opened(found, Orange)
				for _, one := range found {
					judged[one.Basis]++
					if one.Tier != Green {
						t.Logf("%s %s %s at %s: %.4g of %.4g over %d windows, %.1f sigma", r.Name, one.Key, one.Tier, one.Start, one.SpanActual, one.SpanExpects, one.Span, one.Sigma)
					}
				}
			}
			if orange != 0 || yellow > 1 {
				t.Errorf("%d yellow and %d orange incidents", yellow, orange)
			}
			basis := map[string]Basis{"weekly": Weekly, "cold": Cold}[name]
			if judged[basis] < 200_000 || len(judged) != 1 {
				t.Errorf("judged %v", judged)
			}
		})
	}
}
