package alerts

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/processors/metrics"
	"tidemark/schemas"
)

const minute = schemas.Millis(60_000)

// monday is a Monday at midnight UTC, in a season without changes of summer time in the zones used here.
var monday = schemas.MillisOf(time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC))

// world is a history in memory: windows by start, and the readings that were stored.
type world struct {
	rows     map[Key]map[schemas.Millis]Point
	stored   []Reading
	complete schemas.Millis
	zones    map[string]*time.Location
	fail     error
	reads    int // calls of windows
}

func newWorld() *world {
	return &world{rows: map[Key]map[schemas.Millis]Point{}, zones: map[string]*time.Location{}}
}

func (w *world) set(key Key, start schemas.Millis, num, den float64) {
	if w.rows[key] == nil {
		w.rows[key] = map[schemas.Millis]Point{}
	}
	if num == 0 && den == 0 {
		delete(w.rows[key], start)
		return
	}
	w.rows[key][start] = Point{Start: start, Num: num, Den: den}
}

func (w *world) history() History {
	return History{
		Complete: func(context.Context, *Rule) (schemas.Millis, error) { return w.complete, w.fail },
		Series:   w.series, Windows: w.windows, Readings: w.readings,
		Zone: func(shop string) *time.Location { return w.zones[shop] },
	}
}

func (w *world) series(_ context.Context, _ *Rule, in Stretch) ([]Life, error) {
	var out []Life
	for key, rows := range w.rows {
		life := Life{Key: key}
		for start := range rows {
			if start < in.From || start >= in.To {
				continue
			}
			if life.First == 0 || start < life.First {
				life.First = start
			}
			life.Last = max(life.Last, start)
		}
		if life.First != 0 {
			out = append(out, life)
		}
	}
	return out, nil
}

func (w *world) windows(_ context.Context, r *Rule, in []Stretch, yield func(Key, Point)) error {
	w.reads++
	step := schemas.Millis(r.Window.Milliseconds())
	for _, key := range slices.Sorted(maps.Keys(w.rows)) {
		for _, s := range in {
			for start := (s.From + step - 1) / step * step; start < s.To; start += step {
				if p, ok := w.rows[key][start]; ok {
					yield(key, p)
				}
			}
		}
	}
	return nil
}

func (w *world) readings(_ context.Context, r *Rule, q Newest, yield func(Reading)) error {
	byKey := map[Key][]Reading{}
	for _, one := range w.stored {
		if one.Rule == r.Name && one.Start >= q.Since && !one.Open && (!q.Green || one.Tier == Green) {
			byKey[one.Key] = append(byKey[one.Key], one)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		all := byKey[key]
		slices.SortFunc(all, func(a, b Reading) int { return cmp.Compare(a.Start, b.Start) })
		for _, one := range all[max(0, len(all)-q.PerSeries):] {
			yield(one)
		}
	}
	return nil
}

// ruleNamed is a rule of the shipped catalogue.
func ruleNamed(t testing.TB, name string) Rule {
	t.Helper()
	for _, r := range Rules(metrics.All()) {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no rule %s", name)
	return Rule{}
}

func newTestEvaluator(t testing.TB, w *world, rules ...Rule) *Evaluator {
	t.Helper()
	e, err := NewEvaluator(rules, w.history())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// run evaluates every minute until the given time, which becomes the completeness, and stores what is found.
func (w *world) run(t testing.TB, e *Evaluator, from, to schemas.Millis) []Reading {
	t.Helper()
	before := len(w.stored)
	for now := from; now <= to; now += minute {
		w.complete = now
		found, err := e.Eval(context.Background(), now.Time())
		if err != nil {
			t.Fatal(err)
		}
		w.stored = append(w.stored, found...)
	}
	return w.stored[before:]
}

// shape is a shop's day and week: quiet nights, a peak in the afternoon, more on weekends. Its mean is about 1.
func shape(at schemas.Millis) float64 {
	days := float64(at-monday) / float64(24*hour)
	day := 1 - 0.75*math.Cos((days-4.0/24)*2*math.Pi)
	return day * (1 - 0.15*math.Cos((days-2.5)/7*2*math.Pi))
}

// noise is a mild drift of the rate that windows share: an autoregressive process with a spread of 6 % and a memory of
// half an hour, and 4 % more or less on each day.
type noise struct {
	r          *rand.Rand
	value, day float64
	date       int
}

func (n *noise) next(at schemas.Millis) float64 {
	if d := at.Time().YearDay(); d != n.date {
		n.date, n.day = d, 0.04*n.r.NormFloat64()
	}
	const keep = 1 - 1.0/30
	n.value = keep*n.value + math.Sqrt(1-keep*keep)*0.06*n.r.NormFloat64()
	return math.Exp(n.value + n.day)
}

// poisson draws a count.
func poisson(r *rand.Rand, mean float64) float64 {
	if mean > 60 {
		return max(0, math.Round(mean+math.Sqrt(mean)*r.NormFloat64()))
	}
	n, p, limit := -1.0, 1.0, math.Exp(-mean)
	for p > limit || n < 0 {
		n++
		p *= r.Float64()
	}
	return n
}

// thin draws how many of n events are successes.
func thin(r *rand.Rand, n, p float64) float64 {
	if n*p*(1-p) > 60 {
		return min(n, max(0, math.Round(n*p+math.Sqrt(n*p*(1-p))*r.NormFloat64())))
	}
	k := 0.0
	for range int(n) {
		if r.Float64() < p {
			k++
		}
	}
	return k
}

var errAway = errors.New("away")
