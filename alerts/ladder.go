package alerts

import (
	"math"
	"slices"
	"time"
)

// How the bases of a single series are measured.
const (
	tailMemory  = 4000  // residuals that the spread rests on
	levelMemory = 1440  // errors that follow a change of level, at most
	tailRank    = 0.998 // the quantile of them that stands for what still happens by itself
	tailSigmas  = 4     // how many standard deviations that quantile is taken for
	fewestSeen  = 20    // residuals before anything is judged
	earlyDoubt  = 60    // the spread is wider by this divided by the number of residuals
	leastPeriod = 4     // points in a day or a week that make a basis
	mostSlots   = 4e6   // values kept, 32 MB: all six weeks of points down to one second apart, fewer of closer ones
)

// ladder is the bases of a single series: the recent level, the same time of past days, the same time of past weeks.
// Each predicts every point before it is seen; the one whose typical error has been the least is believed.
type ladder struct {
	slots []float64 // values by place in time, in a ring of some weeks; NaN where there is none
	used  int       // places that the ring has come to
	now   int       // place of the point that is judged
	rungs []*rung
}

// rung is one basis with the errors that it has made.
type rung struct {
	basis   Basis
	period  int      // points from one repetition to the next; 0 for the level
	back    int      // repetitions looked at
	level   *ranked  // newest values (level), or the newest errors of the bare median, which follow a change of level
	spread  []spread // by span
	errors  []float64
	known   bool
	guess   float64
	scratch []float64
}

// spread is how large the mean error over a number of points has been.
type spread struct {
	points int
	abs    *ranked
}

// rungSpans are the lengths, in points, that are judged together.
func rungSpans() []int { return []int{1, 5, 15, 60} }

func newLadder(interval time.Duration) *ladder {
	day := int((24*time.Hour + interval/2) / interval)
	l := &ladder{slots: make([]float64, min(max(7*baselineWeeks*day+2, 60), mostSlots))}
	for i := range l.slots {
		l.slots[i] = math.NaN()
	}
	for _, r := range []rung{
		{basis: Recent, level: newRanked(min(max(day, 48), 600))},
		{basis: Daily, period: day, back: 7, level: newRanked(min(max(day, 30), levelMemory))},
		{basis: Weekly, period: 7 * day, back: baselineWeeks, level: newRanked(min(max(day, 30), levelMemory))},
	} {
		for _, n := range rungSpans() {
			r.spread = append(r.spread, spread{n, newRanked(tailMemory)})
		}
		l.rungs = append(l.rungs, &r)
	}
	return l
}

// predict lets every rung guess the next value and returns the one to believe.
func (l *ladder) predict() *rung {
	best := l.rungs[0]
	best.known, best.guess = best.level.len() > 0, best.level.quantile(0.5)
	for _, r := range l.rungs[1:] {
		r.guess, r.known = l.repeated(r)
		errors := r.spread[0].abs
		if r.known && errors.len() >= max(min(r.period, tailMemory)/2, fewestSeen) && errors.quantile(0.5) < best.spread[0].abs.quantile(0.5) {
			best = r
		}
	}
	return best
}

// repeated is the median at the same time of past periods, neighbours included, moved by the newest errors.
func (l *ladder) repeated(r *rung) (float64, bool) {
	if r.period < leastPeriod || l.now < 2*r.period {
		return 0, false
	}
	near := 1
	if r.period < 24 {
		near = 0
	}
	v := r.scratch[:0]
	for w := 1; w <= r.back; w++ {
		for i := -near; i <= near; i++ {
			if x := l.ago(w*r.period + i); !math.IsNaN(x) {
				v = append(v, x)
			}
		}
	}
	r.scratch = v
	if len(v) < 2 {
		return 0, false
	}
	return median(v) + r.level.quantile(0.5), true
}

// reach moves to a place in time, which may be an earlier one; places that were left out stay empty.
func (l *ladder) reach(place int) {
	l.now = place
	for i := max(l.used, place-len(l.slots)); i < place; i++ {
		l.slots[i%len(l.slots)] = math.NaN()
	}
	l.used = max(l.used, place)
}

// ago is the value that many places before the point that is judged.
func (l *ladder) ago(places int) float64 {
	i := l.now - places
	if i < 0 || i >= l.used || i < l.used-len(l.slots) {
		return math.NaN()
	}
	return l.slots[i%len(l.slots)]
}

// learn takes the value that came.
func (l *ladder) learn(value float64) {
	for _, r := range l.rungs {
		if r.known {
			r.remember(value - r.guess)
		}
		switch {
		case r.period == 0:
			r.level.push(value)
		case r.known:
			r.level.push(value - r.guess + r.level.quantile(0.5))
		}
	}
	if l.now >= max(0, l.used-len(l.slots)) {
		l.slots[l.now%len(l.slots)] = value
		l.used = max(l.used, l.now+1)
	}
}

// remember adds an error to the spreads of all spans.
func (r *rung) remember(err float64) {
	longest := r.spread[len(r.spread)-1].points
	if len(r.errors) == longest {
		r.errors = slices.Delete(r.errors, 0, 1)
	}
	r.errors = append(r.errors, err)
	for _, s := range r.spread {
		s.abs.push(math.Abs(r.mean(s.points)))
	}
}

// mean is the mean of the newest errors, at most n.
func (r *rung) mean(n int) float64 {
	n = min(n, len(r.errors))
	return sum(r.errors[len(r.errors)-n:]) / float64(max(n, 1))
}

// next is the mean error over n points if the next value is off by err.
func (r *rung) next(err float64, n int) float64 {
	before := min(n-1, len(r.errors))
	return (r.mean(before)*float64(before) + err) / float64(before+1)
}

// sigma is the standard deviation of a mean error over the span: from the middle of past errors, but no less than what
// their tail shows, or the floor, and wider while there are few.
func (s *spread) sigma(floor float64) float64 {
	early := 1 + earlyDoubt/float64(s.abs.len())
	return early * max(madSigma*s.abs.quantile(0.5), s.abs.quantile(tailRank)/tailSigmas, floor/math.Sqrt(float64(s.points)))
}
