package window

import (
	"testing"

	"pgregory.net/rapid"
)

func TestOffsetsWithoutMarks(t *testing.T) {
	var o Offsets
	if got := o.Before(100, 7); got != 7 {
		t.Errorf("Before on nothing = %d, want 7", got)
	}
}

func TestOffsetsExample(t *testing.T) {
	var o Offsets
	for off, at := range []int64{500, 900, 1000, 1999, 5000, 5000, 7300} {
		o.See(int64(off), at)
	}
	for _, c := range []struct{ at, want int64 }{
		{-5, 0}, {0, 0}, {999, 0}, {1000, 2}, {4999, 2}, {5000, 4}, {6000, 4}, {7000, 6}, {99_999, 6},
	} {
		if got := o.Before(c.at, -1); got != c.want {
			t.Errorf("Before(%d) = %d, want %d", c.at, got, c.want)
		}
	}
}

type point struct{ off, at int64 }

// Whatever is asked, in rising order: all records appended at or after the time lie at or behind the answer, and what
// the answer includes beyond them is of at most one second of the log, or before everything seen.
func TestOffsetsBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var o Offsets
		var log []point
		p := point{rapid.Int64Range(0, 100).Draw(t, "offset"), rapid.Int64Range(-5000, 5000).Draw(t, "time")}
		asked := int64(-1 << 60)
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			if rapid.IntRange(0, 3).Draw(t, "ask") > 0 {
				p.off += rapid.Int64Range(1, 3).Draw(t, "gap")
				p.at += rapid.Int64Range(0, 1500).Draw(t, "pause")
				o.See(p.off, p.at)
				log = append(log, p)
				continue
			}
			asked = max(asked, p.at-rapid.Int64Range(-2000, 9000).Draw(t, "back"))
			checkBefore(t, log, asked, o.Before(asked, -1))
		}
	})
}

func checkBefore(t *rapid.T, log []point, at, got int64) {
	if len(log) == 0 {
		if got != -1 {
			t.Fatalf("Before(%d) = %d without marks", at, got)
		}
		return
	}
	first := log[len(log)-1].off
	for i := len(log) - 1; i >= 0 && log[i].at >= at; i-- {
		first = log[i].off
	}
	if got > first {
		t.Fatalf("Before(%d) = %d, but record %d was appended at or after it", at, got, first)
	}
	// The answer's second must be the last one that begins at or before the time asked for.
	var second int64
	for _, p := range log {
		if p.off == got {
			second = Floor(p.at, 1000)
		}
	}
	for _, p := range log {
		if s := Floor(p.at, 1000); p.off > got && s <= at && s > second {
			t.Fatalf("Before(%d) = %d of second %d, but second %d begins at %d", at, got, second, s, p.off)
		}
	}
}

// A log of a day, asked all the time, is held as an hour.
func TestOffsetsForget(t *testing.T) {
	var o Offsets
	for off := range int64(86_400) {
		o.See(off, off*1000)
		o.Before(off*1000-3_600_000, 0)
	}
	if o.Bytes() > 3*3600*16 {
		t.Errorf("%d bytes for an hour of seconds", o.Bytes())
	}
	if got := o.Before(86_399_000-3_600_000, 0); got != 86_399-3600 {
		t.Errorf("an hour before the end lies at %d", got)
	}
}
