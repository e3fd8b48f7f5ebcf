package incident

import (
	"slices"
	"strings"
	"time"

	"tidemark/alerts"
	"tidemark/schemas"
)

// Views lists incidents without their events, newest first: all, or the active ones; at most limit, 0 for no limit.
func (b *Book) Views(activeOnly bool, limit int) []View {
	out := []View{} // never null in JSON
	for _, r := range b.sorted() {
		if limit > 0 && len(out) == limit {
			break
		}
		if !activeOnly || r.state.active() {
			out = append(out, b.view(r, &r.state, r.figures()))
		}
	}
	return out
}

// View is one incident with its events, or false.
func (b *Book) View(id string) (View, bool) {
	r := b.records[id]
	if r == nil || r.state.opened == 0 {
		return View{}, false
	}
	v := b.view(r, &r.state, r.figures())
	v.Events = slices.Clone(r.events)
	return v, true
}

// ResolvedSince lists the incidents that were resolved at or after the instant and are not active, newest first.
func (b *Book) ResolvedSince(since schemas.Millis) []View {
	var out []View
	for _, r := range b.sorted() {
		if !r.state.active() && r.state.resolved >= since {
			out = append(out, b.view(r, &r.state, r.figures()))
		}
	}
	return out
}

// Quiet says whether somebody has taken the incident at the tier at which it is: it need not be repeated to anybody.
func (v *View) Quiet() bool {
	taken := v.State == StateAcknowledged || v.State == StateHandling
	return taken && (v.AcknowledgedTier == v.Tier || v.AcknowledgedTier == alerts.Orange.String())
}

// Judged says whether the view has figures. They are missing where another program raised the incident and the evaluator
// has not judged the series yet, or does not know it.
func (v *View) Judged() bool { return v.Basis != "" }

// view shows the incident in a state, with figures.
func (b *Book) view(r *record, s *state, f Event) View {
	v := View{
		ID: r.id, Rule: f.Rule, Series: string(f.Key), Shop: f.Key.Shop(), Team: s.newest.Team,
		Title: map[string]string{"en": f.Rule, "zh": f.Rule}, // of a rule that the catalogue does not have
		State: s.name, Tier: s.tier.String(), WorstTier: s.worst.String(), OpenedAt: s.opened.Time(),
		AcknowledgedAt: instant(s.acked), AcknowledgedBy: s.ackedBy, ResolvedAt: instant(s.resolved), Verdict: s.verdict,
		Actual: f.Actual, Expected: f.Expected, Samples: f.Samples, Sigma: f.Sigma, Basis: string(f.Basis), Provisional: f.Open,
	}
	if s.ackedAt > alerts.Green {
		v.AcknowledgedTier = s.ackedAt.String()
	}
	if rule := b.rules[f.Rule]; rule != nil {
		v.describe(rule, f.Span)
	}
	if b.conf.Runbook != nil {
		v.Runbook = b.conf.Runbook(f.Rule)
	}
	return v
}

// describe adds what the catalogue says of the rule.
func (v *View) describe(r *alerts.Rule, span int) {
	v.Title = map[string]string{"en": r.Title.EN, "zh": r.Title.ZH}
	v.Owner, v.Board, v.Panel = r.Owner, r.Board, r.Panel
	v.Window = short(time.Duration(max(span, 1)) * r.Window)
	if r.Ratio() {
		v.Unit = "ratio"
	}
}

func instant(m schemas.Millis) *time.Time {
	if m == 0 {
		return nil
	}
	t := m.Time()
	return &t
}

// short writes 5m0s as 5m and 1h0m0s as 1h.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
