package window

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSpecCheck(t *testing.T) {
	for name, c := range map[string]struct {
		spec Spec
		ok   bool
	}{
		"tumbling":            {Tumbling(time.Minute), true},
		"sliding":             {Sliding(time.Hour, time.Minute), true},
		"one second":          {Tumbling(time.Second), true},
		"empty":               {Spec{}, false},
		"negative size":       {Tumbling(-time.Minute), false},
		"no step":             {Spec{Size: time.Minute}, false},
		"negative step":       {Sliding(time.Minute, -time.Second), false},
		"part of a second":    {Tumbling(1500 * time.Millisecond), false},
		"step of half second": {Sliding(time.Second, 500*time.Millisecond), false},
		"step does not fit":   {Sliding(time.Minute, 7*time.Second), false},
		"step beyond size":    {Sliding(time.Minute, time.Hour), false},
	} {
		if err := c.spec.Check(); (err == nil) != c.ok {
			t.Errorf("%s: Check() = %v", name, err)
		}
	}
}

func TestSpecMilliseconds(t *testing.T) {
	s := Sliding(time.Hour, time.Minute)
	if s.SizeMS() != 3_600_000 || s.StepMS() != 60_000 {
		t.Errorf("size %d, step %d", s.SizeMS(), s.StepMS())
	}
}

func TestLast(t *testing.T) {
	for _, c := range []struct{ ts, want int64 }{
		{0, 0}, {1, 0}, {9_999, 0}, {10_000, 10_000}, {10_001, 10_000}, {-1, -10_000}, {-10_000, -10_000}, {-10_001, -20_000},
	} {
		if got := Tumbling(10 * time.Second).Last(c.ts); got != c.want {
			t.Errorf("Last(%d) = %d, want %d", c.ts, got, c.want)
		}
	}
}

// Every time lies in exactly size/step windows, and Last with steps back finds them all, below zero too.
func TestWindowsOfATime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.Int64Range(1, 90).Draw(t, "step")
		n := rapid.Int64Range(1, 12).Draw(t, "windows")
		s := Sliding(time.Duration(step*n)*time.Second, time.Duration(step)*time.Second)
		ts := rapid.Int64Range(-1e13, 1e13).Draw(t, "ts")
		found := int64(0)
		for start := s.Last(ts); start+s.SizeMS() > ts; start -= s.StepMS() {
			if start%s.StepMS() != 0 || start > ts {
				t.Fatalf("window [%d, %d) does not hold %d, or is not aligned", start, start+s.SizeMS(), ts)
			}
			found++
		}
		if found != n {
			t.Fatalf("%d windows hold %d, want %d", found, ts, n)
		}
	})
}

func TestFloor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ts, step := rapid.Int64Range(-1e15, 1e15).Draw(t, "ts"), rapid.Int64Range(1, 1e9).Draw(t, "step")
		f := Floor(ts, step)
		if f%step != 0 || f > ts || ts-f >= step {
			t.Fatalf("Floor(%d, %d) = %d", ts, step, f)
		}
	})
}
