package agg

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestExtremes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := halves(t, rapid.Int64())
		lo, hi := [2]Min{{NoMin}, {NoMin}}, [2]Max{{NoMax}, {NoMax}}
		for i, half := range [][]int64{left, right} {
			for _, v := range half {
				lo[i].Add(v)
				hi[i].Add(v)
			}
		}
		all := append(slices.Clone(left), right...)
		wantMin, wantMax := slices.Min(append(all, NoMin)), slices.Max(append(all, NoMax))
		min1, min2 := lo[0], lo[1]
		min1.Merge(lo[1])
		min2.Merge(lo[0])
		max1, max2 := hi[0], hi[1]
		max1.Merge(hi[1])
		max2.Merge(hi[0])
		if min1.V != wantMin || min2.V != wantMin || max1.V != wantMax || max2.V != wantMax {
			t.Fatalf("min %d, %d, want %d; max %d, %d, want %d", min1.V, min2.V, wantMin, max1.V, max2.V, wantMax)
		}
	})
}

// What stands for "no value" must lose against every value, and leave merged values as they are.
func TestNoExtreme(t *testing.T) {
	for _, v := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64} {
		lo, hi := Min{NoMin}, Max{NoMax}
		lo.Add(v)
		hi.Add(v)
		if lo.V != v || hi.V != v {
			t.Errorf("%d alone gives min %d, max %d", v, lo.V, hi.V)
		}
		lo.Merge(Min{NoMin})
		hi.Merge(Max{NoMax})
		if lo.V != v || hi.V != v {
			t.Errorf("%d merged with nothing gives min %d, max %d", v, lo.V, hi.V)
		}
	}
}
