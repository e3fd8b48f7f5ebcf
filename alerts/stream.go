package alerts

import (
	"math"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// StreamKind is what the values of a stream are.
type StreamKind string

// The kinds. Auto takes a series for counts as long as all its values are whole and not negative.
const (
	AutoKind  StreamKind = "auto"
	CountKind StreamKind = "count" // chance alone spreads them by their root
	ValueKind StreamKind = "value" // anything, negative values too
)

// StreamConfig says how a stream is judged.
type StreamConfig struct {
	Interval  time.Duration // from one point to the next
	Zone      *time.Location
	Direction processors.Direction
	Kind      StreamKind
	Yellow    processors.Tier
	Orange    processors.Tier
}

// The floor of a spread, so that a constant stretch does not make every step an alarm: a share of the range that the
// series has lately kept to, and of its size.
const (
	floorRange = 0.02
	floorSize  = 0.001
	leastFloor = 1e-9 // of a series that has never been anything but 0
)

// Stream judges any series of numbers, point by point, each from earlier ones only: there is no rule behind it, so no
// guards, and the spread comes from its own past. It is what alerts are tried out with; the scale of sigma, the tiers
// and the score are those of Evaluator.
type Stream struct {
	c      StreamConfig
	ladder *ladder
	values *ranked // newest values, for the floor
	first  int64   // place in time of the first point
	begun  bool
	broken bool // a value was seen that is no count
	tier   Tier
}

// NewStream begins a stream; the configuration must be complete.
func NewStream(c StreamConfig) *Stream {
	return &Stream{c: c, ladder: newLadder(c.Interval), values: newRanked(tailMemory)}
}

// Next judges a point and learns from it. Points come in order of time, with gaps or without; one that comes too early
// takes the place of what was there.
func (s *Stream) Next(start schemas.Millis, value float64) Reading {
	s.reach(start)
	s.broken = s.broken || value < 0 || value != math.Trunc(value)
	best := s.ladder.predict()
	r := Reading{
		Start: start, Actual: value, Samples: float64(best.spread[0].abs.len()), Expected: best.guess, Basis: best.basis,
		YellowLow: math.NaN(), YellowHigh: math.NaN(), OrangeLow: math.NaN(), OrangeHigh: math.NaN(),
		Span: 1, SpanActual: value, SpanExpects: best.guess,
	}
	if !best.known || best.spread[0].abs.len() < fewestSeen {
		r.Basis = Cold
		if !best.known {
			r.Expected, r.SpanExpects = value, value
		}
	} else {
		s.judge(&r, best)
	}
	r.Tier = s.tier.next(r.Sigma, s.c.Yellow, s.c.Orange)
	s.tier = r.Tier
	s.ladder.learn(value)
	s.values.push(value)
	return r
}

// judge fills in the deviation of the worst span, and the limits of a single point.
func (s *Stream) judge(r *Reading, best *rung) {
	floor := s.floor(best.guess)
	for _, spread := range best.spread {
		off := best.next(r.Actual-best.guess, spread.points)
		sigma := max(0, inBadDirection(s.c.Direction, off)/spread.sigma(floor))
		if sigma > r.Sigma {
			r.Sigma, r.Span = sigma, spread.points
			r.SpanActual = best.guess + off
		}
	}
	r.Score = Score(r.Sigma, s.c.Yellow.Trigger)
	one := best.spread[0].sigma(floor)
	if s.c.Direction != processors.Rises {
		r.YellowLow, r.OrangeLow = s.low(best.guess-s.c.Yellow.Trigger*one), s.low(best.guess-s.c.Orange.Trigger*one)
	}
	if s.c.Direction != processors.Falls {
		r.YellowHigh, r.OrangeHigh = best.guess+s.c.Yellow.Trigger*one, best.guess+s.c.Orange.Trigger*one
	}
}

// reach moves to the place in time of a point. Time is the wall clock's, so that a day keeps its hours.
func (s *Stream) reach(start schemas.Millis) {
	_, offset := start.Time().In(s.c.Zone).Zone()
	place := (int64(start) + int64(offset)*1000) / s.c.Interval.Milliseconds()
	if !s.begun {
		s.begun, s.first = true, place
	}
	s.ladder.reach(int(place - s.first))
}

// counts says whether the series is taken for counts.
func (s *Stream) counts() bool {
	return s.c.Kind == CountKind || s.c.Kind == AutoKind && !s.broken
}

// floor is the least standard deviation of one point.
func (s *Stream) floor(expected float64) float64 {
	floor := max(floorRange*(s.values.quantile(0.95)-s.values.quantile(0.05)), floorSize*math.Abs(s.values.quantile(0.5)), leastFloor)
	if s.counts() {
		floor = max(floor, math.Sqrt(max(expected, 1)))
	}
	return floor
}

// low is a limit below; a count has none below zero.
func (s *Stream) low(limit float64) float64 {
	if s.counts() && limit < 0 {
		return math.NaN()
	}
	return limit
}
