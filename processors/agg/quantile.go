package agg

import (
	"maps"
	"math"
	"slices"
)

// Gamma is the ratio between neighbouring bucket bounds of a Histogram. A value reported as its bucket's middle is off
// by at most (Gamma-1)/(Gamma+1) = 1 % of itself.
const Gamma = 1.02020202020202020202

// ZeroBucket counts values of 0 and below.
const ZeroBucket = math.MinInt32

var invLogGamma = 1 / math.Log(Gamma)

// Histogram is a distribution of non-negative integers in logarithmic buckets: bucket i holds (Gamma^(i-1), Gamma^i].
// Histograms merge by adding their buckets. Formula: DDSketch, Masson et al., VLDB 2019.
type Histogram struct{ buckets map[int32]uint64 }

// Add takes one value.
func (h *Histogram) Add(v int64) {
	if h.buckets == nil {
		h.buckets = map[int32]uint64{}
	}
	h.buckets[Bucket(v)]++
}

// Bucket is the bucket that a value falls into.
func Bucket(v int64) int32 {
	if v <= 0 {
		return ZeroBucket
	}
	return int32(math.Ceil(math.Log(float64(v)) * invLogGamma))
}

// BucketValue is the value that stands for a bucket: the point with the same relative distance to both bounds.
func BucketValue(i int32) float64 {
	if i == ZeroBucket {
		return 0
	}
	return 2 * math.Pow(Gamma, float64(i)) / (Gamma + 1)
}

// Merge adds another histogram.
func (h *Histogram) Merge(o *Histogram) {
	if h.buckets == nil {
		h.buckets = map[int32]uint64{}
	}
	for i, n := range o.buckets {
		h.buckets[i] += n
	}
}

// Buckets returns a copy of the counts by bucket.
func (h *Histogram) Buckets() map[int32]uint64 {
	if h.buckets == nil {
		return map[int32]uint64{}
	}
	return maps.Clone(h.buckets)
}

// Bytes estimates the memory held.
func (h *Histogram) Bytes() int64 { return int64(len(h.buckets)) * 40 }

// Quantile returns the value below which the share q (0 to 1) of the samples lies, by the nearest-rank rule; NaN where
// there are no samples.
func (h *Histogram) Quantile(q float64) float64 {
	var total uint64
	for _, n := range h.buckets {
		total += n
	}
	if total == 0 {
		return math.NaN()
	}
	rank := max(1, uint64(math.Ceil(q*float64(total))))
	var seen uint64
	for _, i := range slices.Sorted(maps.Keys(h.buckets)) {
		if seen += h.buckets[i]; seen >= rank {
			return BucketValue(i)
		}
	}
	return math.NaN()
}
