package incident

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tidemark/alerts"
	"tidemark/schemas"
)

// Why an action was not done. An error of Do wraps one of them.
var (
	ErrUnknown = errors.New("no such incident")      // the id is wrong, or the incident is older than the book
	ErrInvalid = errors.New("the action is invalid") // actor, note or verdict is missing or unusable
	ErrState   = errors.New("not in this state")     // the incident is in a state that does not allow it
)

// Limits of what people write, in bytes.
const (
	maxActor = 100
	maxNote  = 2000
)

// Do takes what a person does: Acknowledged, Handling, Noted, Resolved or Reviewed. It returns the events that follow,
// which the book has taken already. What is allowed:
//
//	acknowledge  an open incident, or one that has risen above the tier that was acknowledged
//	handling     any active incident; one that is open is acknowledged with it; somebody else may take it over
//	resolve      any active incident; its series stays silent until the figure has been back to normal, or rises to a
//	             higher tier than it had
//	review       an incident that is over, with a verdict; again to correct it
//	note         always
func (b *Book) Do(id string, k Kind, a Action, now schemas.Millis) ([]Event, error) {
	r := b.records[id]
	if r == nil || r.state.opened == 0 {
		return nil, fmt.Errorf("%w: %q", ErrUnknown, id)
	}
	a.Actor, a.Note = strings.TrimSpace(a.Actor), strings.TrimSpace(a.Note)
	if err := a.check(k); err != nil {
		return nil, err
	}
	if err := r.state.allows(k, &a); err != nil {
		return nil, err
	}
	kinds := []Kind{k}
	if k == Handling && r.state.name == StateOpen {
		kinds = []Kind{Acknowledged, Handling}
	}
	var out []Event
	for _, k := range kinds {
		e := r.action(k, &a, now)
		b.add(e)
		out = append(out, e)
	}
	return out, nil
}

// check refuses an action that no state would allow.
func (a *Action) check(k Kind) error {
	switch {
	case a.Actor == "":
		return fmt.Errorf("%w: actor is missing: say who you are", ErrInvalid)
	case program(a.Actor):
		return fmt.Errorf("%w: actor %q is a program's name", ErrInvalid, a.Actor)
	case !printable(a.Actor) || len(a.Actor) > maxActor:
		return fmt.Errorf("%w: actor must be printable text of at most %d bytes", ErrInvalid, maxActor)
	case !utf8.ValidString(a.Note) || len(a.Note) > maxNote:
		return fmt.Errorf("%w: note must be text of at most %d bytes", ErrInvalid, maxNote)
	case k == Noted && a.Note == "":
		return fmt.Errorf("%w: note is missing", ErrInvalid)
	case k == Reviewed && !slices.Contains([]Verdict{Real, FalseAlarm, Expected}, a.Verdict):
		return fmt.Errorf("%w: verdict must be %s, %s or %s", ErrInvalid, Real, FalseAlarm, Expected)
	}
	return nil
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool { return !strconv.IsPrint(c) })
}

// allows says why the state does not allow an action.
func (s *state) allows(k Kind, a *Action) error {
	switch k {
	case Noted:
		return nil
	case Reviewed:
		if s.active() {
			return fmt.Errorf("%w: it is still %s: resolve it before the review", ErrState, s.name)
		}
		return nil
	case Acknowledged, Handling, Resolved:
	default:
		return fmt.Errorf("%w: nobody can do %q", ErrInvalid, k)
	}
	switch {
	case !s.active():
		return fmt.Errorf("%w: it is %s", ErrState, s.name)
	case k == Acknowledged && s.name != StateOpen && s.tier <= s.ackedAt:
		return fmt.Errorf("%w: %s has acknowledged it", ErrState, s.ackedBy)
	case k == Handling && s.name == StateHandling && s.ackedBy == a.Actor && s.tier <= s.ackedAt:
		return fmt.Errorf("%w: %s is handling it", ErrState, s.ackedBy)
	}
	return nil
}

// action is the event of what somebody does now. The figures are those that the person had before them.
func (r *record) action(k Kind, a *Action, now schemas.Millis) Event {
	at := r.next(now)
	e := r.figures()
	e.Incident, e.ID, e.At, e.Kind = r.id, eventID(k, strconv.FormatInt(int64(at), 10)), at, k
	e.Tier, e.Actor, e.Note, e.Verdict = r.state.tier, a.Actor, a.Note, ""
	switch k {
	case Resolved:
		e.Tier = alerts.Green
	case Reviewed:
		e.Verdict = a.Verdict
	case Acknowledged, Handling, Noted:
	}
	return e
}

// figures is an event with the newest figures of the incident.
func (r *record) figures() Event {
	if r.live == nil || !r.state.active() {
		return r.state.newest
	}
	s := signal{series: r.of(), figures: r.live}
	e := s.event()
	e.Team = r.state.newest.Team
	return e
}
