package proctest

import (
	"encoding/binary"
	"errors"
	"time"
	"unsafe"

	"tidemark/processors"
	"tidemark/schemas"
)

// Event is the event of the simulated topic.
type Event struct {
	ID, Visitor, Shop, Page string
	Kind                    byte // one of the kinds below
	At                      schemas.Millis
	Amount                  schemas.Money
	N                       int64
}

// Kinds of events.
const (
	View   = 'v'
	Click  = 'c'
	Server = 's' // sent by a server: joins sessions only
)

// Topic is the simulated topic, horizon its deduplication horizon.
const (
	Topic   = "tidemark.proctest"
	horizon = 30 * time.Second
)

var errNoEvent = errors.New("not an event")

// Encode writes an event as the value of a record.
func (e *Event) Encode() []byte {
	b := []byte{e.Kind}
	b = binary.AppendVarint(b, int64(e.At))
	b = binary.AppendVarint(b, int64(e.Amount))
	b = binary.AppendVarint(b, e.N)
	for _, s := range []string{e.ID, e.Visitor, e.Shop, e.Page} {
		b = append(append(b, byte(len(s))), s...)
	}
	return b
}

// Decode reads what Encode wrote. As with the real decoder, the strings point into b. A value that begins with '!'
// panics, like a decoder with a defect.
func (e *Event) Decode(b []byte) error {
	if len(b) > 0 && b[0] == '!' {
		panic("value begins with !")
	}
	if len(b) == 0 || b[0] != View && b[0] != Click && b[0] != Server {
		return errNoEvent
	}
	r := reader{rest: b[1:]}
	*e = Event{Kind: b[0], At: schemas.Millis(r.varint()), Amount: schemas.Money(r.varint()), N: r.varint()}
	e.ID, e.Visitor, e.Shop, e.Page = r.text(), r.text(), r.text(), r.text()
	if r.bad || len(r.rest) > 0 {
		return errNoEvent
	}
	return nil
}

type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.bad, n = true, 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) text() string {
	if len(r.rest) == 0 || len(r.rest) < 1+int(r.rest[0]) {
		r.bad = true
		return ""
	}
	b := r.rest[1 : 1+r.rest[0]]
	r.rest = r.rest[1+len(b):]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func source() processors.Source[Event] {
	return processors.Source[Event]{
		Family: "proctest", Topic: Topic, Horizon: horizon,
		Decode: func() (func([]byte, *Event) error, error) {
			return func(b []byte, e *Event) error { return e.Decode(b) }, nil
		},
		ID: func(e *Event) string { return e.ID },
		At: func(e *Event) schemas.Millis { return e.At },
		Common: []processors.Dim[Event]{
			{Name: "shop", Of: func(e *Event) string { return e.Shop }},
			{Name: "market", Of: func(e *Event) string { return "m-" + e.Shop }},
		},
	}
}
