package alerts

import (
	"context"
	"slices"

	"tidemark/schemas"
)

// lookBack is how many stored readings of a series are looked at, and how many windows before them are read: its level,
// and what the usual spans reach back to.
const lookBack = levelWindows + 15

// remembered is for how long a series is kept after its last window with events. It is a week more than baselines need:
// a small shop's first row may come late in it.
const remembered = 7 * 24 * (baselineWeeks + 1) * hour

// load rebuilds the state of a rule as it was when the window before the next one had been judged.
func (e *Evaluator) load(ctx context.Context, s *ruleState, end schemas.Millis) error {
	*s = *newRuleState(s.rule)
	lives, err := e.history.Series(ctx, &s.rule, Stretch{end - remembered, end})
	if err != nil {
		return err
	}
	for _, life := range lives {
		s.add(life, e.zone(life.Key))
	}
	s.sort()
	judged, err := e.loadTiers(ctx, s, end)
	if err != nil {
		return err
	}
	s.next = end - catchUp*s.window
	for _, j := range judged {
		s.next = max(s.next, j.newest+s.window)
	}
	s.next = min(s.next, end)
	if err := e.loadWindows(ctx, s, judged); err != nil {
		return err
	}
	s.loaded = true
	return nil
}

// judgedWindows is what is stored of one series: its newest readings.
type judgedWindows struct {
	oldest, newest schemas.Millis
	readings       int
}

// has says whether a window may have been judged. One before all readings was not, if these are all that there are: a
// young series is not judged at first.
func (j *judgedWindows) has(start schemas.Millis) bool {
	return j != nil && start <= j.newest && (start >= j.oldest || j.readings == lookBack)
}

// loadTiers sets the tier of every series that has been judged within a day, and says which windows those were.
func (e *Evaluator) loadTiers(ctx context.Context, s *ruleState, end schemas.Millis) (map[Key]*judgedWindows, error) {
	judged := map[Key]*judgedWindows{}
	err := e.history.Readings(ctx, &s.rule, Newest{Since: end - levelAge, PerSeries: lookBack}, func(r Reading) {
		one := s.find(r.Key)
		if one == nil || r.Start >= end {
			return
		}
		j := judged[r.Key]
		if j == nil {
			j = &judgedWindows{oldest: r.Start}
			judged[r.Key] = j
		}
		j.newest, j.readings, one.tier = r.Start, j.readings+1, r.Tier
	})
	return judged, err
}

// loadWindows fills the windows before the next one: all into the spans, and those that were judged green, or never,
// into the level.
func (e *Evaluator) loadWindows(ctx context.Context, s *ruleState, judged map[Key]*judgedWindows) error {
	from := s.next
	for _, j := range judged {
		from = min(from, j.oldest)
	}
	green := map[Key][]schemas.Millis{}
	err := e.history.Readings(ctx, &s.rule, Newest{Since: s.next - levelAge, PerSeries: levelWindows, Green: true}, func(r Reading) {
		green[r.Key] = append(green[r.Key], r.Start)
		from = min(from, r.Start)
	})
	if err != nil {
		return err
	}
	reach := schemas.Millis(max(lookBack, slices.Max(s.rule.Spans)))
	from = max(from-reach*s.window, s.next-levelAge)
	err = e.history.Windows(ctx, &s.rule, []Stretch{{from, s.next}}, func(key Key, p Point) {
		if one := s.find(key); one != nil {
			one.pending = append(one.pending, p)
		}
	})
	if err != nil {
		return err
	}
	for _, one := range s.series {
		for start := max(from, one.first); start < s.next; start += s.window {
			p := one.take(start)
			if p.Open {
				continue
			}
			one.windows.push(p)
			if _, ok := slices.BinarySearch(green[one.key], start); ok || !judged[one.key].has(start) {
				one.level.push(p)
			}
		}
	}
	return nil
}
