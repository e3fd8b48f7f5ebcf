package processors

import (
	"time"

	"tidemark/processors/window"
	"tidemark/schemas"
)

// Plain is what a definition counts, with the types of event and session hidden. It is slow and shares nothing with
// the engine's windows: it is there for code that checks the engine from outside.
type Plain struct {
	Horizon time.Duration
	Decode  func(value []byte) (any, error) // returns a new event, whose strings may point into value
	ID      func(event any) string
	At      func(event any) schemas.Millis
	// Sessions is nil for metrics of single events. All that follows takes an event there, and a session otherwise.
	Sessions *PlainSessions
	Where    func(v any) bool
	Dims     []func(v any) string
	Measures []PlainMeasure
}

// PlainMeasure is the part of a measure that is a function. Int serves money too, in micro-units.
type PlainMeasure struct {
	Where func(v any) bool
	Int   func(v any) int64
	ID    func(v any) string
}

// PlainSessions is the part of a definition of sessions that is functions.
type PlainSessions struct {
	Where   func(event any) bool
	Key     func(event any) string
	Join    func(event any) bool
	Of      func(event any, at schemas.Millis) any // the state that one event contributes
	Merge   func(into, next any)
	Session func(first, last int64, events int, state any) any // makes what the metric's functions take
}

// Plain returns the definition's functions without their types. It fails where the source has no decoder.
func (d *Definition) Plain() (Plain, error) { return d.plain() }

func plainOf[E, V any](src Source[E], m Metric[V]) (Plain, error) {
	decode, err := src.Decode()
	if err != nil {
		return Plain{}, err
	}
	p := Plain{
		Horizon: src.Horizon,
		Decode: func(b []byte) (any, error) {
			e := new(E)
			return e, decode(b, e)
		},
		ID:    func(e any) string { return src.scoped(e.(*E), src.ID(e.(*E))) },
		At:    func(e any) schemas.Millis { return src.At(e.(*E)) },
		Where: holds(m.Where),
	}
	for _, d := range m.By {
		p.Dims = append(p.Dims, func(v any) string { return d.Of(v.(*V)) })
	}
	for _, me := range m.Measures {
		p.Measures = append(p.Measures, plainMeasure(me))
	}
	return p, nil
}

func plainMeasure[V any](m Measure[V]) PlainMeasure {
	p := PlainMeasure{Where: holds(m.Where)}
	switch {
	case m.Int != nil:
		p.Int = func(v any) int64 { return m.Int(v.(*V)) }
	case m.Money != nil:
		p.Int = func(v any) int64 { return int64(m.Money(v.(*V))) }
	case m.ID != nil:
		p.ID = func(v any) string { return m.ID(v.(*V)) }
	}
	return p
}

func plainSessions[E, S any](src Source[E], s *Sessions[E, S]) *PlainSessions {
	join := func(any) bool { return false }
	if s.Join != nil {
		join = holds(s.Join)
	}
	return &PlainSessions{
		Where: holds(s.Where),
		Key:   func(e any) string { return src.scoped(e.(*E), s.Key(e.(*E))) },
		Join:  join,
		Of: func(e any, at schemas.Millis) any {
			state := s.Of(e.(*E), at)
			return &state
		},
		Merge: func(into, next any) { s.Merge(into.(*S), next.(*S)) },
		Session: func(first, last int64, events int, state any) any {
			return &window.Session[S]{First: first, Last: last, Events: events, State: *state.(*S)}
		},
	}
}

// holds hides the type of a condition; a nil one holds always.
func holds[V any](where func(*V) bool) func(any) bool {
	if where == nil {
		return func(any) bool { return true }
	}
	return func(v any) bool { return where(v.(*V)) }
}
