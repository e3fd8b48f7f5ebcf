package ingest

import (
	"errors"
	"net/http"
	"path"
	"reflect"
	"strings"

	"tidemark/schemas"
)

// nativeFamily reads the events of one family in its own wire format.
type nativeFamily struct {
	name   string
	public bool // whether a public key may write it
	event  func(in *intake, rd *reader, text []byte) (fresh bool, err error)
}

func (f *nativeFamily) origin() Origin {
	return Origin{Route: f.name, named: f.name == schemas.Clickstream.Name}
}

// familyEvent is what the six event types have in common.
type familyEvent[E any] interface {
	*E
	Env() *schemas.Envelope
	Check() error
}

// codecs are the encoders of the families that Segment's calls and webhooks become.
type codecs struct {
	click  *schemas.Encoder[schemas.Click]
	order  *schemas.Encoder[schemas.Order]
	parcel *schemas.Encoder[schemas.Parcel]
}

func newCodecs() (c codecs, err error) {
	var clickErr, orderErr, parcelErr error
	c.click, clickErr = schemas.NewEncoder[schemas.Click]()
	c.order, orderErr = schemas.NewEncoder[schemas.Order]()
	c.parcel, parcelErr = schemas.NewEncoder[schemas.Parcel]()
	return c, errors.Join(clickErr, orderErr, parcelErr)
}

// nativeFamilies lists the families by name.
func nativeFamilies() (map[string]nativeFamily, error) {
	out := map[string]nativeFamily{}
	err := errors.Join(
		addFamily(out, schemas.Clickstream, nativeEvent, finishClick),
		addFamily(out, schemas.Orders, MaxRecord, finishOrder),
		addFamily(out, schemas.Logistics, nativeEvent, finishParcel),
		addFamily(out, schemas.Marketing, nativeEvent, finishSpend),
		addFamily(out, schemas.Inventory, nativeEvent, finishStock),
		addFamily(out, schemas.Service, nativeEvent, finishTicket),
	)
	return out, err
}

// addFamily adds a family. finish checks and cleans what only that family has, and returns the record's key.
func addFamily[E any, P familyEvent[E]](out map[string]nativeFamily, f schemas.Family[E], limit int, finish func(*intake, P) (string, *fault)) error {
	dec, decErr := schemas.NewDecoder[E]()
	enc, encErr := schemas.NewEncoder[E]()
	known := members{top: memberNames(reflect.TypeFor[E]()), item: memberNames(reflect.TypeFor[schemas.Item]())}
	topic := f.Topic()
	out[f.Name] = nativeFamily{name: f.Name, public: f.Name == schemas.Clickstream.Name, event: func(in *intake, rd *reader, text []byte) (bool, error) {
		if len(text) > limit {
			return false, &fault{KindTooLarge, "event over the limit"}
		}
		if f := known.check(rd, text); f != nil {
			return false, f
		}
		var e E
		if err := dec.Decode(text, &e); err != nil {
			return false, decodeFault(err)
		}
		if err := in.nativeEnvelope(P(&e).Env()); err != nil {
			return false, err
		}
		key, fault := finish(in, &e)
		if fault == nil {
			if err := P(&e).Check(); err != nil {
				fault = checkFault(err)
			}
		}
		if fault != nil {
			return false, fault
		}
		in.scratch = enc.Append(in.scratch[:0], &e)
		if len(in.scratch) > MaxRecord {
			return false, tooLarge
		}
		fresh := in.add(topic, key, P(&e).Env().EventID, in.scratch)
		if o, ok := any(&e).(*schemas.Order); ok && fresh {
			in.noteOrder(o)
		}
		return fresh, nil
	}}
	return errors.Join(decErr, encErr)
}

var tooLarge = &fault{KindTooLarge, "event too large for one record"}

// decodeFault gives a decoder's refusal its kind, by the field that could not take its value.
func decodeFault(err error) *fault {
	var de *schemas.DecodeError
	if !errors.As(err, &de) || de.Reason != schemas.BadValue {
		return checkFault(err)
	}
	field := path.Base(de.Field)
	kind := KindInvalid
	switch {
	case strings.HasSuffix(field, "_at"):
		kind = KindBadTime
	case strings.HasSuffix(field, "_id"):
		kind = KindBadID
	default:
		switch field {
		case "price", "quantity", "total", "subtotal", "revenue", "shipping", "tax", "discount", "refund", "value", "cost", "amount",
			"unit_cost", "units", "results", "attributed", "reporting_total", "reporting_refund", "reporting_amount", "weight_g", "impressions",
			"clicks", "conversions", "issued", "on_hand", "in_transit", "reserved", "safety", "lead_days", "ordered", "received", "rejected", "score":
			kind = KindBadAmount
		}
	}
	return &fault{kind, "value of a wrong type or out of range in " + field}
}

// nativeEnvelope sets what is the collector's to say, and checks shop, id and time. A shop other than the key's refuses
// the whole request.
func (in *intake) nativeEnvelope(e *schemas.Envelope) error {
	if e.Shop != "" && e.Shop != in.sender.shop.ID {
		return refuse(http.StatusForbidden, "other_shop")
	}
	e.Shop, e.Market, e.ReceivedAt = in.sender.shop.ID, in.sender.shop.Market, in.received
	if e.Source = cleanText(e.Source, maxName); e.Source == "" || !in.sender.secret {
		e.Source = in.dialect
	}
	if e.EventID == "" && in.letter != "" { // the letter has the identity that the event lacks
		e.EventID = in.freshID()
	}
	var f *fault
	if e.EventID, f = cleanID("event_id", e.EventID); f != nil {
		return f
	}
	if e.OccurredAt <= 0 {
		return &fault{KindBadTime, "no occurred_at"}
	}
	if !plausible(e.SentAt) {
		e.SentAt = 0
	}
	if !plausible(e.OriginalAt) {
		e.OriginalAt = 0
	}
	if at, corrected := occurredAt(in.received, e.SentAt, e.OccurredAt); corrected {
		if e.OriginalAt == 0 {
			e.OriginalAt = e.OccurredAt
		}
		e.OccurredAt = at
		in.counts.skewed++
	}
	if f := checkTime(in.received, e.OccurredAt); f != nil {
		return f
	}
	return nil
}
