package agg

import (
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func histogramOf(vals []int64) *Histogram {
	h := new(Histogram)
	for _, v := range vals {
		h.Add(v)
	}
	return h
}

// The value that stands for a bucket is off by at most one percent of any value in it.
func TestBucketError(t *testing.T) {
	check := func(v int64) float64 {
		return math.Abs(BucketValue(Bucket(v))-float64(v)) / float64(v)
	}
	const most = 0.01 * (1 + 1e-9)
	for v := int64(1); v < 200_000; v++ {
		if e := check(v); e > most {
			t.Fatalf("%d is reported as %v", v, BucketValue(Bucket(v)))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64Range(1, math.MaxInt64).Draw(t, "value")
		if e := check(v); e > most {
			t.Fatalf("%d is reported as %v: off by %v", v, BucketValue(Bucket(v)), e)
		}
	})
}

func TestBucketBounds(t *testing.T) {
	for _, c := range []struct {
		v    int64
		want int32
	}{{0, ZeroBucket}, {-1, ZeroBucket}, {math.MinInt64, ZeroBucket}, {1, 0}, {2, 35}} {
		if got := Bucket(c.v); got != c.want {
			t.Errorf("Bucket(%d) = %d, want %d", c.v, got, c.want)
		}
	}
	if BucketValue(ZeroBucket) != 0 {
		t.Errorf("the bucket of zero is reported as %v", BucketValue(ZeroBucket))
	}
	last := Bucket(1)
	for v := int64(2); v < math.MaxInt64/3; v += 1 + v/50 {
		b := Bucket(v)
		if b < last {
			t.Fatalf("bucket %d of %d lies below %d", b, v, last)
		}
		if low, high := math.Pow(Gamma, float64(b-1)), math.Pow(Gamma, float64(b)); float64(v) <= low*(1-1e-9) || float64(v) > high*(1+1e-9) {
			t.Fatalf("%d lies outside bucket %d, (%v, %v]", v, b, low, high)
		}
		last = b
	}
}

// Every quantile is within one percent of the sample of the same rank.
func TestQuantileError(t *testing.T) {
	value := rapid.OneOf(rapid.Int64Range(0, 50), rapid.Int64Range(0, 1e6), rapid.Int64Range(0, math.MaxInt64))
	rapid.Check(t, func(t *rapid.T) {
		vals := rapid.SliceOfN(value, 1, 200).Draw(t, "values")
		h := histogramOf(vals)
		slices.Sort(vals)
		for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 1, rapid.Float64Range(0, 1).Draw(t, "q")} {
			rank := max(1, int(math.Ceil(q*float64(len(vals)))))
			want := float64(vals[rank-1])
			if got := h.Quantile(q); math.Abs(got-want) > 0.01*(1+1e-9)*want {
				t.Fatalf("quantile %v of %v is %v, want %v", q, vals, got, want)
			}
		}
	})
}

func TestHistogramMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := halves(t, rapid.Int64Range(-5, 1e9))
		ab, ba, all := histogramOf(left), histogramOf(right), histogramOf(append(slices.Clone(left), right...))
		ab.Merge(histogramOf(right))
		ba.Merge(histogramOf(left))
		if !maps.Equal(ab.Buckets(), all.Buckets()) || !maps.Equal(ba.Buckets(), all.Buckets()) {
			t.Fatalf("%v and %v, want %v", ab.Buckets(), ba.Buckets(), all.Buckets())
		}
		total := uint64(0)
		for _, n := range all.Buckets() {
			total += n
		}
		if total != uint64(len(left)+len(right)) {
			t.Fatalf("%d samples are counted, want %d", total, len(left)+len(right))
		}
	})
}

func TestHistogramEmpty(t *testing.T) {
	var h Histogram
	if !math.IsNaN(h.Quantile(0.5)) {
		t.Errorf("the median of nothing is %v", h.Quantile(0.5))
	}
	if b := h.Buckets(); b == nil || len(b) != 0 {
		t.Errorf("the buckets of nothing are %v; a store wants an empty map", b)
	}
	h.Merge(new(Histogram))
	if len(h.Buckets()) != 0 {
		t.Error("merging nothing left something")
	}
}

// Buckets are handed to the sink: what is counted afterwards must not reach them.
func TestBucketsAreACopy(t *testing.T) {
	h := histogramOf([]int64{5, 5})
	b := h.Buckets()
	h.Add(5)
	if b[Bucket(5)] != 2 || h.Buckets()[Bucket(5)] != 3 {
		t.Errorf("handed over %v, now %v", b, h.Buckets())
	}
}
