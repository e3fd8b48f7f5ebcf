package incident

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"tidemark/alerts"
	"tidemark/schemas"
)

// Judge takes readings and returns the events that follow from them, which the book has taken already. The same readings
// again give no event, and each window says at most once that an incident opens, escalates, eases or resolves. Series
// without a reading stay as they are: lack of data resolves nothing.
func (b *Book) Judge(readings []alerts.Reading, now schemas.Millis) []Event {
	readings = slices.Clone(readings)
	slices.SortStableFunc(readings, func(x, y alerts.Reading) int { return cmp.Compare(x.Start, y.Start) })
	var out []Event
	for i := range readings {
		r := &readings[i]
		s := series{r.Rule, r.Key}
		sig := signal{series: s, tier: r.Tier, mark: strconv.FormatInt(int64(r.Start), 10), actor: Evaluator, figures: r}
		if rec := b.latest[s]; rec != nil && r.Start < rec.state.newest.Start {
			continue // older than what has been decided
		}
		if e, ok := b.decide(&sig, now); ok {
			b.add(e)
			out = append(out, e)
		}
		if rec := b.latest[s]; rec != nil && rec.state.active() {
			live := *r // alone: a pointer into readings would keep them all
			rec.live = &live
		}
	}
	return out
}

// signal says at which tier a series is.
type signal struct {
	series
	team    string // of a rule that the catalogue does not have
	tier    alerts.Tier
	mark    string // what it rests on: the same mark says the same thing once
	actor   string
	note    string
	figures *alerts.Reading
}

// decide is the whole state machine for figures. It answers false where nothing happens.
func (b *Book) decide(s *signal, now schemas.Millis) (Event, bool) {
	r := b.latest[s.series]
	kind, fresh := change(r, s.tier, now)
	if kind == "" {
		return Event{}, false
	}
	if fresh {
		id := incidentID(s.series, s.figures.Start)
		if r = b.records[id]; r == nil {
			r = &record{id: id}
		}
	}
	id := eventID(kind, s.mark)
	if r.has(id) {
		return Event{}, false
	}
	e := s.event()
	e.Incident, e.ID, e.At, e.Kind, e.Team = r.id, id, r.next(now), kind, b.team(s)
	return e, true
}

// change says what a tier means for the newest incident of its series, nil for none, and whether that opens a new one.
func change(r *record, tier alerts.Tier, now schemas.Millis) (k Kind, fresh bool) {
	switch {
	case r == nil:
		return when(tier > alerts.Green, Opened), true
	case r.state.active():
		switch was := r.state.tier; {
		case tier == was:
			return "", false
		case tier == alerts.Green:
			return Resolved, false
		case tier > was:
			return Escalated, false
		}
		return Eased, false
	case !r.state.green && tier <= r.state.left: // resolved by hand: silent until it has been back to normal, or is worse
		return when(tier == alerts.Green, Eased), false
	case r.state.name == StateResolved && now < r.state.resolved+schemas.Millis(Again.Milliseconds()):
		return when(tier > alerts.Green, Opened), false
	}
	return when(tier > alerts.Green, Opened), true
}

func when(is bool, k Kind) Kind {
	if is {
		return k
	}
	return ""
}

// event is the part of an event that the signal knows.
func (s *signal) event() Event {
	f := s.figures
	return Event{
		Rule: s.rule, Key: s.key, Tier: s.tier, Actor: s.actor, Note: s.note,
		Start: f.Start, Actual: finite(f.SpanActual), Expected: finite(f.SpanExpects), Samples: finite(f.Samples),
		Span: f.Span, Sigma: finite(f.Sigma), Basis: f.Basis, Open: f.Open,
	}
}

func (b *Book) team(s *signal) string {
	if r := b.rules[s.rule]; r != nil {
		return r.Team
	}
	return s.team
}

// finite stands in for figures that do not exist, as a ratio without samples: JSON knows no NaN.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}
