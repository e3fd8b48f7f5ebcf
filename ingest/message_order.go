package ingest

import (
	"cmp"
	"math"

	"tidemark/schemas"
)

// The names of an order that is complete.
const (
	orderCompleted = "Order Completed"
	ga4Purchase    = "purchase"
)

// paymentFailed is tidemark's own: Segment's specification has no name for it.
const paymentFailed = "Payment Failed"

// orderType maps the names that change an order. Order Completed stands apart: it is two events.
func orderType(event string) string {
	switch event {
	case "Order Updated":
		return schemas.OrderUpdated
	case "Order Refunded", "refund":
		return schemas.OrderRefunded
	case "Order Cancelled":
		return schemas.OrderCancelled
	case paymentFailed:
		return schemas.OrderPaymentFailed
	}
	return ""
}

// orderCompleted is, with a secret key, an order placed and paid, and a purchase where the visitor is known; with a
// public key only the purchase. Ids are made of shop, order and stage, so the browser's copy, the server's copy and
// copies with other message ids all count once.
func (in *intake) orderCompleted(m *message, e schemas.Envelope) *fault {
	o, f := in.order(m, e)
	if f != nil {
		return f
	}
	total, ok := orderTotal(&m.properties)
	if !ok {
		return &fault{KindMissingField, "order without total"}
	}
	o.Total = total
	purchase, f := in.purchase(m, e, &o)
	if f != nil { // before anything is added: an event is counted or quarantined, never both
		return f
	}
	if f := in.fits(&purchase); f != nil {
		return f
	}
	fresh := false
	if in.sender.secret {
		o.PlacedAt, o.PaidAt = e.OccurredAt, e.OccurredAt
		for _, stage := range []string{schemas.OrderPlaced, schemas.OrderPaid} {
			o.Type, o.EventID = stage, stableID(e.Shop, o.OrderID, stage)
			added, f := in.addOrder(&o)
			if f != nil {
				return f
			}
			fresh = added || fresh
		}
		if m.anonymousID == "" {
			in.counts.alone++
			in.settle(fresh)
			return nil
		}
	}
	added, f := in.addClick(&purchase)
	if f == nil {
		in.settle(added || fresh)
	}
	return f
}

// purchase is the order's place in the clickstream.
func (in *intake) purchase(m *message, e schemas.Envelope, o *schemas.Order) (c schemas.Click, f *fault) {
	e.Type, e.EventID = schemas.ClickPurchase, stableID(e.Shop, o.OrderID, schemas.ClickPurchase)
	c = schemas.Click{Envelope: e, Server: in.sender.secret}
	f = in.fillClick(m, &c)
	c.Value, c.Currency = o.Total, o.Currency
	return c, f
}

// orderChanged is a later stage of an order. An order is cancelled once; it may be updated and refunded many times, so
// there the refund's or the message's id tells one from the other.
func (in *intake) orderChanged(m *message, e schemas.Envelope, stage string) *fault {
	o, f := in.order(m, e)
	if f != nil {
		return f
	}
	o.Type = stage
	total, ok := orderTotal(&m.properties)
	switch stage {
	case schemas.OrderCancelled:
		o.EventID = stableID(e.Shop, o.OrderID, stage)
	case schemas.OrderRefunded:
		refund := firstAmount(m.properties.refund, amount{total, ok})
		if !refund.set {
			return &fault{KindMissingField, "refund without amount"}
		}
		o.Refund, total = refund.micros, 0
		o.EventID = stableID(e.Shop, o.OrderID, stage, cmp.Or(m.properties.refundID, e.EventID))
	default:
		o.EventID = stableID(e.Shop, o.OrderID, stage, e.EventID)
	}
	o.Total = total
	fresh, f := in.addOrder(&o)
	if f == nil {
		in.settle(fresh)
	}
	return f
}

// shadowID gives an event that is not to count an id of its own: under the shop's it would make the event that counts a
// copy, if it came first.
func (in *intake) shadowID(o *schemas.Order) {
	if o.Shadow {
		o.EventID = stableID("shadow", o.Source, o.EventID)
	}
}

// addOrder checks, encodes and adds; the order id keys the record.
func (in *intake) addOrder(o *schemas.Order) (fresh bool, f *fault) {
	if err := o.Check(); err != nil {
		return false, checkFault(err)
	}
	in.reportOrder(o)
	in.shadowID(o)
	in.scratch = in.c.codecs.order.Append(in.scratch[:0], o)
	if len(in.scratch) > MaxRecord {
		return false, tooLarge
	}
	if fresh = in.add(schemas.Orders.Topic(), o.OrderID, o.EventID, in.scratch); fresh {
		in.noteOrder(o)
	}
	return fresh, nil
}

// order fills what all stages of an order share.
func (in *intake) order(m *message, e schemas.Envelope) (o schemas.Order, f *fault) {
	p := &m.properties
	var visit schemas.Click
	visit.Envelope = e
	in.fillVisit(m, &visit)
	o = schemas.Order{
		Envelope: e, Buyer: cmp.Or(m.userID, m.anonymousID), AnonymousID: m.anonymousID,
		Channel: visit.Channel, Campaign: visit.Campaign, Device: visit.Device, Network: visit.Network,
		Subtotal: p.subtotal.micros, Revenue: p.revenue.micros, Shipping: p.shipping.micros, Tax: p.tax.micros, Discount: p.discount.micros,
		PaymentMethod: cleanText(p.paymentMethod, maxText), Reason: in.maskFree(cleanText(p.reason, maxText)),
		Coupons: p.coupons, Items: p.items, Shadow: !in.sender.shop.Counts(schemas.Orders.Name, in.dialect),
	}
	if p.coupon != "" {
		o.Coupons = append(o.Coupons, cleanText(p.coupon, maxText))
	}
	for _, item := range p.items {
		o.Units += item.Quantity
	}
	if m.money != nil {
		return o, m.money
	}
	o.OrderID, o.CheckoutID, o.CartID = p.orderID, p.checkoutID, p.cartID
	if f := cleanIDs(idField{"order_id", &o.OrderID}, idField{"checkout_id", &o.CheckoutID}, idField{"cart_id", &o.CartID}); f != nil {
		return o, f
	}
	if o.OrderID == "" {
		return o, &fault{KindMissingField, "order without order_id"}
	}
	o.Currency, f = in.currency(p.currency)
	return o, f
}

// orderTotal is the amount with shipping and tax. Where the sender gives only a part, the rest is added, as Segment
// defines them: revenue and subtotal are both without shipping and tax. So is value in Google Analytics 4.
func orderTotal(p *properties) (schemas.Money, bool) {
	whole, net := firstAmount(p.total, p.value), firstAmount(p.revenue, p.subtotal)
	if p.netValue {
		whole, net = p.total, firstAmount(p.value, net)
	}
	if whole.set {
		return whole.micros, true
	}
	if !net.set {
		return 0, false
	}
	return sumMoney(net.micros, p.shipping.micros, p.tax.micros)
}

// sumMoney adds amounts that are not negative; a sum beyond the range is none.
func sumMoney(amounts ...schemas.Money) (sum schemas.Money, ok bool) {
	for _, a := range amounts {
		if a > math.MaxInt64-sum {
			return 0, false
		}
		sum += a
	}
	return sum, true
}
