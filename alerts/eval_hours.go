package alerts

import (
	"cmp"
	"context"
	"slices"

	"tidemark/schemas"
)

// refresh sees to it that every series has the baseline of the hour that the window begins in. It reads once per hour
// and zone; zones that keep the same hours share the reading.
func (e *Evaluator) refresh(ctx context.Context, s *ruleState, start schemas.Millis) error {
	for zone, h := range s.zones {
		if start < h.begins || start >= h.begins+hour {
			*h = hourOf(start, zone)
		}
	}
	if in := s.lacking(start); len(in) > 0 {
		if err := e.readBaselines(ctx, s, in); err != nil {
			return err
		}
	}
	for _, one := range s.series {
		if at := s.zones[one.zone]; one.baseHour != at.begins {
			// No row in all these weeks, or too young: silence, as far as the series has existed.
			s.past.reset(at, one.first)
			s.settle(one, at)
		}
	}
	return nil
}

// lacking are the stretches to read for the series whose baseline is of another hour, each zone's once. A series that
// is too young for a baseline asks for none.
func (s *ruleState) lacking(start schemas.Millis) []Stretch {
	var asked map[*hourOfWeek]bool
	var out []Stretch
	for _, one := range s.series {
		at := s.zones[one.zone]
		if at == nil {
			h := hourOf(start, one.zone)
			at, s.zones[one.zone] = &h, &h
		}
		if one.baseHour == at.begins || one.first > at.past[leastWeeks-1]-hour || asked[at] {
			continue
		}
		if asked == nil {
			asked = map[*hourOfWeek]bool{}
		}
		asked[at] = true
		out = append(out, at.stretches()...)
	}
	return merge(out)
}

// readBaselines computes the baselines of the series that have rows in the stretches and need one.
func (e *Evaluator) readBaselines(ctx context.Context, s *ruleState, in []Stretch) error {
	var current *series
	done := func() {
		if current != nil {
			s.settle(current, s.zones[current.zone])
		}
	}
	err := e.history.Windows(ctx, &s.rule, in, func(key Key, p Point) {
		if current == nil || current.key != key {
			done()
			current = s.find(key)
			if current != nil && current.baseHour == s.zones[current.zone].begins {
				current = nil
			}
			if current != nil {
				s.past.reset(s.zones[current.zone], current.first)
			}
		}
		if current != nil {
			s.past.add(s.zones[current.zone], p)
		}
	})
	if err != nil {
		return err
	}
	done()
	return nil
}

// settle computes the baseline from the history that has been filled in.
func (s *ruleState) settle(one *series, at *hourOfWeek) {
	one.baseHour = at.begins
	if s.rule.Ratio() {
		one.base = s.past.ratio()
	} else {
		one.base = s.past.count()
	}
}

// merge orders stretches and joins those that touch.
func merge(in []Stretch) []Stretch {
	slices.SortFunc(in, func(a, b Stretch) int { return cmp.Compare(a.From, b.From) })
	out := in[:0]
	for _, next := range in {
		if n := len(out); n > 0 && next.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, next.To)
		} else {
			out = append(out, next)
		}
	}
	return out
}
