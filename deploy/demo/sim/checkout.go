package sim

import (
	"cmp"
	"time"

	"tidemark/deploy/demo/truth"
)

// checkout walks from the cart to the order; at each step some turn back.
func (v *visit) checkout() {
	v.wait(4 * time.Second)
	v.page("/cart", "Cart")
	v.track("Cart Viewed", props{"cart_id": "cart-" + v.id, "products": v.lines()})
	if v.chance(0.32) {
		return
	}
	steps := []func(){
		func() {
			v.page("/checkout", "Checkout")
			v.track("Checkout Started", v.order())
		},
		func() { v.track("Checkout Step Completed", props{"step": 1, "shipping_method": "standard"}) },
		func() { v.track("Payment Info Entered", props{"step": 2, "payment_method": v.method()}) },
	}
	for _, step := range steps {
		v.wait(6 * time.Second)
		step()
		if v.chance(0.12) {
			return
		}
	}
	v.wait(3 * time.Second)
	if v.shop.Orders == OrdersBySegment {
		v.orderBySegment()
	} else {
		v.orderByNDJSON()
	}
}

// orderBySegment reports one order twice, as shops do: the server's report is the order, the browser's only a purchase.
// Where the payment fails there is no order; some try once more and then give up.
func (v *visit) orderBySegment() {
	total, now := v.total(), v.clock
	v.add(server, props{"type": "track", "event": "Order Completed", "properties": v.order()},
		truth.Add{Measure: truth.Orders, N: 1}, truth.Add{Measure: truth.GMV, N: total.micros()}, truth.Add{Measure: truth.Paid, N: total.micros()}).onlyIf(paid, now)
	if v.chance(0.8) {
		v.track("Order Completed", v.order()).onlyIf(paid, now)
	}
	if v.chance(0.4) {
		v.wait(10 * time.Second)
		v.track("Payment Info Entered", props{"step": 2, "payment_method": v.method()}).onlyIf(failed, now)
	}
}

// orderByNDJSON reports the placed order, and the payment when it comes or fails; one order in ten is never paid. The
// browser sees the confirmation only where the payment page answers.
func (v *visit) orderByNDJSON() {
	v.track("Order Completed", v.order()).onlyIf(paid, v.clock)
	total := v.total()
	v.add(native, v.record("order_placed"), truth.Add{Measure: truth.Orders, N: 1}, truth.Add{Measure: truth.GMV, N: total.micros()})
	v.wait(15 * time.Second)
	if v.chance(0.9) {
		v.add(native, v.record("order_paid"), truth.Add{Measure: truth.Paid, N: total.micros()}).onlyIf(paid, v.clock)
		refusal := v.record("payment_failed")
		refusal["reason"] = "provider_unavailable"
		v.add(native, refusal).onlyIf(failed, v.clock)
	}
}

func (v *visit) method() string {
	if v.shop.Currency == "CNY" {
		return []string{"alipay", "wechat_pay"}[v.rng.IntN(2)]
	}
	return []string{"card", "paypal", "invoice"}[v.rng.IntN(3)]
}

func (v *visit) total() amount {
	total := amount(v.shop.FreightCents)
	for _, l := range v.cart {
		total += amount(l.product.Cents * l.quantity)
	}
	return total
}

func (v *visit) lines() []props {
	var out []props
	for _, l := range v.cart {
		out = append(out, props{
			"product_id": l.product.ID, "sku": l.product.SKU, "name": l.product.Name, "category": l.product.Category,
			"brand": l.product.Brand, "price": amount(l.product.Cents), "quantity": l.quantity,
		})
	}
	return out
}

// order is the order as Segment's events describe it. Now and then a sender leaves the currency out: it is the shop's.
func (v *visit) order() props {
	freight := amount(v.shop.FreightCents)
	p := props{
		"order_id": "o-" + v.id, "checkout_id": "co-" + v.id, "total": v.total(), "subtotal": v.total() - freight,
		"revenue": v.total() - freight, "shipping": freight, "currency": v.shop.Currency, "products": v.lines(),
	}
	if v.chance(0.05) {
		delete(p, "currency")
	}
	return p
}

// record is an event of the order system in tidemark's own dialect; money is text there.
func (v *visit) record(kind string) props {
	var items []props
	var units int64
	for _, l := range v.cart {
		units += l.quantity
		items = append(items, props{
			"product_id": l.product.ID, "sku": l.product.SKU, "name": l.product.Name, "category": l.product.Category,
			"price": amount(l.product.Cents).text(), "quantity": l.quantity,
		})
	}
	return props{
		"type": kind, "order_id": "o-" + v.id, "anonymous_id": v.visitor, "buyer": cmp.Or(v.user, v.visitor), "currency": v.shop.Currency,
		"channel": v.from.channel, "campaign": v.from.name,
		"total": v.total().text(), "shipping": amount(v.shop.FreightCents).text(), "units": units, "items": items,
	}
}
