package alerts

import "math"

// expectation is what one series is compared with at one window.
type expectation struct {
	basis Basis
	mean  float64 // of the window: a count, or a ratio
	slope float64 // how much the mean grows from window to window; 0 for ratios
	drift float64 // standard deviation of the mean itself, beyond what chance does to each window
	near  float64 // cold counts: the mean that chance is judged by
	bound bool    // cold ratios: there is no level yet, and the mean is no more than yellow's bound
}

// shown is the mean of one window as readings state it, NaN where it is a bound that says nothing of what is usual.
func (e *expectation) shown() float64 {
	if e.bound {
		return math.NaN()
	}
	return e.mean
}

// over is the mean over the n windows that end with this one.
func (e *expectation) over(n int) float64 { return max(0, e.mean-e.slope*float64(n-1)/2) }

// span is the sums over the newest windows of a series.
type span struct {
	windows  int
	num, den float64
}

// figure is the ratio, or the count per window; NaN for a ratio without samples.
func (r *Rule) figure(s span) float64 {
	if r.Ratio() {
		if s.den == 0 {
			return math.NaN()
		}
		return s.num / s.den
	}
	return s.num / float64(s.windows)
}

// samples is what the guard looks at: the denominator, or the count that was expected.
func (r *Rule) samples(e *expectation, s span) float64 {
	if r.Ratio() {
		return s.den
	}
	return e.over(s.windows) * float64(s.windows)
}

// deviation is how far the span is off in the bad direction, in standard deviations. It is 0 with too few samples. A
// change that is smaller than the guards ask for is held below yellow's trigger, in proportion, so that an alert that
// stands does not flicker around a guard. It never falls when the figure gets worse.
func (r *Rule) deviation(e *expectation, s span) float64 {
	if r.samples(e, s) < float64(r.MinSamples) {
		return 0
	}
	z := inBadDirection(r.Direction, r.significance(e, s))
	if z <= 0 {
		return 0
	}
	if e.basis == Cold {
		return r.coldDeviation(e, s, z)
	}
	mean := e.over(s.windows)
	need := max(r.MinAbsolute, r.MinRelative*mean)
	if change := math.Abs(r.figure(s) - mean); change < need {
		return min(z, r.Yellow.Trigger*change/need)
	}
	return z
}

// significance is the deviation with its sign, without guards.
func (r *Rule) significance(e *expectation, s span) float64 {
	num := s.num
	if e.basis != Cold {
		num = toward(num, r.normal(e, s))
	}
	if r.Ratio() {
		return ratioSigma(num, s.den, e.mean, e.drift)
	}
	mean := e.over(s.windows)
	if mean <= 0 {
		return 0
	}
	cv := e.drift / mean
	if e.basis == Cold {
		mean = e.near
	}
	return countSigma(num, mean*float64(s.windows), cv*cv)
}

// toward takes one event off the difference: at small numbers no tier may hang on a single one. Fixed bounds are beyond
// that doubt.
func toward(num, normal float64) float64 {
	if num < normal {
		return min(num+1, normal)
	}
	return max(num-1, normal)
}

// finding is the worst span of a window.
type finding struct {
	span  span
	sigma float64
}

// worst judges all spans that end with the newest window. A long span counts only as far as its newest fifth is still
// off: without that, it would hold an alert up long after the figure has recovered.
func (r *Rule) worst(e *expectation, w *recent) finding {
	var f finding
	for i, n := range r.Spans {
		if n > w.len() && i > 0 {
			break
		}
		s := w.sum(n)
		sigma := r.deviation(e, s)
		if n > 1 && sigma > 0 {
			sigma *= r.lasting(e, s, w.sum((s.windows+4)/5))
		}
		if i == 0 || sigma > f.sigma {
			f = finding{s, sigma}
		}
	}
	return f
}

// lasting is 1 while the newest part of a span is off by at least half as much as the whole span, in the same
// direction, and falls to 0 with it.
func (r *Rule) lasting(e *expectation, whole, newest span) float64 {
	now, all := r.figure(newest)-e.over(newest.windows), r.figure(whole)-e.over(whole.windows)
	if math.IsNaN(now) {
		return 1 // a ratio without samples says nothing new
	}
	return max(0, min(1, 2*now/all))
}
