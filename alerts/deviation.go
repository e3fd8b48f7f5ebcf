package alerts

import (
	"math"

	"tidemark/processors"
)

// countSigma is how far a count is from its mean, in standard deviations with sign: the deviance residual of a Poisson
// count whose rate itself drifts by cv (a share of the mean; squared), that is, of a negative binomial one. Its variance
// is mean + cv2*mean^2: windows of one span share the drift, so a longer span does not average it away. With actual y and
// mean m (McCullagh and Nelder, Generalized Linear Models; Hilbe, Negative Binomial Regression):
//
//	Poisson:           sign(y-m) * sqrt(2 * (y*ln(y/m) - (y-m)))
//	negative binomial: sign(y-m) * sqrt(2 * (y*ln(y/m) - (y+1/cv2)*ln((1+cv2*y)/(1+cv2*m))))
func countSigma(actual, mean, cv2 float64) float64 {
	if mean <= 0 {
		return 0
	}
	d := mean
	if actual > 0 {
		d = actual*math.Log(actual/mean) - actual + mean
	}
	if cv2 > 1e-9 {
		d = -(actual + 1/cv2) * math.Log((1+cv2*actual)/(1+cv2*mean))
		if actual > 0 {
			d += actual * math.Log(actual/mean)
		}
	}
	return math.Copysign(math.Sqrt(2*max(d, 0)), actual-mean)
}

// ratioSigma is the same for a share of den events of which num happened, expected with probability p: the deviance
// residual of a binomial, shrunk by what the drift (a standard deviation of p) adds to its variance. With num y and den n:
//
//	sign(y-n*p) * sqrt(2 * (y*ln(y/(n*p)) + (n-y)*ln((n-y)/(n*(1-p)))) / (1 + n*drift^2/(p*(1-p))))
func ratioSigma(num, den, p, drift float64) float64 {
	if den <= 0 || p <= 0 || p >= 1 {
		return 0
	}
	// Late joins may count a success whose trial is in another window.
	num = min(num, den)
	d := 0.0
	if num > 0 {
		d += num * math.Log(num/(den*p))
	}
	if num < den {
		d += (den - num) * math.Log((den-num)/(den*(1-p)))
	}
	inflated := 1 + den*drift*drift/(p*(1-p))
	return math.Copysign(math.Sqrt(2*max(d, 0)/inflated), num-den*p)
}

// inBadDirection turns a deviation so that the bad direction is positive.
func inBadDirection(d processors.Direction, off float64) float64 {
	switch d {
	case processors.Falls:
		return -off
	case processors.Rises:
		return off
	default:
		return math.Abs(off)
	}
}
