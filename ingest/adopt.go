package ingest

import (
	"fmt"
	"time"

	"tidemark/schemas"
)

// Adopted is what Adopt learnt of an event.
type Adopted struct {
	Key    string // of the record, as the collector keys the family
	Masked int    // personal values that were hashed or masked
}

// Adopt checks and cleans an event that comes from a file instead of a request, by the rules of the native dialect for a
// secret key, and sets shop, market and, for orders, whether the source counts. e points to the event type of a family.
// A refusal names fields and limits, never a value. now is the time of arrival, which is also received_at.
func Adopt(shop *schemas.Shop, now time.Time, e any) (Adopted, error) {
	in := intake{sender: sender{shop: shop, secret: true}, received: schemas.MillisOf(now), imported: true}
	key, err := in.adopt(e)
	return Adopted{Key: key, Masked: in.counts.masked}, err
}

func (in *intake) adopt(e any) (string, error) {
	switch e := e.(type) {
	case *schemas.Click:
		return adopt(in, e, finishClick)
	case *schemas.Order:
		return adopt(in, e, finishOrder)
	case *schemas.Parcel:
		return adopt(in, e, finishParcel)
	case *schemas.Spend:
		return adopt(in, e, finishSpend)
	case *schemas.Stock:
		return adopt(in, e, finishStock)
	case *schemas.Ticket:
		return adopt(in, e, finishTicket)
	}
	return "", fmt.Errorf("ingest: %T is no event of a family", e)
}

func adopt[E any, P familyEvent[E]](in *intake, e P, finish func(*intake, P) (string, *fault)) (string, error) {
	if err := in.nativeEnvelope(e.Env()); err != nil {
		return "", err
	}
	key, f := finish(in, e)
	if f != nil {
		return "", f
	}
	if err := e.Check(); err != nil {
		return "", checkFault(err)
	}
	return key, nil
}

// PersonID is what stands for a person of a shop whose id must not be kept: the same as for an e-mail address or phone
// number that Adopt finds at that time. It is false where shops.yaml has no identity_keys.
func PersonID(shop *schemas.Shop, now time.Time, id string) (string, bool) {
	normal, direct := directIdentifier(id)
	if !direct {
		normal = id
	}
	return shop.Pseudonym(schemas.MillisOf(now), normal)
}

// identityTime says whose day chooses the key: the event's, but the import's for imported events, so that one person has
// one pseudonym through all of a shop's history.
func (in *intake) identityTime(e *schemas.Envelope) schemas.Millis {
	if in.imported {
		return in.received
	}
	return e.OccurredAt
}
