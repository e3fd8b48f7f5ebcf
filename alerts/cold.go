package alerts

import (
	"math"
	"slices"

	"tidemark/processors"
	"tidemark/schemas"
)

// Cold start: the level of a series is the median of the last levelWindows complete windows that were judged green, so
// that an outage does not lower its own yardstick. It needs levelLeast of them. One older than levelAge does not count:
// a shop that has changed for good is measured anew after that time.
const (
	levelWindows = 60
	levelLeast   = 10
	levelNear    = 15 // the newest of them, which chance is judged by where they are nearer: traffic has its course
	levelAge     = schemas.Millis(24 * 3600 * 1000)
)

// A mean is taken to drift by leastDrift of itself, however steady its history, and by up to mostHidden more where the
// history is too thin to tell.
const (
	leastDrift = 0.07
	mostHidden = 0.15
)

// drift2 is the variance of a mean, from what was seen of it and what may have been hidden by chance.
func drift2(mean, seen, hidden float64) float64 {
	least, most := leastDrift*mean, mostHidden*mean
	return seen + min(hidden, most*most) + least*least
}

// level holds the newest green windows, oldest first.
type level struct{ green []Point }

func (l *level) push(p Point) {
	if len(l.green) == levelWindows {
		copy(l.green, l.green[1:])
		l.green = l.green[:levelWindows-1]
	}
	l.green = append(l.green, p)
}

// expire forgets windows that are too old at the given time.
func (l *level) expire(now schemas.Millis) {
	old := 0
	for old < len(l.green) && l.green[old].Start < now-levelAge {
		old++
	}
	l.green = append(l.green[:0], l.green[old:]...)
}

// coldCount is what is expected of a count, from its level alone.
func (r *Rule) coldCount(l *level, scratch []float64) (expectation, bool) {
	if len(l.green) < levelLeast {
		return expectation{}, false
	}
	near := median(r.usual(l.counts(levelNear, scratch)))
	v := r.usual(l.counts(levelWindows, scratch))
	mean := median(v)
	switch r.Direction {
	case processors.Falls:
		near = min(near, mean)
	case processors.Rises:
		near = max(near, mean)
	default:
		near = mean
	}
	for i := range v {
		v[i] = math.Abs(v[i] - mean)
	}
	beyond, hidden := excess(median(v), mean, len(v))
	return expectation{basis: Cold, mean: mean, near: near, drift: math.Sqrt(drift2(mean, beyond, hidden))}, true
}

// usual leaves out, of what falls, the counts that would be yellow beside the upper quartile of all: the first windows
// count as green whatever they hold, and an outage among them must not become the yardstick. It orders the counts.
func (r *Rule) usual(v []float64) []float64 {
	if r.Direction != processors.Falls {
		return v
	}
	slices.Sort(v)
	least := r.Cold.Yellow * v[len(v)*3/4]
	i, _ := slices.BinarySearch(v, least)
	return v[i:]
}

// counts are the newest n counts of the level.
func (l *level) counts(n int, scratch []float64) []float64 {
	v := scratch[:0]
	for _, p := range l.green[max(0, len(l.green)-n):] {
		v = append(v, p.Num)
	}
	return v
}

// coldRatio is what is expected of a ratio: its level, but nothing worse than the bound of yellow, which stands in where
// there is no level yet.
func (r *Rule) coldRatio(l *level) expectation {
	p := r.Cold.Yellow
	var num, den float64
	for _, w := range l.green {
		num, den = num+w.Num, den+w.Den
	}
	known := len(l.green) >= levelLeast && den >= float64(r.MinSamples)
	if known {
		if r.Direction == processors.Falls {
			p = max(p, num/den)
		} else {
			p = min(p, num/den)
		}
	}
	return expectation{basis: Cold, mean: p, drift: mostHidden * min(p, 1-p), bound: !known}
}

// coldDeviation puts the figure on a scale on which the fixed bounds are the triggers of the tiers. A figure beyond a
// bound counts only as far as chance is ruled out: z, the plain deviation, must reach yellow's trigger. For orange the
// same is enough, so that a small shop's outage is orange in its first window.
func (r *Rule) coldDeviation(e *expectation, s span, z float64) float64 {
	beyond := r.Cold.Yellow - r.Cold.Orange
	// A ratio's scale begins one step before yellow, or at the level where that is farther; a count's is the share of it.
	value, normal := r.figure(s), r.Cold.Yellow+beyond
	if r.Ratio() {
		if (normal-e.mean)*beyond < 0 {
			normal = e.mean
		}
	} else {
		value, normal = value/e.mean, 1
		if r.Direction == processors.Moves && value < 1 {
			value = min(1/value, 1e6) // a count that moves falls as far as it may rise
		}
	}
	scale := r.Yellow.Trigger * (normal - value) / (normal - r.Cold.Yellow)
	if (r.Cold.Yellow-value)*beyond > 0 {
		scale = r.Yellow.Trigger + (r.Orange.Trigger-r.Yellow.Trigger)*(r.Cold.Yellow-value)/beyond
	}
	if z < r.Yellow.Trigger {
		scale = min(scale, z)
	}
	return max(scale, 0)
}
