package alerts

import (
	"math"

	"tidemark/processors"
)

// mostCount ends the search for a limit above.
const mostCount = 1 << 50

// limits are the figure's values at which the tiers begin.
type limits struct{ yellowLow, yellowHigh, orangeLow, orangeHigh float64 }

// limits inverts the deviation of the shortest span, guards included, at its expectation and, for a ratio, its
// denominator.
func (r *Rule) limits(e *expectation, s span) limits {
	none := math.NaN()
	l := limits{none, none, none, none}
	if r.samples(e, s) < float64(r.MinSamples) {
		return l
	}
	if r.Direction != processors.Rises {
		l.yellowLow, l.orangeLow = r.lowest(e, s, r.Yellow.Trigger), r.lowest(e, s, r.Orange.Trigger)
	}
	if r.Direction != processors.Falls {
		l.yellowHigh, l.orangeHigh = r.highest(e, s, r.Yellow.Trigger), r.highest(e, s, r.Orange.Trigger)
	}
	return l
}

// fires says whether a span with that count, or numerator, reaches the trigger.
func (r *Rule) fires(e *expectation, s span, num, trigger float64) bool {
	s.num = num
	return r.deviation(e, s) >= trigger
}

// normal is the count, or the numerator, that is expected of the span.
func (r *Rule) normal(e *expectation, s span) float64 {
	if r.Ratio() {
		return s.den * e.mean
	}
	return e.over(s.windows) * float64(s.windows)
}

// lowest is the greatest figure below the expected one that fires; NaN if none does.
func (r *Rule) lowest(e *expectation, s span, trigger float64) float64 {
	if !r.fires(e, s, 0, trigger) {
		return math.NaN()
	}
	return r.edge(e, s, 0, math.Ceil(r.normal(e, s)), trigger)
}

// highest is the least figure above the expected one that fires; NaN if none does.
func (r *Rule) highest(e *expectation, s span, trigger float64) float64 {
	not, most := math.Floor(r.normal(e, s)), float64(mostCount)
	if r.Ratio() {
		most = s.den
	}
	fires := min(2*not+1, most)
	for !r.fires(e, s, fires, trigger) {
		if fires >= most {
			return math.NaN()
		}
		not, fires = fires, min(4*fires, most)
	}
	return r.edge(e, s, fires, not, trigger)
}

// edge is the last figure that fires on the way from a count that does to one that does not, on either side.
func (r *Rule) edge(e *expectation, s span, fires, not, trigger float64) float64 {
	for math.Abs(fires-not) > 1 {
		if mid := math.Floor((fires + not) / 2); r.fires(e, s, mid, trigger) {
			fires = mid
		} else {
			not = mid
		}
	}
	s.num = fires
	return r.figure(s)
}
