package schemas

// Reason says in a few fixed words why an event is refused. There are few of them, so that a Reason may be a label of a
// metric; none holds a value of the event.
type Reason string

// Error returns the reason.
func (r Reason) Error() string { return string(r) }

// Why a record cannot be decoded.
const (
	NoObject Reason = "no JSON object"
	BadJSON  Reason = "bad JSON" // syntax, UTF-8, a name given twice, more than one value
	BadValue Reason = "value of a wrong type"
	TooDeep  Reason = "nested deeper than 32"
)

// Why a decoded event does not pass Check.
const (
	NoEventID      Reason = "no event_id"
	LongEventID    Reason = "event_id above 200 bytes"
	UnknownType    Reason = "unknown type"
	NoOccurredAt   Reason = "no occurred_at"
	NoShop         Reason = "no shop"
	NoPartitionKey Reason = "no partition key" // the field by which the family's records are keyed
)
