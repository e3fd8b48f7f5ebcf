package alerts

import (
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/schemas"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t testing.TB, text string) schemas.Millis {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return schemas.MillisOf(v)
}

// The same hour of past weeks is the same on the shop's wall clock: across a change of summer time it moves in UTC.
func TestHourOfWeek(t *testing.T) {
	tests := []struct {
		name, zone, window, begins string
		past                       [3]string
	}{
		{"no change", "Asia/Shanghai", "2026-05-04T12:34:00Z", "2026-05-04T12:00:00Z", [3]string{"2026-04-27T12:00:00Z", "2026-04-20T12:00:00Z", "2026-04-13T12:00:00Z"}},
		{"summer time began on 29 March", "Europe/Berlin", "2026-04-06T07:30:00Z", "2026-04-06T07:00:00Z", [3]string{"2026-03-30T07:00:00Z", "2026-03-23T08:00:00Z", "2026-03-16T08:00:00Z"}},
		{"summer time ended on 25 October", "Europe/Berlin", "2026-10-26T08:30:00Z", "2026-10-26T08:00:00Z", [3]string{"2026-10-19T07:00:00Z", "2026-10-12T07:00:00Z", "2026-10-05T07:00:00Z"}},
		{"the hour that comes twice", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", [3]string{"2026-10-18T00:00:00Z", "2026-10-11T00:00:00Z", "2026-10-04T00:00:00Z"}},
		{"hours that begin at half past in UTC", "Asia/Kolkata", "2026-05-04T12:15:00Z", "2026-05-04T11:30:00Z", [3]string{"2026-04-27T11:30:00Z", "2026-04-20T11:30:00Z", "2026-04-13T11:30:00Z"}},
	}
	for _, test := range tests {
		h := hourOf(at(t, test.window), zone(t, test.zone))
		if h.begins != at(t, test.begins) {
			t.Errorf("%s: the hour begins at %s, want %s", test.name, h.begins, test.begins)
		}
		for i, want := range test.past {
			if h.past[i] != at(t, want) {
				t.Errorf("%s: %d weeks before it was %s, want %s", test.name, i+1, h.past[i], want)
			}
		}
	}
}

// weeksOf fills a history with a course per week.
func weeksOf(first schemas.Millis, course func(week, minuteOfStretch int) (num, den float64)) *history {
	h, hr := newHistory(minute), hourOf(monday, time.UTC)
	h.reset(&hr, first)
	for w := range hr.past {
		for m := range 180 {
			num, den := course(w, m)
			h.add(&hr, Point{Start: hr.past[w] - hour + schemas.Millis(m)*minute, Num: num, Den: den})
		}
	}
	return h
}

func TestWeeklyCount(t *testing.T) {
	src := rand.New(rand.NewPCG(3, 4))
	noisy := func(mean float64) func(int, int) (float64, float64) {
		return func(int, int) (float64, float64) { return poisson(src, mean), 0 }
	}
	steady := func(v float64) func(int, int) (float64, float64) {
		return func(int, int) (float64, float64) { return v, 0 }
	}
	tests := []struct {
		name            string
		first           schemas.Millis
		course          func(int, int) (float64, float64)
		weeks           int
		level, drift    float64
		levelTol, drTol float64
	}{
		{"steady", 0, steady(20), 6, 20, 1.4, 1e-9, 0.5},
		{"chance alone is no drift", 0, noisy(20), 6, 20, 1.5, 0.5, 0.5},
		{"two an hour: the median of windows would be 0", 0, noisy(2.0 / 60), 6, 2.0 / 60, 0.01, 0.012, 0.008},
		{"silence", 0, steady(0), 6, 0, 0, 1e-9, 1e-9},
		{"an outage of a whole week moves little", 0, func(w, _ int) (float64, float64) { return []float64{20, 20, 0, 21, 19, 20}[w], 0 }, 6, 20, 2, 0.01, 1},
		{"weeks that differ are drift", 0, func(w, _ int) (float64, float64) { return []float64{14, 26, 15, 25, 16, 24}[w], 0 }, 6, 20, 9, 0.01, 1.5},
		{"two weeks old", monday - 2*week - hour, steady(20), 2, 20, 1.6, 1e-9, 0.5},
		{"not two weeks old", monday - 2*week - hour + minute, steady(20), 0, 0, 0, 1e-9, 1e-9},
	}
	for _, test := range tests {
		b := weeksOf(test.first, test.course).count()
		if b.weeks != test.weeks || !near(b.level, test.level, test.levelTol) || !near(b.drift, test.drift, test.drTol) {
			t.Errorf("%s: %+v, want %d weeks, level %v, drift %v", test.name, b, test.weeks, test.level, test.drift)
		}
	}
}

// A morning's rise is expected, minute by minute, and is no drift.
func TestWeeklySlope(t *testing.T) {
	b := weeksOf(0, func(_, m int) (float64, float64) { return 10 + float64(m)/6, 0 }).count()
	for _, m := range []schemas.Millis{0, 30, 59} {
		e := b.at(m*minute, minute)
		if want := 10 + float64(60+m)/6; !near(e.mean, want, 0.1) {
			t.Errorf("minute %d: expected %v, want %v", m, e.mean, want)
		}
		if over := e.over(15); !near(over, e.mean-7.0/6, 0.01) {
			t.Errorf("minute %d: over the last 15 windows %v, but %v now", m, over, e.mean)
		}
		if e.drift > 0.12*e.mean {
			t.Errorf("minute %d: drift %v", m, e.drift)
		}
	}
}

func TestWeeklyRatio(t *testing.T) {
	src := rand.New(rand.NewPCG(5, 6))
	tests := []struct {
		name             string
		course           func(int, int) (float64, float64)
		weeks            int
		level, low, high float64 // of the drift
	}{
		{"chance alone", func(int, int) (float64, float64) { return thin(src, 400, 0.04), 400 }, 6, 0.04, 0.0028, 0.005},
		{"an outage week", func(w, _ int) (float64, float64) { return []float64{16, 16, 0, 16, 16, 16}[w], 400 }, 6, 0.04, 0.0028, 0.005},
		{"weeks that differ", func(w, _ int) (float64, float64) { return []float64{10, 22, 11, 21, 12, 20}[w], 400 }, 6, 0.04, 0.012, 0.025},
		{"never", func(int, int) (float64, float64) { return 0, 400 }, 6, 0.5 / (180 * 400 * 6), 0, 1e-5},
		{"no samples", func(int, int) (float64, float64) { return 0, 0 }, 0, 0, 0, 0},
	}
	for _, test := range tests {
		b := weeksOf(0, test.course).ratio()
		if b.weeks != test.weeks || !near(b.level, test.level, 0.001) || b.drift < test.low || b.drift > test.high {
			t.Errorf("%s: %+v, want %d weeks, level %v, drift from %v to %v", test.name, b, test.weeks, test.level, test.low, test.high)
		}
	}
}

// In what order the weeks were does not matter.
func TestWeeklyIgnoresOrder(t *testing.T) {
	src := rand.New(rand.NewPCG(7, 8))
	rates := []float64{10, 12, 9, 15, 11, 13}
	values := make([][]float64, 6)
	for w := range values {
		for range 180 {
			values[w] = append(values[w], poisson(src, rates[w]))
		}
	}
	build := func(order []int) (weekly, weekly) {
		h := weeksOf(0, func(w, m int) (float64, float64) { return values[order[w]][m], 100 })
		return h.count(), h.ratio()
	}
	count, ratio := build([]int{0, 1, 2, 3, 4, 5})
	for range 20 {
		order := src.Perm(6)
		c, r := build(order)
		if !near(c.level, count.level, 1e-12) || !near(c.drift, count.drift, 1e-9) || !near(r.level, ratio.level, 1e-12) || !near(r.drift, ratio.drift, 1e-9) {
			t.Fatalf("order %v: %+v and %+v, want %+v and %+v", order, c, r, count, ratio)
		}
	}
}
