package agg

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func (s *Sum) big() *big.Int {
	v := new(big.Int).Lsh(big.NewInt(s.Hi), 64)
	return v.Add(v, new(big.Int).SetUint64(s.Lo))
}

func sumOf(vals []int64) (s Sum) {
	for _, v := range vals {
		s.Add(v)
	}
	return s
}

func TestSumLikeBigIntegers(t *testing.T) {
	value := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 0, -1, 1}))
	rapid.Check(t, func(t *rapid.T) {
		left, right := halves(t, value)
		want := new(big.Int)
		for _, half := range [][]int64{left, right} {
			for _, v := range half {
				want.Add(want, big.NewInt(v))
			}
		}
		ab, ba := sumOf(left), sumOf(right)
		ab.Merge(sumOf(right))
		ba.Merge(sumOf(left))
		if ab.big().Cmp(want) != 0 || ba != ab {
			t.Fatalf("%v and %v, want %v", ab.big(), ba.big(), want)
		}
		got, fits := ab.Int64()
		if fits != want.IsInt64() || fits && got != want.Int64() {
			t.Fatalf("Int64() = %d, %v of %v", got, fits, want)
		}
	})
}

func TestSumBeyondInt64(t *testing.T) {
	for name, c := range map[string]struct {
		vals []int64
		want string
		fits bool
	}{
		"nothing":              {nil, "0", true},
		"largest":              {[]int64{math.MaxInt64}, "9223372036854775807", true},
		"one above":            {[]int64{math.MaxInt64, 1}, "9223372036854775808", false},
		"smallest":             {[]int64{math.MinInt64}, "-9223372036854775808", true},
		"one below":            {[]int64{math.MinInt64, -1}, "-9223372036854775809", false},
		"there and back":       {[]int64{math.MaxInt64, math.MaxInt64, math.MinInt64, math.MinInt64}, "-2", true},
		"2^64 - 2":             {[]int64{math.MaxInt64, math.MaxInt64}, "18446744073709551614", false},
		"2^64":                 {[]int64{math.MaxInt64, math.MaxInt64, 2}, "18446744073709551616", false},
		"minus 2^64":           {[]int64{math.MinInt64, math.MinInt64}, "-18446744073709551616", false},
		"carry into high word": {[]int64{-1, 1}, "0", true},
	} {
		s := sumOf(c.vals)
		if _, fits := s.Int64(); s.big().String() != c.want || fits != c.fits {
			t.Errorf("%s: %v, fits %v; want %s, %v", name, s.big(), fits, c.want, c.fits)
		}
	}
}
