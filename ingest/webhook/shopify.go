package webhook

import (
	"cmp"
	"strings"
	"time"

	"tidemark/schemas"
)

const sourceShopify = "shopify"

// VisitorKey is the name under which a shop's pages put the visitor's anonymous id onto an order: a note attribute of
// Shopify's cart, or a meta field of a WooCommerce order. With it a paid order is a purchase in the clickstream too.
const VisitorKey = "tidemark_anonymous_id"

// shopify reads Shopify's webhooks: X-Shopify-Hmac-SHA256 over the body, under the app's client secret or, for webhooks
// made in the admin, the store's (shopify.dev, "Verify webhook deliveries"). Bodies are those of its REST resources.
// Shopify wants an answer within 5 s, and takes the webhook away after 8 failures in a row.
func shopify() Provider {
	return Provider{
		Name: sourceShopify, Media: jsonMedia(), Limit: orderBody, Answer: Success{true},
		scheme: base64Header("X-Shopify-Hmac-SHA256"), Domain: header("X-Shopify-Shop-Domain"),
		read: readShopify, Statuses: shopifyStatuses(),
	}
}

func readShopify(r *Request) (Delivery, *Fault) {
	switch topic := r.Header.Get("X-Shopify-Topic"); topic {
	case "orders/create", "orders/paid", "orders/updated", "orders/cancelled", "orders/fulfilled":
		return readShopifyOrder(r, topic)
	case "refunds/create":
		return readShopifyRefund(r)
	case "checkouts/create":
		return readShopifyCheckout(r)
	case "fulfillments/create", "fulfillments/update":
		return readShopifyFulfillment(r)
	case "fulfillment_events/create":
		return readShopifyScan(r)
	}
	return Delivery{}, &Fault{UnknownTopic, "X-Shopify-Topic is none that is read"}
}

type shopifyOrder struct {
	ID            text     `json:"id"`
	Email         text     `json:"email"`
	CreatedAt     text     `json:"created_at"`
	ProcessedAt   text     `json:"processed_at"`
	UpdatedAt     text     `json:"updated_at"`
	CancelledAt   text     `json:"cancelled_at"`
	CancelReason  text     `json:"cancel_reason"`
	Currency      text     `json:"currency"` // the shop's; what the buyer saw is presentment_currency
	Test          bool     `json:"test"`
	TaxesIncluded bool     `json:"taxes_included"`
	Total         amount   `json:"total_price"`
	Subtotal      amount   `json:"subtotal_price"`
	Tax           amount   `json:"total_tax"`
	Discount      amount   `json:"total_discounts"`
	TotalSet      moneySet `json:"total_price_set"`
	SubtotalSet   moneySet `json:"subtotal_price_set"`
	TaxSet        moneySet `json:"total_tax_set"`
	DiscountSet   moneySet `json:"total_discounts_set"`
	ShippingSet   moneySet `json:"total_shipping_price_set"`
	CheckoutID    text     `json:"checkout_id"`
	CheckoutToken text     `json:"checkout_token"`
	CartToken     text     `json:"cart_token"`
	Gateways      []text   `json:"payment_gateway_names"`
	Codes         []struct {
		Code text `json:"code"`
	} `json:"discount_codes"`
	Customer struct {
		ID text `json:"id"`
	} `json:"customer"`
	Notes        shopifyNotes  `json:"note_attributes"`
	Lines        []shopifyLine `json:"line_items"`
	Fulfillments []struct {
		CreatedAt text `json:"created_at"`
	} `json:"fulfillments"`
}

// moneySet is an amount in the shop's and in the buyer's currency. Only the shop's adds up over orders.
type moneySet struct {
	Shop struct {
		Amount   amount `json:"amount"`
		Currency text   `json:"currency_code"`
	} `json:"shop_money"`
}

type shopifyNotes []struct {
	Name  text `json:"name"`
	Value text `json:"value"`
}

// visitor is the anonymous id among the attributes, or nothing.
func (n shopifyNotes) visitor() string {
	for _, note := range n {
		if note.Name == VisitorKey {
			return string(note.Value)
		}
	}
	return ""
}

type shopifyLine struct {
	ProductID text     `json:"product_id"`
	SKU       text     `json:"sku"`
	Title     text     `json:"title"`
	Variant   text     `json:"variant_title"`
	Vendor    text     `json:"vendor"`
	Quantity  int64    `json:"quantity"`
	Price     amount   `json:"price"`
	PriceSet  moneySet `json:"price_set"`
}

func (l *shopifyLine) item(b *blame) schemas.Item {
	return schemas.Item{ProductID: string(l.ProductID), SKU: string(l.SKU), Name: string(l.Title), Variant: string(l.Variant), Brand: string(l.Vendor),
		Quantity: l.Quantity, Price: b.money("price of a line", firstSet(l.PriceSet.Shop.Amount, l.Price))}
}

func readShopifyOrder(r *Request, topic string) (Delivery, *Fault) {
	o, f := decode[shopifyOrder](r.Body)
	if f != nil {
		return Delivery{}, f
	}
	var b blame
	e := o.order(&b)
	var stage string
	var at schemas.Millis
	id := []string{r.Shop, e.OrderID}
	switch topic {
	case "orders/create":
		stage, at = schemas.OrderPlaced, e.PlacedAt
		id = append(id, stage)
	case "orders/paid": // there is no time of payment; the order was updated by it, which a later payment shows
		stage, at = schemas.OrderPaid, b.time("updated_at", time.UTC, o.UpdatedAt, o.ProcessedAt, o.CreatedAt)
		e.PaidAt = at
		id = append(id, stage)
	case "orders/cancelled":
		stage, at = schemas.OrderCancelled, b.time("cancelled_at", time.UTC, o.CancelledAt, o.UpdatedAt)
		e.Reason = string(o.CancelReason)
		id = append(id, stage)
	case "orders/fulfilled":
		stage, at = schemas.OrderFulfilled, o.fulfilledAt(&b)
		id = append(id, stage)
	default:
		stage, at = schemas.OrderUpdated, b.time("updated_at", time.UTC, o.UpdatedAt)
		id = append(id, stage, sourceShopify, shopifyChange(r, o.UpdatedAt))
	}
	e.Envelope = r.envelope(sourceShopify, stage, schemas.StableID(id...), at)
	return Delivery{Orders: []*schemas.Order{e}, Test: o.Test}, b.fault
}

// shopifyChange names one change of an order. Shopify repeats a delivery under the same ids, the event's on newer pages
// of its documentation and the webhook's on older ones; the time alone has whole seconds.
func shopifyChange(r *Request, updatedAt text) string {
	return cmp.Or(r.Header.Get("X-Shopify-Event-Id"), r.Header.Get("X-Shopify-Webhook-Id"), string(updatedAt))
}

// order fills what all stages share.
func (o *shopifyOrder) order(b *blame) *schemas.Order {
	e := &schemas.Order{
		OrderID: b.id("id", o.ID), CheckoutID: string(cmp.Or(o.CheckoutID, o.CheckoutToken)), CartID: string(o.CartToken),
		Buyer: string(cmp.Or(o.Customer.ID, o.Email)), AnonymousID: o.Notes.visitor(), Currency: string(o.Currency),
		Total:    b.due("total_price", firstSet(o.TotalSet.Shop.Amount, o.Total)),
		Shipping: b.money("total_shipping_price_set", o.ShippingSet.Shop.Amount),
		Tax:      b.money("total_tax", firstSet(o.TaxSet.Shop.Amount, o.Tax)),
		Discount: b.money("total_discounts", firstSet(o.DiscountSet.Shop.Amount, o.Discount)),
		PlacedAt: b.time("created_at", time.UTC, o.CreatedAt),
	}
	if !o.TaxesIncluded || e.Tax == 0 { // else the subtotal holds tax, which ours does not
		e.Subtotal = b.money("subtotal_price", firstSet(o.SubtotalSet.Shop.Amount, o.Subtotal))
	}
	if len(o.Gateways) > 0 {
		e.PaymentMethod = string(o.Gateways[0])
	}
	for _, c := range o.Codes {
		e.Coupons = append(e.Coupons, string(c.Code))
	}
	for i := range o.Lines {
		e.Items = append(e.Items, o.Lines[i].item(b))
		e.Units += max(0, o.Lines[i].Quantity)
	}
	return e
}

// fulfilledAt is when the last of the parcels was made.
func (o *shopifyOrder) fulfilledAt(b *blame) (at schemas.Millis) {
	for _, f := range o.Fulfillments {
		at = max(at, maybeTime(time.UTC, f.CreatedAt))
	}
	if at > 0 {
		return at
	}
	return b.time("updated_at", time.UTC, o.UpdatedAt)
}

type shopifyRefund struct {
	ID           text `json:"id"`
	OrderID      text `json:"order_id"`
	CreatedAt    text `json:"created_at"`
	ProcessedAt  text `json:"processed_at"`
	Transactions []struct {
		Kind      text     `json:"kind"`
		Status    text     `json:"status"`
		Test      bool     `json:"test"`
		Amount    amount   `json:"amount"`
		Currency  text     `json:"currency"`
		AmountSet moneySet `json:"amount_set"`
	} `json:"transactions"`
}

// readShopifyRefund adds up what was given back. A refund of no money, such as of goods only, is passed over; one whose
// transactions are all on their way is a request.
func readShopifyRefund(r *Request) (d Delivery, f *Fault) {
	refund, f := decode[shopifyRefund](r.Body)
	if f != nil {
		return d, f
	}
	var b blame
	done, pending := schemas.Money(0), schemas.Money(0)
	o := schemas.Order{OrderID: b.id("order_id", refund.OrderID)}
	for _, t := range refund.Transactions {
		a, currency := t.Amount, t.Currency
		if t.AmountSet.Shop.Amount.set {
			a, currency = t.AmountSet.Shop.Amount, t.AmountSet.Shop.Currency
		}
		if t.Kind != "refund" || t.Status != "success" && t.Status != "pending" {
			continue
		}
		if o.Currency != "" && o.Currency != string(currency) {
			b.say(BadAmount, "transactions in several currencies")
		}
		o.Currency, d.Test = string(currency), d.Test || t.Test
		if t.Status == "success" {
			done = b.sum("refund", done, b.due("amount of a transaction", a))
		} else {
			pending = b.sum("refund", pending, b.due("amount of a transaction", a))
		}
	}
	stage := schemas.OrderRefunded
	if o.Refund = done; done == 0 {
		stage, o.Refund = schemas.OrderRefundRequest, pending
	}
	if o.Refund == 0 || b.fault != nil {
		return Delivery{}, b.fault
	}
	id := schemas.StableID(r.Shop, o.OrderID, stage, b.id("id", refund.ID))
	o.Envelope = r.envelope(sourceShopify, stage, id, b.time("processed_at", time.UTC, refund.ProcessedAt, refund.CreatedAt))
	d.Orders = []*schemas.Order{&o}
	return d, b.fault
}

type shopifyCheckout struct {
	ID        text          `json:"id"`
	Token     text          `json:"token"`
	CartToken text          `json:"cart_token"`
	CreatedAt text          `json:"created_at"`
	Currency  text          `json:"currency"`
	Total     amount        `json:"total_price"`
	Notes     shopifyNotes  `json:"note_attributes"`
	Lines     []shopifyLine `json:"line_items"`
}

// readShopifyCheckout makes a step of the funnel, not an order, where the visitor is known.
func readShopifyCheckout(r *Request) (d Delivery, f *Fault) {
	checkout, f := decode[shopifyCheckout](r.Body)
	if f != nil || checkout.Notes.visitor() == "" {
		return d, f
	}
	var b blame
	c := schemas.Click{AnonymousID: checkout.Notes.visitor(), Server: true, Currency: string(checkout.Currency),
		CheckoutID: b.id("token", cmp.Or(checkout.ID, checkout.Token)), CartID: string(checkout.CartToken), Value: b.money("total_price", checkout.Total)}
	for i := range checkout.Lines {
		c.Items = append(c.Items, checkout.Lines[i].item(&b))
	}
	id := schemas.StableID(r.Shop, sourceShopify, c.CheckoutID, schemas.ClickBeginCheckout)
	c.Envelope = r.envelope(sourceShopify, schemas.ClickBeginCheckout, id, b.time("created_at", time.UTC, checkout.CreatedAt))
	d.Clicks = []*schemas.Click{&c}
	return d, b.fault
}

type shopifyFulfillment struct {
	ID          text `json:"id"`
	OrderID     text `json:"order_id"`
	Status      text `json:"status"`
	Shipment    text `json:"shipment_status"`
	CreatedAt   text `json:"created_at"`
	UpdatedAt   text `json:"updated_at"`
	Destination struct {
		Country  text `json:"country_code"`
		Province text `json:"province_code"`
	} `json:"destination"`
}

// shopifyParcel is a parcel by its fulfillment. Its scans (fulfillment_events) name neither carrier nor tracking number,
// so the fulfillment's id is the identity in both.
func shopifyParcel(fulfillment, order, country, province text) parcel {
	return parcel{source: sourceShopify, carrier: sourceShopify, number: string(fulfillment), order: string(order), region: regionCode(country, province)}
}

// readShopifyFulfillment ties a parcel to its order, with the state that the fulfillment has: one event for each state.
func readShopifyFulfillment(r *Request) (d Delivery, f *Fault) {
	ful, f := decode[shopifyFulfillment](r.Body)
	if f != nil {
		return d, f
	}
	var b blame
	code := string(ful.Shipment)
	if code == "" {
		switch code = string(ful.Status); code {
		case "", "pending", "open", "success": // Shopify's default while nothing else is known
			code = "confirmed"
		}
	}
	p := shopifyParcel(ful.ID, ful.OrderID, ful.Destination.Country, ful.Destination.Province)
	p.state = scan{b.time("updated_at", time.UTC, ful.UpdatedAt, ful.CreatedAt), code}
	if b.fault == nil {
		d.addParcel(r, shopifyStatuses(), &p)
	}
	return d, b.fault
}

type shopifyScan struct {
	ID          text `json:"id"`
	Fulfillment text `json:"fulfillment_id"`
	OrderID     text `json:"order_id"`
	Status      text `json:"status"`
	HappenedAt  text `json:"happened_at"`
	CreatedAt   text `json:"created_at"`
	Expected    text `json:"estimated_delivery_at"`
}

// readShopifyScan reads one event of a fulfillment. The place it tells is the carrier's, not the buyer's.
func readShopifyScan(r *Request) (d Delivery, f *Fault) {
	s, f := decode[shopifyScan](r.Body)
	if f != nil {
		return d, f
	}
	var b blame
	p := shopifyParcel(s.Fulfillment, s.OrderID, "", "")
	p.scans = []scan{{b.time("happened_at", time.UTC, s.HappenedAt, s.CreatedAt), strings.ToLower(b.id("status", s.Status))}}
	p.latest = promise(time.UTC, s.Expected)
	if b.fault == nil {
		d.addParcel(r, shopifyStatuses(), &p)
	}
	return d, b.fault
}

// shopifyStatuses are FulfillmentEventStatus in the small letters of REST, and what a fulfillment itself can be.
func shopifyStatuses() []Status {
	return concat([][]Status{
		same(schemas.ParcelPending, "", "confirmed"),
		same(schemas.ParcelAnnounced, "", "label_purchased", "label_printed"),
		same(schemas.ParcelPickedUp, "", "carrier_picked_up"),
		same(schemas.ParcelInTransit, "", "in_transit"),
		same(schemas.ParcelOutForDelivery, "", "out_for_delivery"),
		same(schemas.ParcelReadyForPickup, "", "ready_for_pickup"),
		same(schemas.ParcelAttemptFailed, "", "attempted_delivery"),
		same(schemas.ParcelDelivered, "", "delivered"),
		same(schemas.ParcelDelivered, "by the buyer", "picked_up"),
		same(schemas.ParcelReturning, "unstable API only", "returning_to_sender"),
		same(schemas.ParcelDelayed, "", "delayed"),
		same(schemas.ParcelUnknown, "of the fulfillment, not of the parcel", "failure", "cancelled", "error"),
	})
}
