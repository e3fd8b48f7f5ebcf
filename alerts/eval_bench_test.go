package alerts

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/schemas"
)

// benchSeries is how many shops the benchmarks judge.
const benchSeries = 5000

// generated is a history that is computed, not stored: every series, every window.
func generated(keys []Key, w *world) History {
	h := w.history()
	h.Series = func(_ context.Context, _ *Rule, in Stretch) ([]Life, error) {
		var out []Life
		for _, k := range keys {
			out = append(out, Life{k, in.From, in.To - minute})
		}
		return out, nil
	}
	h.Windows = func(_ context.Context, _ *Rule, in []Stretch, yield func(Key, Point)) error {
		for i, k := range keys {
			for _, s := range in {
				for start := s.From; start < s.To; start += minute {
					noise := float64((uint64(start/minute)*2654435761 + uint64(i)*40503) % 9)
					yield(k, Point{Start: start, Num: 16 + noise, Den: 400 + 10*noise})
				}
			}
		}
		return nil
	}
	return h
}

// benchmarkEval measures one evaluation of all series for each next window, within one hour of the week.
func benchmarkEval(b *testing.B, rule string) {
	keys := make([]Key, benchSeries)
	for i := range keys {
		keys[i] = Key(fmt.Sprintf("shop-%04d", i))
	}
	w := newWorld()
	e, err := NewEvaluator([]Rule{ruleNamed(b, rule)}, generated(keys, w))
	if err != nil {
		b.Fatal(err)
	}
	step := func(at schemas.Millis) int {
		w.complete = at
		found, err := e.Eval(context.Background(), at.Time())
		if err != nil {
			b.Fatal(err)
		}
		return len(found)
	}
	step(monday)
	i := schemas.Millis(0)
	for b.Loop() {
		i++
		if i%50 == 0 { // stay within the hour: what is read at its change is measured by itself
			b.StopTimer()
			e.rules[0].loaded = false
			i = 1
			step(monday)
			b.StartTimer()
		}
		if n := step(monday + i*minute); n != benchSeries {
			b.Fatalf("%d readings", n)
		}
	}
	b.ReportMetric(float64(b.N)*benchSeries/b.Elapsed().Seconds(), "series/s")
}

func BenchmarkEvalCount(b *testing.B) { benchmarkEval(b, "paid_orders_fall") }
func BenchmarkEvalRatio(b *testing.B) { benchmarkEval(b, "ctr_falls") }

// BenchmarkBaseline measures the baseline of one series for one hour: 6 weeks, 3 hours each.
func BenchmarkBaseline(b *testing.B) {
	h := newHistory(minute)
	at := hourOf(monday, time.UTC)
	r := rand.New(rand.NewPCG(1, 1))
	v := make([]float64, 3*60*baselineWeeks)
	for i := range v {
		v[i] = poisson(r, 20)
	}
	for b.Loop() {
		h.reset(&at, 0)
		i := 0
		for w := range at.past {
			for m := range schemas.Millis(180) {
				h.add(&at, Point{Start: at.past[w] - hour + m*minute, Num: v[i]})
				i++
			}
		}
		if h.count().weeks != baselineWeeks {
			b.Fatal("too few weeks")
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "series/s")
}
