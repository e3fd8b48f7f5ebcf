package ingest

import (
	"errors"

	"tidemark/schemas"
)

// Kind classes a dead letter. It is the label of the counter and the first thing an operator filters by.
type Kind string

// The kinds of dead letters.
const (
	KindUnreadable   Kind = "unreadable"    // no event in the expected form
	KindMissingField Kind = "missing_field" // a required field is missing, empty or of another JSON type
	KindBadID        Kind = "bad_id"        // an id holds control characters or is too long
	KindBadTime      Kind = "bad_time"      // no time, or one that cannot be true
	KindBadAmount    Kind = "bad_amount"    // money or a quantity that is no amount, negative or out of range
	KindBadCurrency  Kind = "bad_currency"  // no ISO 4217 code
	KindBadText      Kind = "bad_text"      // text with half a surrogate pair
	KindUnknownType  Kind = "unknown_type"  // an event type that the family does not have
	KindTooLarge     Kind = "too_large"     // over the limit of its dialect, or too large for one Kafka record
	KindInvalid      Kind = "invalid"       // refused by the family's own check, or with another key than its batch's
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{KindUnreadable, KindMissingField, KindBadID, KindBadTime, KindBadAmount, KindBadCurrency, KindBadText, KindUnknownType, KindTooLarge, KindInvalid}
}

// fault says why one event is quarantined. The reason names fields and limits, never the sender's text.
type fault struct {
	kind   Kind
	reason string
}

// Error makes a fault an error.
func (f *fault) Error() string { return string(f.kind) + ": " + f.reason }

// asFault is the fault that a reader returned as its error, or that the event is not readable at all.
func asFault(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	return &fault{KindUnreadable, "event is not readable"}
}

// checkFault gives a family's own refusal its kind.
func checkFault(err error) *fault {
	var reason schemas.Reason
	if !errors.As(err, &reason) {
		return &fault{KindInvalid, "refused by the family's check"}
	}
	kind := KindInvalid
	switch reason {
	case schemas.NoEventID, schemas.NoPartitionKey, schemas.NoShop:
		kind = KindMissingField
	case schemas.LongEventID:
		kind = KindBadID
	case schemas.UnknownType:
		kind = KindUnknownType
	case schemas.NoOccurredAt:
		kind = KindBadTime
	case schemas.NoObject:
		kind = KindUnreadable
	case schemas.BadJSON: // the syntax was checked before; what is left is text that is no UTF-16
		kind = KindBadText
	}
	return &fault{kind, string(reason)}
}
