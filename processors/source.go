package processors

import (
	"math/bits"
	"time"

	"github.com/cespare/xxhash/v2"

	"tidemark/schemas"
)

// Source says how the records of one topic become events of type E.
type Source[E any] struct {
	Family  string
	Topic   string
	Horizon time.Duration // how long event ids are remembered for deduplication
	Decode  func() (func(value []byte, e *E) error, error)
	ID      func(*E) string
	// Scope says within what ids and session keys are unique: the shop. Nil where they are unique as they are.
	Scope  func(*E) string
	At     func(*E) schemas.Millis
	Common []Dim[E] // dimensions of every metric on the source
}

// hash is the identity of an id or key of the event: 64 bits that are the same in every process.
func (s *Source[E]) hash(e *E, id string) uint64 {
	h := xxhash.Sum64String(id)
	if s.Scope == nil {
		return h
	}
	return h ^ bits.RotateLeft64(xxhash.Sum64String(s.Scope(e)), 32)
}

// scoped is the same identity as text.
func (s *Source[E]) scoped(e *E, id string) string {
	if s.Scope == nil || id == "" {
		return id
	}
	return s.Scope(e) + "\x00" + id
}

// event is what an event of a family offers.
type event[E any] interface {
	*E
	Env() *schemas.Envelope
	Check() error
}

// Horizons for deduplication: the span of append time in which a copy of an event is recognised.
const (
	ClickstreamHorizon = 10 * time.Minute
	OtherHorizon       = 24 * time.Hour
)

// Horizon is the deduplication horizon of a family.
func Horizon(family string) time.Duration {
	if family == schemas.Clickstream.Name {
		return ClickstreamHorizon
	}
	return OtherHorizon
}

func familySource[E any, P event[E]](f schemas.Family[E]) Source[E] {
	return Source[E]{
		Family:  f.Name,
		Topic:   f.Topic(),
		Horizon: Horizon(f.Name),
		Decode: func() (func([]byte, *E) error, error) {
			d, err := schemas.NewDecoder[E]()
			if err != nil {
				return nil, err
			}
			return func(b []byte, e *E) error {
				if err := d.Decode(b, e); err != nil {
					return err
				}
				return P(e).Check()
			}, nil
		},
		ID:    func(e *E) string { return P(e).Env().EventID },
		Scope: func(e *E) string { return P(e).Env().Shop },
		At:    func(e *E) schemas.Millis { return P(e).Env().OccurredAt },
		Common: []Dim[E]{
			{Name: "shop", Of: func(e *E) string { return P(e).Env().Shop }},
			{Name: "market", Of: func(e *E) string { return P(e).Env().Market }},
		},
	}
}
