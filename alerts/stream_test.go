package alerts

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/processors"
	"tidemark/schemas"
)

func testStream(change func(*StreamConfig)) *Stream {
	yellow, orange := processors.Usual()
	c := StreamConfig{Interval: 5 * time.Minute, Zone: time.UTC, Direction: processors.Moves, Kind: ValueKind, Yellow: yellow, Orange: orange}
	if change != nil {
		change(&c)
	}
	return NewStream(c)
}

// judged runs a series with one point every five minutes.
func judged(s *Stream, n int, value func(i int) float64) []Reading {
	out := make([]Reading, n)
	for i := range out {
		out[i] = s.Next(monday+schemas.Millis(i)*5*minute, value(i))
	}
	return out
}

// highest is the greatest score of some points.
func highest(readings []Reading) float64 {
	best := 0.0
	for _, r := range readings {
		best = max(best, r.Score)
	}
	return best
}

const fiveMinuteDay = 288

func TestStream(t *testing.T) {
	src := rand.New(rand.NewPCG(1, 2))
	noise := func(i int) float64 { return 50 + 2*src.NormFloat64() }
	daily := func(i int) float64 {
		return 1000 + 400*math.Sin(float64(i)/fiveMinuteDay*2*math.Pi) + 20*src.NormFloat64()
	}
	weekend := func(i int) float64 {
		if i/fiveMinuteDay%7 >= 5 {
			return daily(i) / 3
		}
		return daily(i)
	}
	replace := func(f func(int) float64, from, to int, by func(i int) float64) func(int) float64 {
		return func(i int) float64 {
			if v := f(i); i < from || i >= to {
				return v
			}
			return by(i)
		}
	}
	is := func(v float64) func(int) float64 { return func(int) float64 { return v } }
	const quiet = 0 // no point from here on may reach 0.5
	tests := []struct {
		name       string
		n          int
		value      func(int) float64
		from, to   int // where 0.5 must be reached
		calmBefore int // from here to from, and after calmAfter, it must not be
		calmAfter  int
		basis      Basis // of the point at from
	}{
		{"noise", 2000, noise, quiet, quiet, 300, 2000, ""},
		{"spike", 1500, replace(noise, 1000, 1001, is(90)), 1000, 1001, 300, 1061, Recent},
		{"dip", 1500, replace(noise, 1000, 1001, is(10)), 1000, 1001, 300, 1061, Recent},
		{"level shift, and used to it after a day", 3000, replace(noise, 1000, 3000, func(i int) float64 { return noise(i) + 30 }), 1000, 1003, 300, 1000 + fiveMinuteDay, Recent},
		{"day", 4032, daily, quiet, quiet, 3 * fiveMinuteDay, 4032, ""},
		{"noon's value at midnight", 4032, replace(daily, 3000, 3006, is(1400)), 3000, 3006, 3 * fiveMinuteDay, 3070, Daily},
		{"a flat stretch in a day", 4032, replace(daily, 3100, 3150, is(1000)), 3100, 3150, 3 * fiveMinuteDay, 3100 + fiveMinuteDay, Daily},
		{"Saturday like Monday in the fourth week", 8064, replace(weekend, 26*fiveMinuteDay, 27*fiveMinuteDay, daily), 26 * fiveMinuteDay, 26*fiveMinuteDay + 60, 15 * fiveMinuteDay, 8064, Weekly},
		{"constant", 1500, is(7), quiet, quiet, 0, 1500, ""},
		{"a step out of a constant", 1500, replace(is(0), 1000, 1500, is(1)), 1000, 1001, 0, 1000 + fiveMinuteDay, Recent},
		{"negative values", 1500, replace(func(i int) float64 { return -noise(i) }, 1000, 1001, is(-90)), 1000, 1001, 300, 1061, Daily},
	}
	for _, test := range tests {
		got := judged(testStream(nil), test.n, test.value)
		if test.to > test.from {
			if best := highest(got[test.from:test.to]); best < 0.5 {
				t.Errorf("%s: highest score %.2f", test.name, best)
			}
			if got[test.from].Basis != test.basis {
				t.Errorf("%s: judged by %q, want %q", test.name, got[test.from].Basis, test.basis)
			}
		} else {
			test.from = test.n
		}
		if best := highest(got[test.calmBefore:test.from]); best >= 0.5 {
			t.Errorf("%s: %.2f before anything happens", test.name, best)
		}
		if best := highest(got[min(test.calmAfter, test.n):]); best >= 0.5 {
			t.Errorf("%s: %.2f long after", test.name, best)
		}
	}
}

// TestStreamDirection gives one series with a peak and a dip to all directions and kinds.
func TestStreamDirection(t *testing.T) {
	src := rand.New(rand.NewPCG(3, 4))
	values := make([]float64, 1200)
	for i := range values {
		values[i] = poisson(src, 30)
	}
	values[600], values[900] = 120, 0
	for _, test := range []struct {
		direction processors.Direction
		peak, dip bool
	}{{processors.Moves, true, true}, {processors.Rises, true, false}, {processors.Falls, false, true}} {
		for _, kind := range []StreamKind{AutoKind, CountKind} {
			s := testStream(func(c *StreamConfig) { c.Direction, c.Kind = test.direction, kind })
			got := judged(s, len(values), func(i int) float64 { return values[i] })
			if peak, dip := got[600].Score >= 0.5, got[900].Score >= 0.5; peak != test.peak || dip != test.dip {
				t.Errorf("%s %s: peak %.2f, dip %.2f", test.direction, kind, got[600].Score, got[900].Score)
			}
			r := got[1000]
			if math.IsNaN(r.YellowLow) != (test.direction == processors.Rises) || math.IsNaN(r.YellowHigh) != (test.direction == processors.Falls) {
				t.Errorf("%s: limits %v and %v", test.direction, r.YellowLow, r.YellowHigh)
			}
		}
	}
}

// Each point is judged from earlier ones only: what comes later changes no reading, and the limits say what fires.
func TestStreamLooksBackOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		n, cut := 400, rapid.IntRange(50, 399).Draw(t, "cut")
		a, b := testStream(nil), testStream(nil)
		for i := range n {
			at, v := monday+schemas.Millis(i)*5*minute, 10*r.NormFloat64()
			one := a.Next(at, v)
			later := v
			if i >= cut {
				later = 1e6
			}
			other := b.Next(at, later)
			if i < cut && (one.Score != other.Score || one.Expected != other.Expected) || i == cut && one.Expected != other.Expected {
				t.Fatalf("point %d: %+v and %+v", i, one, other)
			}
			if one.Span == 1 && !math.IsNaN(one.YellowLow) && (one.Sigma >= 4.5+1e-9) != (v < one.YellowLow || v > one.YellowHigh) {
				t.Fatalf("point %d: %v with %.3f sigma, limits %v and %v", i, v, one.Sigma, one.YellowLow, one.YellowHigh)
			}
		}
	})
}

// Gaps keep the time of day, also a gap longer than anything that is remembered, and points that come too close or
// too early are taken one after the other.
func TestStreamGaps(t *testing.T) {
	s := testStream(nil)
	src := rand.New(rand.NewPCG(5, 6))
	value := func(at schemas.Millis) float64 {
		return 1000 + 400*math.Sin(float64(at-monday)/float64(24*hour)*2*math.Pi) + 20*src.NormFloat64()
	}
	at := monday
	for ; at < monday+10*24*hour; at += 5 * minute {
		if into := at - monday; into >= 5*24*hour && into < 5*24*hour+7*hour {
			continue
		}
		if r := s.Next(at, value(at)); at > monday+4*24*hour && r.Score >= 0.5 {
			t.Fatalf("at %s a score of %.2f by %s", at, r.Score, r.Basis)
		}
	}
	s.Next(at-hour, value(at-hour))
	s.Next(at-hour, value(at-hour))
	if r := s.Next(at, value(at)); r.Score >= 0.5 {
		t.Errorf("after points out of order a score of %.2f", r.Score)
	}
	at += 300 * 24 * hour
	if r := s.Next(at, value(at)); math.IsNaN(r.Expected) || r.Basis != Recent {
		t.Errorf("after 300 days: %+v", r)
	}
}

// A shop that is open from 8 to 20 keeps its hours across a change to summer time; in UTC it seems to open early.
func TestStreamKeepsWallClock(t *testing.T) {
	berlin, from, change := zone(t, "Europe/Berlin"), at(t, "2026-03-09T00:00:00Z"), at(t, "2026-03-29T01:00:00Z")
	for z, alert := range map[*time.Location]bool{berlin: false, time.UTC: true} {
		s := testStream(func(c *StreamConfig) { c.Zone = z })
		src, seen := rand.New(rand.NewPCG(7, 8)), false
		for now := from; now < change+24*hour; now += 5 * minute {
			v := 100 + 2*src.NormFloat64()
			if h := now.Time().In(berlin).Hour(); h >= 8 && h < 20 {
				v += 400
			}
			r := s.Next(now, v)
			seen = seen || now >= change && r.Tier != Green
		}
		if seen != alert {
			t.Errorf("by the clock of %s: alert %v, want %v", z, seen, alert)
		}
	}
}

// A step that chance gives a count is an alarm in a value that has never moved.
func TestStreamKinds(t *testing.T) {
	for kind, want := range map[StreamKind]Tier{CountKind: Green, AutoKind: Green, ValueKind: Orange} {
		s := testStream(func(c *StreamConfig) { c.Kind = kind })
		got := judged(s, 301, func(i int) float64 { return 30 + float64(i/300*8) })
		if got[300].Tier != want {
			t.Errorf("%s: %+v", kind, got[300])
		}
	}
}

// Points may lie as close as they like: what is kept of them is bounded, and six weeks of seconds are within it.
func TestStreamOfClosePoints(t *testing.T) {
	for interval, want := range map[time.Duration]int{time.Millisecond: mostSlots, time.Second: 6*7*86_400 + 2, 5 * time.Minute: 6*7*fiveMinuteDay + 2} {
		s := testStream(func(c *StreamConfig) { c.Interval = interval })
		if got := len(s.ladder.slots); got != want {
			t.Errorf("every %s: %d places, want %d", interval, got, want)
		}
		for i := range 100 {
			s.Next(monday+schemas.Millis(int64(i)*interval.Milliseconds()), 7)
		}
		if r := s.Next(monday+schemas.Millis(100*interval.Milliseconds()), 70); r.Tier != Orange {
			t.Errorf("every %s: %+v", interval, r)
		}
	}
}

func TestRankedIsASortedWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 20).Draw(t, "most")
		values := rapid.SliceOfN(rapid.Float64Range(-5, 5), 1, 60).Draw(t, "values")
		r := newRanked(most)
		for _, v := range values {
			r.push(math.Round(v))
		}
		var want []float64
		for _, v := range values[max(0, len(values)-most):] {
			want = append(want, math.Round(v))
		}
		if m := median(want); r.quantile(0.5) != m || r.quantile(0) != want[0] || r.quantile(1) != want[len(want)-1] || r.len() != len(want) {
			t.Fatalf("median %v, want %v", r.quantile(0.5), m)
		}
	})
	if newRanked(3).quantile(0.5) != 0 {
		t.Error("the quantile of nothing is 0")
	}
}
