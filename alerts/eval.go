package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tidemark/schemas"
)

// How far the evaluator looks, and how much it makes up for.
const (
	// catchUp is how many windows are judged at most when Eval has not run for a while, or for the first time; older
	// ones are left unjudged.
	catchUp = 60
	// SeenWithin is for how long a series that has fallen silent is judged as zero. One that is not green is judged on
	// until it is.
	SeenWithin = 24 * time.Hour
)

// Evaluator judges rules. What it keeps between calls can be rebuilt from the history, so a new one goes on where
// another has stopped, tiers included. It is for one goroutine.
type Evaluator struct {
	rules   []*ruleState
	history History
}

// NewEvaluator checks what it is to judge: windows of a rule must divide an hour.
func NewEvaluator(rules []Rule, h History) (*Evaluator, error) {
	e := &Evaluator{history: h}
	for _, r := range rules {
		if r.Window <= 0 || time.Hour%r.Window != 0 {
			return nil, fmt.Errorf("alert %s: windows of %s cannot be compared by hour of the week; use a length that divides an hour", r.Name, r.Window)
		}
		e.rules = append(e.rules, newRuleState(r))
	}
	return e, nil
}

// Eval judges, in order, every window that is complete at ts and has not been judged yet, of every series seen lately;
// a window without events counts as zero. Where a count that rises is bad, the first window that is not complete is
// judged too, if that raises the tier: the count can only grow. Such a reading is Open and comes again, complete or
// not, with a later call.
//
// Readings are ordered by rule, window and series. Each complete window is returned once: a caller that cannot store
// readings keeps them and tries again, or makes a new Evaluator, which judges anew what has not been stored. An error
// names the rules that could not be judged; the readings of the others are valid.
func (e *Evaluator) Eval(ctx context.Context, ts time.Time) ([]Reading, error) {
	var out []Reading
	var errs []error
	for _, s := range e.rules {
		readings, err := e.evalRule(ctx, s, schemas.MillisOf(ts), out)
		if err != nil {
			errs = append(errs, fmt.Errorf("alert %s: %w", s.rule.Name, err))
			s.loaded = false // what was half read is read again
			continue
		}
		out = readings
	}
	return out, errors.Join(errs...)
}

func (e *Evaluator) evalRule(ctx context.Context, s *ruleState, now schemas.Millis, out []Reading) ([]Reading, error) {
	complete, err := e.history.Complete(ctx, &s.rule)
	if err != nil || complete == 0 {
		return out, err
	}
	end := min(complete, now) / s.window * s.window // the first window that is not complete
	if s.loaded && end-s.next > catchUp*s.window {
		s.loaded = false
	}
	if !s.loaded {
		if err := e.load(ctx, s, end); err != nil {
			return out, err
		}
	}
	if end <= s.next && !s.judgesOpen() {
		return out, nil
	}
	s.forget(end)
	if err := e.read(ctx, s, max(end, s.next)); err != nil {
		return out, err
	}
	out = slices.Grow(out, len(s.series)*int(max(0, end-s.next)/s.window))
	for ; s.next < end; s.next += s.window {
		if out, err = e.judgeWindow(ctx, s, s.judge, out); err != nil {
			return out, err
		}
	}
	if s.judgesOpen() {
		return e.judgeWindow(ctx, s, s.judgeOpen, out)
	}
	return out, nil
}

// judgeWindow judges the next window of every series.
func (e *Evaluator) judgeWindow(ctx context.Context, s *ruleState, judge judgeFunc, out []Reading) ([]Reading, error) {
	if err := e.refresh(ctx, s, s.next); err != nil {
		return out, err
	}
	for _, one := range s.series {
		out = judge(one, s.next, out)
	}
	return out, nil
}

// judgeFunc adds the reading of one window of a series, if there is one.
type judgeFunc func(one *series, start schemas.Millis, out []Reading) []Reading

// read fetches the windows that are to be judged, up to and with the first one that is not complete.
func (e *Evaluator) read(ctx context.Context, s *ruleState, end schemas.Millis) error {
	for _, one := range s.series {
		one.pending, one.taken = one.pending[:0], 0
	}
	err := e.history.Windows(ctx, &s.rule, []Stretch{{s.next, end + s.window}}, func(key Key, p Point) {
		one := s.find(key)
		if one == nil {
			one = s.add(Life{key, p.Start, p.Start}, e.zone(key))
		}
		one.pending = append(one.pending, p)
	})
	s.sort()
	return err
}

func (e *Evaluator) zone(key Key) *time.Location {
	if e.history.Zone != nil {
		if zone := e.history.Zone(key.Shop()); zone != nil {
			return zone
		}
	}
	return time.UTC
}
