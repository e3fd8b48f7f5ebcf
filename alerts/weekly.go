package alerts

import (
	"math"
	"time"

	"tidemark/schemas"
)

// The weekly baseline reads the same hour of the week in each of the past baselineWeeks, in the shop's zone, with the
// hour before and the hour after it. It needs leastWeeks of them.
const (
	baselineWeeks = 6
	leastWeeks    = 2
	hour          = schemas.Millis(3600 * 1000)
)

// hourOfWeek is one hour in one zone: where it begins, and where it began in the past weeks, newest first.
type hourOfWeek struct {
	begins schemas.Millis
	past   [baselineWeeks]schemas.Millis
}

// hourOf is the hour that a window begins in. Hours are those of the wall clock: across a change to summer time they
// keep their place in the shop's day.
func hourOf(start schemas.Millis, zone *time.Location) hourOfWeek {
	local := start.Time().In(zone)
	into := schemas.Millis(local.Minute()*60_000 + local.Second()*1000 + local.Nanosecond()/1e6)
	h := hourOfWeek{begins: start - into}
	for w := range h.past {
		h.past[w] = schemas.MillisOf(time.Date(local.Year(), local.Month(), local.Day()-7*(w+1), local.Hour(), 0, 0, 0, zone))
	}
	return h
}

// stretches are the times to read for the hour, oldest first.
func (h *hourOfWeek) stretches() []Stretch {
	var out []Stretch
	for w := range h.past {
		begins := h.past[len(h.past)-1-w]
		out = append(out, Stretch{begins - hour, begins + 2*hour})
	}
	return out
}

// weekly is a baseline: the figure's course through one hour.
type weekly struct {
	weeks int     // how many it rests on; below leastWeeks it is not to be used
	level float64 // in the middle of the hour: a count per window, or a ratio
	slope float64 // growth of the count in one hour
	drift float64
}

// at is what is expected of a window that begins the given time after the hour.
func (b *weekly) at(into, window schemas.Millis) expectation {
	perHour := float64(hour)
	middle := (float64(into)+float64(window)/2)/perHour - 0.5
	return expectation{
		basis: Weekly, mean: max(0, b.level+b.slope*middle),
		slope: b.slope * float64(window) / perHour, drift: b.drift,
	}
}

// count is the baseline of a count.
func (h *history) count() weekly {
	levels, slopes := h.a[:0], h.b[:0]
	n := float64(h.perHour)
	for w := range baselineWeeks {
		if h.exists[w] {
			before, now, after := sum(h.num[w][:h.perHour]), sum(h.num[w][h.perHour:2*h.perHour]), sum(h.num[w][2*h.perHour:])
			levels, slopes = append(levels, (before+now+after)/(3*n)), append(slopes, (after-before)/(2*n))
		}
	}
	h.a, h.b = levels, slopes
	b := weekly{weeks: len(levels), level: median(levels), slope: median(slopes)}
	if b.weeks < leastWeeks {
		return weekly{}
	}
	beyond, hidden := h.countDrift(&b)
	error2 := medianVariance * b.level / (3 * n * float64(b.weeks)) // of the level itself
	b.drift = math.Sqrt(drift2(b.level, doubt(b.weeks)*beyond, hidden) + error2)
	return b
}

// ratio is the baseline of a ratio.
func (h *history) ratio() weekly {
	levels, dens := h.a[:0], h.b[:0]
	for w := range baselineWeeks {
		if den := sum(h.den[w]); h.exists[w] && den > 0 {
			levels, dens = append(levels, min(1, sum(h.num[w])/den)), append(dens, den)
		}
	}
	h.a, h.b = levels, dens
	if len(levels) < leastWeeks {
		return weekly{}
	}
	// A rate of exactly 0 or 1 would make the first exception infinitely surprising.
	half := 0.5 / sum(dens)
	b := weekly{weeks: len(levels), level: min(max(median(levels), half), 1-half)}
	chance := b.level * (1 - b.level)
	error2 := medianVariance * chance / (median(dens) * float64(b.weeks))
	beyond, hidden := h.ratioDrift(b.level, median(dens)/float64(3*h.perHour))
	b.drift = math.Sqrt(drift2(min(b.level, 1-b.level), doubt(b.weeks)*beyond, hidden) + error2)
	return b
}
