package incident

import (
	"strings"

	"tidemark/alerts"
	"tidemark/schemas"
)

// The states of an incident, as View.State writes them.
const (
	StateOpen         = "open"
	StateAcknowledged = "acknowledged"
	StateHandling     = "handling"
	StateResolved     = "resolved"
	StateReviewed     = "reviewed"
)

// Actors that are programs. No person may act under these names.
const (
	Evaluator = "evaluator" // tidemark's own
	Grafana   = "grafana"
	Manager   = "alertmanager"
)

func program(actor string) bool {
	switch strings.ToLower(strings.TrimSpace(actor)) {
	case Evaluator, Grafana, Manager:
		return true
	}
	return false
}

// state is what the events of an incident add up to. It is a value: folding a prefix of the events gives the state as it
// was then.
type state struct {
	name     string // one of the states; empty before the first Opened
	before   string // the name before the incident was resolved
	tier     alerts.Tier
	left     alerts.Tier // the tier before it was resolved
	worst    alerts.Tier
	opened   schemas.Millis // first time
	acked    schemas.Millis // first time
	ackedBy  string         // last one
	ackedAt  alerts.Tier    // tier that ackedBy has seen
	resolved schemas.Millis // 0 while active
	byHand   bool           // resolved by a person
	green    bool           // the figure has been back to normal since it was resolved
	verdict  Verdict
	newest   Event // the last one with figures
}

func (s *state) active() bool {
	return s.name == StateOpen || s.name == StateAcknowledged || s.name == StateHandling
}

// fold takes the next event in time.
func (s *state) fold(e *Event) {
	switch e.Kind {
	case Opened:
		s.open(e)
	case Escalated, Eased:
		s.move(e)
	case Acknowledged:
		s.acknowledge(e)
		if s.name == StateOpen {
			s.name = StateAcknowledged
		}
	case Handling:
		s.acknowledge(e)
		if s.active() {
			s.name = StateHandling
		}
	case Resolved:
		s.resolve(e)
	case Reviewed:
		s.name, s.verdict = StateReviewed, e.Verdict
	case Noted, Delivered: // say nothing about the figure
	}
}

// open starts the incident, or starts it again. Who had it when the figure recovered by itself has it still; an incident
// that a person called solved is everybody's again.
func (s *state) open(e *Event) {
	again := s.opened != 0
	if !again {
		s.opened = e.At
	}
	if again && !s.byHand && s.before != "" {
		s.name = s.before
	} else {
		s.name, s.ackedAt = StateOpen, alerts.Green
	}
	s.resolved, s.green, s.byHand = 0, false, false
	s.tier, s.worst, s.newest = e.Tier, max(s.worst, e.Tier), *e
}

// move changes the tier, or notes that the figure of an incident resolved by hand is back to normal.
func (s *state) move(e *Event) {
	s.newest = *e
	if !s.active() {
		s.green = s.green || e.Tier == alerts.Green
		return
	}
	s.tier, s.worst = e.Tier, max(s.worst, e.Tier)
}

func (s *state) acknowledge(e *Event) {
	if s.acked == 0 {
		s.acked = e.At
	}
	s.ackedBy, s.ackedAt = e.Actor, s.tier
}

func (s *state) resolve(e *Event) {
	if s.active() {
		s.before, s.left = s.name, s.tier
	}
	s.name, s.resolved, s.tier = StateResolved, e.At, alerts.Green
	s.byHand = !program(e.Actor)
	s.green = !s.byHand
	if !s.byHand {
		s.newest = *e
	}
}
