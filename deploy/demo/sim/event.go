package sim

import (
	"fmt"
	"time"

	"tidemark/deploy/demo/truth"
)

// props is a JSON object.
type props map[string]any

// way is how an event reaches the collector.
type way uint8

const (
	browser way = iota + 1 // Segment batch, public key
	server                 // Segment batch, secret key
	native                 // NDJSON batch, secret key
)

// event is one planned event of a visit.
type event struct {
	id        string
	after     time.Duration // when it happens, since the visit began
	delay     time.Duration // from then to its delivery
	copyAfter time.Duration // from its delivery to that of a copy; 0 for none
	way       way
	body      props // without the time, which is known when it happens
	adds      []truth.Add
	payment   payment // on which it depends
}

// onlyIf makes the event depend on a payment.
func (e *event) onlyIf(o outcome, after time.Duration) { e.payment = payment{o, after} }

// timed completes the body with the event's time.
func (e *event) timed(at time.Time) props {
	stamp := at.UTC().Format("2006-01-02T15:04:05.000Z")
	if e.way == native {
		e.body["occurred_at"] = stamp
	} else {
		e.body["timestamp"] = stamp
	}
	return e.body
}

// amount is money as JSON number, exact to the cent.
type amount int64

// MarshalJSON writes the amount in units with two decimals.
func (a amount) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%d.%02d", a/100, a%100), nil
}

// text is the amount as tidemark's own dialect takes it.
func (a amount) text() string { return fmt.Sprintf("%d.%02d", a/100, a%100) }

// micros converts to the unit of the truth.
func (a amount) micros() int64 { return int64(a) * 10_000 }
