package incident

import (
	"maps"
	"slices"

	"tidemark/alerts"
)

// Reports says how each rule has done over the incidents in the book: the rules of the catalogue in its order, then
// others by name.
func (b *Book) Reports() []Report {
	byRule := map[string]*tally{}
	for _, r := range b.records {
		if r.state.opened == 0 {
			continue
		}
		name := r.of().rule
		if byRule[name] == nil {
			byRule[name] = &tally{}
		}
		byRule[name].count(&r.state)
	}
	out := []Report{}
	for i := range b.conf.Rules {
		r := &b.conf.Rules[i]
		t := byRule[r.Name]
		if t == nil {
			t = &tally{}
		}
		delete(byRule, r.Name)
		out = append(out, t.report(r.Name, map[string]string{"en": r.Title.EN, "zh": r.Title.ZH}))
	}
	for _, name := range slices.Sorted(maps.Keys(byRule)) {
		out = append(out, byRule[name].report(name, map[string]string{"en": name, "zh": name}))
	}
	return out
}

// tally adds up the incidents of one rule.
type tally struct {
	Report
	acked, millis int64 // incidents acknowledged, and the time until they were
}

func (t *tally) count(s *state) {
	t.Incidents++
	if s.worst == alerts.Orange {
		t.Orange++
	}
	if s.acked != 0 {
		t.acked++
		t.millis += int64(s.acked - s.opened)
	}
	if s.name != StateReviewed {
		return
	}
	t.Reviewed++
	switch s.verdict {
	case Real:
		t.Real++
	case FalseAlarm:
		t.FalseAlarms++
	case Expected:
		t.Expected++
	}
}

func (t *tally) report(rule string, title map[string]string) Report {
	r := t.Report
	r.Rule, r.Title = rule, title
	if t.acked > 0 {
		mean := float64(t.millis) / float64(t.acked) / 1000
		r.MeanSecondsToAcknowledge = &mean
	}
	if judged := r.Real + r.FalseAlarms; judged > 0 {
		p := float64(r.Real) / float64(judged)
		r.Precision = &p
	}
	return r
}
