package alerts

import (
	"slices"
	"strings"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// ruleState is a rule with its series.
type ruleState struct {
	rule    Rule
	window  schemas.Millis
	next    schemas.Millis // the first window that is not judged
	loaded  bool
	series  []*series // by key
	index   map[Key]*series
	added   bool // series is not in order
	zones   map[*time.Location]*hourOfWeek
	past    *history
	scratch []float64
}

// series is what is kept of one series.
type series struct {
	key         Key
	zone        *time.Location
	first, last schemas.Millis // windows with events, as far as known
	pending     []Point        // read and not judged, by start
	taken       int            // of pending
	windows     recent
	level       level
	tier        Tier
	base        weekly
	baseHour    schemas.Millis // the hour that base is for
}

func newRuleState(r Rule) *ruleState {
	window := schemas.Millis(r.Window.Milliseconds())
	return &ruleState{
		rule: r, window: window, past: newHistory(window), scratch: make([]float64, 0, levelWindows),
		index: map[Key]*series{}, zones: map[*time.Location]*hourOfWeek{},
	}
}

func (s *ruleState) find(key Key) *series { return s.index[key] }

func (s *ruleState) add(life Life, zone *time.Location) *series {
	one := &series{key: life.Key, zone: zone, first: life.First, last: life.Last, windows: newRecent(slices.Max(s.rule.Spans))}
	s.series, s.index[life.Key], s.added = append(s.series, one), one, true
	return one
}

func (s *ruleState) sort() {
	if s.added {
		slices.SortFunc(s.series, func(a, b *series) int { return strings.Compare(string(a.key), string(b.key)) })
		s.added = false
	}
}

// forget drops the series that a new evaluator would not find either, so that short-lived ones do not pile up.
func (s *ruleState) forget(end schemas.Millis) {
	s.series = slices.DeleteFunc(s.series, func(one *series) bool {
		gone := one.tier == Green && one.last < end-remembered
		if gone {
			delete(s.index, one.key)
		}
		return gone
	})
}

// take is the next window of the series: read, or zero where nothing was read.
func (one *series) take(start schemas.Millis) Point {
	for one.taken < len(one.pending) && one.pending[one.taken].Start < start {
		one.taken++
	}
	if one.taken < len(one.pending) && one.pending[one.taken].Start == start {
		one.last = max(one.last, start)
		return one.pending[one.taken]
	}
	return Point{Start: start}
}

// alive says whether the window of the series is to be judged.
func (one *series) alive(start schemas.Millis) bool {
	return start >= one.first && (start-one.last <= schemas.Millis(SeenWithin.Milliseconds()) || one.tier != Green)
}

// judge adds the reading of one complete window, unless nothing can be expected of the series yet. One that the metric
// did not see from its begin is left out: it is neither complete nor will ever be.
func (s *ruleState) judge(one *series, start schemas.Millis, out []Reading) []Reading {
	p := one.take(start)
	if !one.alive(start) || p.Open {
		return out
	}
	one.windows.push(p)
	one.level.expire(start)
	e, known := s.expect(one, start)
	if known {
		r := s.reading(one, &e, p)
		r.Tier = one.tier.next(r.Sigma, s.rule.Yellow, s.rule.Orange)
		one.tier = r.Tier
		out = append(out, r)
	} else if one.tier != Green {
		// The level has become too old to hold the alert up.
		one.tier = Green
		out = append(out, s.reading(one, &expectation{basis: Cold}, p))
	}
	if one.tier == Green {
		one.level.push(p)
	}
	return out
}

// judgesOpen says whether windows that are not complete can be judged: counts of which more is bad.
func (s *ruleState) judgesOpen() bool { return !s.rule.Ratio() && s.rule.Direction == processors.Rises }

// judgeOpen adds the reading of the window that is not complete, if it raises the tier.
func (s *ruleState) judgeOpen(one *series, start schemas.Millis, out []Reading) []Reading {
	p := one.take(start)
	if p.Num == 0 {
		return out
	}
	e, known := s.expect(one, start)
	if !known {
		return out
	}
	one.windows.push(p)
	r := s.reading(one, &e, p)
	one.windows.drop()
	r.Open = true
	if r.Tier = one.tier.next(r.Sigma, s.rule.Yellow, s.rule.Orange); r.Tier > one.tier {
		out = append(out, r)
	}
	return out
}

// expect is what the window is compared with; false where nothing is known.
func (s *ruleState) expect(one *series, start schemas.Millis) (expectation, bool) {
	switch {
	case one.base.weeks >= leastWeeks:
		return one.base.at(start-one.baseHour, s.window), true
	case s.rule.Ratio():
		return s.rule.coldRatio(&one.level), true
	default:
		return s.rule.coldCount(&one.level, s.scratch)
	}
}

// reading judges the newest window of the series.
func (s *ruleState) reading(one *series, e *expectation, p Point) Reading {
	r := &s.rule
	f := r.worst(e, &one.windows)
	shortest := one.windows.sum(r.Spans[0])
	l := r.limits(e, shortest)
	return Reading{
		Rule: r.Name, Key: one.key, Start: p.Start, Basis: e.basis,
		Actual: r.figure(span{1, p.Num, p.Den}), Samples: r.samples(e, f.span), Expected: e.shown(),
		YellowLow: l.yellowLow, YellowHigh: l.yellowHigh, OrangeLow: l.orangeLow, OrangeHigh: l.orangeHigh,
		Sigma: f.sigma, Score: Score(f.sigma, r.Yellow.Trigger),
		Span: f.span.windows, SpanActual: r.figure(f.span), SpanExpects: e.over(f.span.windows),
	}
}
