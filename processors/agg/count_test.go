package agg

import (
	"testing"

	"pgregory.net/rapid"
)

// halves draws values and where to cut them in two, for the law that all aggregates share: merging the aggregates of
// two halves gives the aggregate of the whole.
func halves[T any](t *rapid.T, value *rapid.Generator[T]) (left, right []T) {
	all := rapid.SliceOf(value).Draw(t, "values")
	cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
	return all[:cut], all[cut:]
}

func TestCountZero(t *testing.T) {
	var c Count
	if c.N != 0 {
		t.Errorf("an empty count is %d", c.N)
	}
	c.Merge(Count{})
	if c.N != 0 {
		t.Errorf("two empty counts make %d", c.N)
	}
}

func TestCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := halves(t, rapid.Bool())
		var a, b Count
		for range left {
			a.Add()
		}
		for range right {
			b.Add()
		}
		ab, ba := a, b
		ab.Merge(b)
		ba.Merge(a)
		if want := int64(len(left) + len(right)); ab.N != want || ba.N != want {
			t.Fatalf("%d and %d, want %d", ab.N, ba.N, want)
		}
	})
}
