package webhook

import (
	"bytes"
	"cmp"
	"net/http"
	"strings"
	"time"

	"tidemark/schemas"
)

const sourceWoo = "woocommerce"

// woocommerce reads WooCommerce's webhooks: X-WC-Webhook-Signature over the body, X-WC-Webhook-Topic, and as
// X-WC-Webhook-Source the address of the shop. These, the unsigned ping when a webhook is made, and that the sixth
// failure in a row takes the webhook away, are in its class WC_Webhook. Bodies are the orders of its REST API, v2 or v3.
func woocommerce() Provider {
	return Provider{
		Name: sourceWoo, Media: append(jsonMedia(), "application/x-www-form-urlencoded"), Limit: orderBody, Answer: Success{true},
		scheme: base64Header("X-WC-Webhook-Signature"), Domain: wooDomain, Ping: wooPing, read: readWoo,
	}
}

// wooDomain is the shop's address without scheme and last slash.
func wooDomain(h http.Header) string {
	source := h.Get("X-WC-Webhook-Source")
	if _, rest, ok := strings.Cut(source, "://"); ok {
		source = rest
	}
	return strings.TrimSuffix(source, "/")
}

// wooPing: the body is webhook_id=NUMBER. Without a 200 WooCommerce reports the address as broken.
func wooPing(r *Request) bool {
	id, ok := bytes.CutPrefix(r.Body, []byte("webhook_id="))
	digits := len(bytes.Trim(id, "0123456789")) == 0
	return ok && digits && len(id) > 0 && len(id) <= 20 && r.Header.Get("X-WC-Webhook-Signature") == ""
}

type wooOrder struct {
	ID            text        `json:"id"`
	Status        text        `json:"status"`
	Currency      text        `json:"currency"`
	Created       text        `json:"date_created_gmt"`
	Modified      text        `json:"date_modified_gmt"`
	Paid          text        `json:"date_paid_gmt"`
	Completed     text        `json:"date_completed_gmt"`
	Total         amount      `json:"total"`
	Tax           amount      `json:"total_tax"`
	Shipping      amount      `json:"shipping_total"`
	Discount      amount      `json:"discount_total"`
	CustomerID    text        `json:"customer_id"` // 0 for a guest
	CartHash      text        `json:"cart_hash"`
	PaymentMethod text        `json:"payment_method"`
	Billing       wooBilling  `json:"billing"`
	Meta          []wooMeta   `json:"meta_data"`
	Lines         []wooLine   `json:"line_items"`
	Coupons       []wooCoupon `json:"coupon_lines"`
	Refunds       []wooRefund `json:"refunds"`
}

// wooBilling: of the address only what stands for a guest.
type wooBilling struct {
	Email text `json:"email"`
}

type wooMeta struct {
	Key   text `json:"key"`
	Value text `json:"value"` // of plugins it may be anything
}

type wooCoupon struct {
	Code text `json:"code"`
}

type wooLine struct {
	ProductID text   `json:"product_id"`
	SKU       text   `json:"sku"`
	Name      text   `json:"name"`
	Quantity  int64  `json:"quantity"`
	Price     amount `json:"price"`
	Total     amount `json:"total"` // of the line, after discount, without tax
}

type wooRefund struct {
	ID    text   `json:"id"`
	Total amount `json:"total"` // negative
}

// repeatWithin bounds how far back an update tells a stage again. WooCommerce sends the whole order each time; within
// the horizon of the dedupe a repeated stage counts once, and what lies longer back was told when it was new. It also
// keeps orders that were imported from being told a second time because somebody edits them.
const repeatWithin = schemas.Millis(24 * time.Hour / time.Millisecond)

// readWoo maps an order's state to the stages that it has come through.
func readWoo(r *Request) (Delivery, *Fault) {
	switch r.Header.Get("X-WC-Webhook-Topic") {
	case "order.created", "order.updated":
	default:
		return Delivery{}, &Fault{UnknownTopic, "X-WC-Webhook-Topic is none that is read"}
	}
	o, f := decode[wooOrder](r.Body)
	if f != nil {
		return Delivery{}, f
	}
	switch o.Status {
	case "checkout-draft", "auto-draft", "trash": // not an order yet, or put away without a change to it
		return Delivery{}, nil
	}
	w := wooReader{request: r, order: &o}
	w.base = o.order(&w.blame)
	if w.modified = w.blame.time("date_modified_gmt", time.UTC, o.Modified, o.Created); w.modified <= 0 {
		w.blame.say(BadTime, "date_modified_gmt is before 1970") // and would be older than any stage that is told
	}
	w.stages()
	if w.blame.fault != nil {
		return Delivery{}, w.blame.fault
	}
	return w.delivery, nil
}

// order fills what all stages share.
func (o *wooOrder) order(b *blame) schemas.Order {
	e := schemas.Order{
		OrderID: b.id("id", o.ID), CartID: string(o.CartHash), Buyer: string(o.Billing.Email), Currency: string(o.Currency),
		Total: b.due("total", o.Total), Tax: b.money("total_tax", o.Tax), Shipping: b.money("shipping_total", o.Shipping),
		Discount: b.money("discount_total", o.Discount), PaymentMethod: string(o.PaymentMethod),
		PlacedAt: b.time("date_created_gmt", time.UTC, o.Created), PaidAt: maybeTime(time.UTC, o.Paid),
	}
	if o.CustomerID != "" && o.CustomerID != "0" {
		e.Buyer = string(o.CustomerID)
	}
	for _, m := range o.Meta {
		if m.Key == VisitorKey {
			e.AnonymousID = string(m.Value)
		}
	}
	for _, c := range o.Coupons {
		e.Coupons = append(e.Coupons, string(c.Code))
	}
	for _, l := range o.Lines {
		e.Items = append(e.Items, schemas.Item{ProductID: string(l.ProductID), SKU: string(l.SKU), Name: string(l.Name), Quantity: l.Quantity,
			Price: b.money("price of a line", l.Price)})
		e.Units += max(0, l.Quantity)
		e.Subtotal = b.sum("total of the lines", e.Subtotal, b.money("total of a line", l.Total))
	}
	return e
}

// wooReader makes the events of one order.
type wooReader struct {
	request  *Request
	order    *wooOrder
	base     schemas.Order
	modified schemas.Millis
	blame    blame
	delivery Delivery
}

// stages tells each stage at its own time. A cancellation and a refund have none of their own: they happened when the
// order was last changed.
func (w *wooReader) stages() {
	paid, done := w.base.PaidAt, maybeTime(time.UTC, w.order.Completed)
	switch status := strings.TrimPrefix(string(w.order.Status), "wc-"); status {
	case "pending", "on-hold", "processing", "refunded":
		w.tell(schemas.OrderPlaced, w.base.PlacedAt)
		w.tell(schemas.OrderPaid, paid) // not yet where it is paid on delivery
	case "completed":
		w.tell(schemas.OrderPlaced, w.base.PlacedAt)
		w.tell(schemas.OrderPaid, paid)
		w.tell(schemas.OrderFulfilled, cmp.Or(done, w.modified))
	case "cancelled":
		w.tell(schemas.OrderPlaced, w.base.PlacedAt)
		w.tell(schemas.OrderCancelled, w.modified)
	case "failed": // the state of the order, not an attempt: it is told once
		w.tell(schemas.OrderPlaced, w.base.PlacedAt)
		w.tell(schemas.OrderPaymentFailed, w.modified)
	default: // of a plugin
		w.delivery.Unknown++
		w.add(schemas.OrderUpdated, w.modified, func(o *schemas.Order) { o.Reason = status }, sourceWoo, w.modified.String(), status)
	}
	for _, refund := range w.order.Refunds {
		given := w.blame.money("total of a refund", refund.Total)
		if given < 0 {
			given = -given
		}
		w.add(schemas.OrderRefunded, w.modified, func(o *schemas.Order) { o.Refund, o.Total = given, 0 }, w.blame.id("id of a refund", refund.ID))
	}
}

// tell adds a stage that has happened, unless it lies so far back that it was told before.
func (w *wooReader) tell(stage string, at schemas.Millis) {
	if at > 0 && w.modified-at <= repeatWithin {
		w.add(stage, at, func(*schemas.Order) {})
	}
}

func (w *wooReader) add(stage string, at schemas.Millis, change func(*schemas.Order), id ...string) {
	o := w.base
	o.Envelope = w.request.envelope(sourceWoo, stage, schemas.StableID(append([]string{w.request.Shop, o.OrderID, stage}, id...)...), at)
	change(&o)
	w.delivery.Orders = append(w.delivery.Orders, &o)
}
