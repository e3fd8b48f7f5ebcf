package webhook

import (
	"math"
	"testing"

	"tidemark/schemas"
)

// Seconds that no clock shows stay times that cannot be true: wrapped around, 2^61 thousands would be 0 again.
func TestUnixSeconds(t *testing.T) {
	const newest schemas.Millis = 253_402_214_400_000
	for s, want := range map[int64]schemas.Millis{0: 0, 1795381490: 1795381490000, -1: -1000} {
		if got := unixSeconds(s); got != want {
			t.Errorf("%d: %d, want %d", s, got, want)
		}
	}
	for _, s := range []int64{math.MaxInt64, 1<<61 + 1795381490, 1 << 50, 1795381490000} {
		if got := unixSeconds(s); got <= newest {
			t.Errorf("%d: %d looks like a time", s, got)
		}
	}
	for _, s := range []int64{math.MinInt64, -1<<61 + 1795381490} {
		if got := unixSeconds(s); got > 0 {
			t.Errorf("%d: %d looks like a time", s, got)
		}
	}
}
