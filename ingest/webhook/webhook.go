// Package webhook reads what shop systems, parcel trackers and payment providers post: it checks signatures and maps
// bodies to events. It has no I/O and no clock; the collector calls it and does the rest.
//
//	raw body, headers -> Signed (any of the shop's secrets) -> Read -> Delivery{orders, parcels, clicks, faults}
//
// One provider is one file. Each says where its facts come from; what was found in documentation only, and not seen from
// the provider itself, is marked so. Statuses stand in tables (Status), from which docs/webhook-statuses.md is generated.
//
// Rules for all of them:
//
//   - Event ids follow from the shop and from what the provider names (order, refund, parcel, scan), so that a delivery
//     that is repeated, or comes out of order, gives the same events again.
//   - A status that no table lists becomes schemas.ParcelUnknown, or order_updated, with the provider's own word kept,
//     and is counted: never a guess.
//   - Names, addresses, phone numbers, e-mail and IP addresses are not read; the one exception is the e-mail address of a
//     buyer without an id, which the collector hashes. A region is a country's or province's code.
//   - Faults name fields, never values.
package webhook

import (
	"net/http"

	"tidemark/schemas"
)

// Request is one delivery.
type Request struct {
	Header   http.Header
	Body     []byte         // as received; signatures are over these bytes
	Shop     string         // id of the shop whose address was used
	Received schemas.Millis // when it came
}

// Provider is one system that posts webhooks. The functions are pure.
type Provider struct {
	Name   string   // in the address, in shops.yaml, and as the source of the events
	Media  []string // content types of its deliveries
	Limit  int64    // longest body taken, in bytes
	Answer any      // what its deliveries are answered with, apart from 200

	// scheme is how it signs.
	scheme scheme
	// Domain is the sender's own name for its shop as the header says it, as in shops.yaml; nil where there is none.
	Domain func(http.Header) string
	// Ping says whether the request is the provider's test of the address, which is not signed; nil where there is none.
	Ping func(*Request) bool
	// read maps a delivery; what comes beside a fault does not count.
	read func(*Request) (Delivery, *Fault)
	// letter is what a dead letter keeps of a body that is not readable as it is; nil where the body is JSON.
	letter func(*Request) []byte
	// Statuses lists the provider's own words for the states of parcels; nil where it tracks none.
	Statuses []Status
}

// Delivery is what one webhook says. It may say nothing that we keep.
type Delivery struct {
	Orders  []*schemas.Order
	Parcels []*schemas.Parcel
	Clicks  []*schemas.Click
	Faults  []*Fault // parts that cannot be used, while the others can
	Unknown int      // statuses that no table lists
	Test    bool     // sent to try something out: orders are stored, never counted
}

// Read maps a delivery whose signature is right. A fault means that nothing in it can be used.
func (p *Provider) Read(r *Request) (Delivery, *Fault) {
	d, f := p.read(r)
	if f != nil {
		return Delivery{}, f
	}
	return d, nil
}

// Readable is the part of a delivery that a dead letter keeps, in a form in which personal data can be found and masked.
func (p *Provider) Readable(r *Request) []byte {
	if p.letter == nil {
		return r.Body
	}
	return p.letter(r)
}

// Kind classes a fault, by the collector's kinds of dead letters.
type Kind string

// The kinds of faults.
const (
	Unreadable   Kind = "unreadable"
	MissingField Kind = "missing_field"
	BadTime      Kind = "bad_time"
	BadAmount    Kind = "bad_amount"
	UnknownTopic Kind = "unknown_type"
)

// Fault says why a webhook or a part of it cannot be used. Its reason holds no value of the body.
type Fault struct {
	Kind   Kind
	Reason string
}

// Error makes a fault an error.
func (f *Fault) Error() string { return string(f.Kind) + ": " + f.Reason }

// Limits of bodies. No provider documents one; orders with hundreds of lines are the longest.
const (
	orderBody = 4 << 20
	smallBody = 1 << 20
)

// Success is the plain answer, for providers that look at the status only.
type Success struct {
	Success bool `json:"success"`
}

// jsonMedia are the content types of JSON.
func jsonMedia() []string { return []string{"application/json"} }

// Providers lists all providers.
func Providers() []Provider {
	return []Provider{shopify(), woocommerce(), aftership(), track17(), kuaidi100(), easypost(), stripe()}
}

// envelope begins an event of this delivery.
func (r *Request) envelope(source, eventType, id string, at schemas.Millis) schemas.Envelope {
	return schemas.Envelope{EventID: id, Type: eventType, OccurredAt: at, Shop: r.Shop, Source: source}
}
