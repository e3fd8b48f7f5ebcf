package ingest

import (
	"context"
	"errors"
	"net/http"
	"time"

	"tidemark/ingest/webhook"
	"tidemark/schemas"
)

// webhookTimeout is how long a webhook waits for Kafka before it is answered 503: Shopify gives up after 5 s.
const webhookTimeout = 4 * time.Second

var (
	// notSigned is the one answer to a signature that is wrong, missing or malformed, too old, or of an unknown shop.
	notSigned = refuse(http.StatusUnauthorized, "signature")
	otherShop = refuse(http.StatusForbidden, "other_shop")
	// tooDeep is the fault of bodies that no provider's own could be.
	tooDeep = &webhook.Fault{Kind: webhook.Unreadable, Reason: "nests deeper than 32"}
)

// webhook handles POST /webhooks/{provider}/{shop}. Whoever signs with one of the shop's secrets for that provider writes
// as with a secret key.
//
// Providers repeat what is not answered with 2xx, and in the end stop sending at all. So what is signed and cannot be used
// goes to the dead letters and is answered 200; only what Kafka has not taken is a 503.
func (c *Collector) webhook(p webhook.Provider) func(*http.Request) (answer, error) {
	return func(r *http.Request) (answer, error) {
		if no := contentType(r, p.Media...); no != nil {
			return answer{}, no
		}
		return c.withBody(r, false, limits{body: p.Limit, status: http.StatusRequestEntityTooLarge}, func(ctx context.Context, l *loan, body []byte) (answer, error) {
			ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
			defer cancel()
			req := webhook.Request{Header: r.Header, Body: body, Shop: r.PathValue("shop"), Received: schemas.MillisOf(c.cfg.Now())}
			if p.Ping != nil && p.Ping(&req) {
				c.metrics.events.WithLabelValues(p.Name, resultIgnored).Inc()
				return answer{http.StatusOK, p.Answer}, nil
			}
			who, no := c.webhookSender(&p, &req)
			if no != nil {
				return answer{}, no
			}
			in := c.newIntake(p.Name, who, r, l, 1)
			if err := in.webhook(&p, &req); err != nil {
				return answer{}, err
			}
			if err := in.finish(ctx); err != nil {
				return answer{}, err
			}
			return answer{http.StatusOK, p.Answer}, nil
		})
	}
}

// webhookSender checks the signature, and that the provider means the shop whose address it has used.
func (c *Collector) webhookSender(p *webhook.Provider, r *webhook.Request) (sender, *refusal) {
	var secrets []schemas.Secret
	var agreed *schemas.Webhook
	shop, known := c.cfg.Shops().ByID(r.Shop)
	if known {
		if agreed, known = shop.Webhook(p.Name); known {
			secrets = agreed.Secrets
		}
	}
	switch {
	case !p.Signed(r, secrets):
		return sender{}, notSigned
	case p.Domain != nil && p.Domain(r.Header) != agreed.Domain:
		return sender{}, otherShop
	}
	return sender{shop: shop, secret: true}, nil
}

// webhook adds the events of a delivery, each by the rules for events of a secret key, and a dead letter for each part
// that cannot be used.
func (in *intake) webhook(p *webhook.Provider, r *webhook.Request) error {
	var d webhook.Delivery
	f := tooDeep
	if !deeperThan(p.Readable(r), maxDepth) {
		d, f = p.Read(r)
	}
	if f != nil {
		d.Faults = append(d.Faults, f)
	}
	if len(d.Orders)+len(d.Parcels)+len(d.Clicks)+len(d.Faults) == 0 {
		in.counts.ignored++
	}
	in.counts.strange += d.Unknown
	letters := map[Kind]bool{}
	add := func(event func() error) error {
		before := len(in.recs)
		err := event()
		var f *fault
		if errors.As(err, &f) {
			err = in.webhookFault(f, letters, p.Readable(r))
		}
		if err != nil {
			return err
		}
		return in.account(before)
	}
	for _, f := range d.Faults {
		if err := add(func() error { return &fault{Kind(f.Kind), f.Reason} }); err != nil {
			return err
		}
	}
	for _, o := range d.Orders {
		if err := add(func() error { return in.webhookOrder(o, d.Test) }); err != nil {
			return err
		}
	}
	for _, parcel := range d.Parcels {
		if err := add(func() error { return addEvent(in, schemas.Logistics, in.c.codecs.parcel, parcel) }); err != nil {
			return err
		}
	}
	for _, click := range d.Clicks {
		if err := add(func() error { return addEvent(in, schemas.Clickstream, in.c.codecs.click, click) }); err != nil {
			return err
		}
	}
	return nil
}

// webhookFault counts an event that cannot be used. The dead letter is the whole delivery, so one of each kind will do
// however many scans are at fault; a second one would have the same key.
func (in *intake) webhookFault(f *fault, letters map[Kind]bool, payload []byte) error {
	if letters[f.kind] {
		in.counts.quarantined++
		in.counts.kinds[f.kind]++
		return nil
	}
	letters[f.kind] = true
	return in.quarantine(f, payload)
}

// webhookOrder adds an order's event, and for a paid order its purchase in the clickstream, where the visitor is known.
func (in *intake) webhookOrder(o *schemas.Order, test bool) error {
	key, err := in.adopt(o)
	if err != nil {
		return err
	}
	o.Shadow = o.Shadow || test
	purchase := *o // whose id is the shop's in any case
	in.shadowID(o)
	fresh, err := addAdopted(in, schemas.Orders, in.c.codecs.order, o, key)
	if err != nil {
		return err
	}
	if fresh {
		in.noteOrder(o)
	}
	if o.Type != schemas.OrderPaid || test {
		return nil
	}
	if o.AnonymousID == "" {
		in.counts.alone++
		return nil
	}
	click := purchaseOf(&purchase)
	key, err = in.adopt(click)
	if err == nil {
		_, err = addAdopted(in, schemas.Clickstream, in.c.codecs.click, click, key)
	}
	return err
}

// purchaseOf is a paid order's place in the clickstream, under the id that the browser's copy has.
func purchaseOf(o *schemas.Order) *schemas.Click {
	c := &schemas.Click{Envelope: o.Envelope, AnonymousID: o.AnonymousID, UserID: o.Buyer, OrderID: o.OrderID, CheckoutID: o.CheckoutID,
		CartID: o.CartID, Value: o.Total, Currency: o.Currency, Items: o.Items, Server: true}
	c.Type, c.EventID = schemas.ClickPurchase, stableID(o.Shop, o.OrderID, schemas.ClickPurchase)
	return c
}

// addEvent checks, cleans and adds one event.
func addEvent[E any, P familyEvent[E]](in *intake, f schemas.Family[E], enc *schemas.Encoder[E], e P) error {
	key, err := in.adopt(e)
	if err != nil {
		return err
	}
	_, err = addAdopted(in, f, enc, e, key)
	return err
}

// addAdopted encodes, adds and counts an event that is checked and clean. It says whether the event is new in this request.
func addAdopted[E any, P familyEvent[E]](in *intake, f schemas.Family[E], enc *schemas.Encoder[E], e P, key string) (bool, error) {
	in.scratch = enc.Append(in.scratch[:0], e)
	if len(in.scratch) > MaxRecord {
		return false, tooLarge
	}
	fresh := in.add(f.Topic(), key, e.Env().EventID, in.scratch)
	in.settle(fresh)
	return fresh, nil
}
