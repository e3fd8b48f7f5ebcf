package processors

import (
	"time"

	"tidemark/schemas"
)

// Source says how the records of one topic become events of type E.
type Source[E any] struct {
	Family  string
	Topic   string
	Horizon time.Duration // how long event ids are remembered for deduplication
	Decode  func() (func(value []byte, e *E) error, error)
	ID      func(*E) string
	At      func(*E) schemas.Millis
	Common  []Dim[E] // dimensions of every metric on the source
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
		ID: func(e *E) string { return P(e).Env().EventID },
		At: func(e *E) schemas.Millis { return P(e).Env().OccurredAt },
		Common: []Dim[E]{
			{Name: "shop", Of: func(e *E) string { return P(e).Env().Shop }},
			{Name: "market", Of: func(e *E) string { return P(e).Env().Market }},
		},
	}
}
