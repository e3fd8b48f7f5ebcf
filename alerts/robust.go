package alerts

import (
	"math"
	"slices"
)

// madSigma turns a median of absolute deviations into the standard deviation of a normal distribution: 1 over its upper
// quartile, 0.6745.
const madSigma = 1.4826

// medianVariance is how much larger the variance of a median is than that of a mean, for many values of a normal
// distribution.
const medianVariance = math.Pi / 2

// madError is the standard error of a variance measured by the MAD of n normal values, as a share of the variance and
// times the root of n: the MAD is 37 % as efficient as the standard deviation (Rousseeuw and Croux, 1993), so the share
// is sqrt(2/0.37).
const madError = 2.3

// median orders the values and returns the middle one, 0 for none.
func median(v []float64) float64 {
	n := len(v)
	if n == 0 {
		return 0
	}
	slices.Sort(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}

// excess is how far a variance, measured as a MAD of n deviations, exceeds what chance alone gives: what is beyond the
// measurement's own error, and how much more that error may hide.
func excess(mad, chance float64, n int) (beyond, hidden float64) {
	measured := madSigma * mad
	err := chance * madError / math.Sqrt(float64(max(n, 1)))
	return max(0, measured*measured-chance-err), 3 * err
}

func sum(v []float64) (s float64) {
	for _, x := range v {
		s += x
	}
	return s
}
