package processors

import (
	"time"

	"tidemark/processors/window"
	"tidemark/processors/wire"
	"tidemark/schemas"
)

// Sessions defines sessions over events of type E; S is what is kept of them. Metrics on the sessions are tumbling
// windows over their close time: last event + gap - 1 ms.
type Sessions[E, S any] struct {
	Name string
	Spec window.SessionSpec
	// Lateness is how long an event may come after the highest event time seen.
	Lateness time.Duration
	Where    func(*E) bool   // nil takes all
	Key      func(*E) string // events without a key belong to no session
	// Join says of an event that it joins an open session but never opens or extends one; nil says it of none.
	Join func(*E) bool
	// Of is the contribution of one event that happened at the given event time. It must not keep memory of the event.
	Of func(e *E, at schemas.Millis) S
	// Merge adds the contribution of the next event, in (time, offset) order.
	Merge func(into, next *S)
	// Append writes a session's or an event's state for a snapshot, and Read takes back what it wrote. Where one is nil the
	// metrics of the sessions' group and topic have no snapshots, and every change of owner replays the log. A change of
	// what they write needs another Revision.
	Append func(dst []byte, s *S) []byte
	Read   func(r *wire.Reader) S
	// Revision is raised by hand when a function changes its meaning: the change then starts at clean windows.
	Revision int
	// Shop and Market are dimensions of every metric on the sessions; nil where the sessions have none.
	Shop, Market func(*S) string
}

func (s *Sessions[E, S]) spec() *SessionsSpec {
	return &SessionsSpec{Name: s.Name, SessionSpec: s.Spec, Lateness: s.Lateness, Revision: s.Revision}
}

func (s *Sessions[E, S]) common() []Dim[window.Session[S]] {
	if s.Shop == nil {
		return nil
	}
	return []Dim[window.Session[S]]{
		{Name: "shop", Of: func(v *window.Session[S]) string { return s.Shop(&v.State) }},
		{Name: "market", Of: func(v *window.Session[S]) string { return s.Market(&v.State) }},
	}
}
