package window

import (
	"testing"

	"pgregory.net/rapid"
)

func TestEventTimeIsNeverAfterTheAppend(t *testing.T) {
	for _, c := range []struct{ occurred, appended, want int64 }{
		{5, 10, 5}, {10, 10, 10}, {4_070_908_800_000, 10, 10}, {-5, 10, -5},
	} {
		if got := EventTime(c.occurred, c.appended); got != c.want {
			t.Errorf("EventTime(%d, %d) = %d, want %d", c.occurred, c.appended, got, c.want)
		}
	}
}

func TestClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Clock
		highest := int64(0)
		for _, ts := range rapid.SliceOf(rapid.Int64Range(-1000, 1000)).Draw(t, "times") {
			c.See(ts)
			highest = max(highest, ts)
			if c.M != highest || c.Watermark(7) != highest-7 {
				t.Fatalf("after %d: M %d, watermark %d, want %d", ts, c.M, c.Watermark(7), highest)
			}
		}
	})
}

func TestLowMin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Custom(func(t *rapid.T) Low {
			if rapid.Bool().Draw(t, "none") {
				return NoLow()
			}
			off := rapid.Int64Range(0, 9).Draw(t, "off")
			return Low{Off: off, At: off * 10, M: off * 100} // a point of the log is known by its offset
		})
		a, b, c := draw.Draw(t, "a"), draw.Draw(t, "b"), draw.Draw(t, "c")
		switch {
		case a.Min(b) != b.Min(a):
			t.Fatalf("Min is not commutative: %v, %v", a, b)
		case a.Min(b).Min(c) != a.Min(b.Min(c)):
			t.Fatalf("Min is not associative: %v, %v, %v", a, b, c)
		case a.Min(NoLow()) != a || a.Min(a) != a:
			t.Fatalf("NoLow is not neutral, or Min not idempotent: %v", a)
		case a.Min(b).None() != (a.None() && b.None()):
			t.Fatalf("None: %v, %v", a, b)
		case a.Min(b).Off != min(a.Off, b.Off):
			t.Fatalf("Min(%v, %v) = %v", a, b, a.Min(b))
		}
	})
}
