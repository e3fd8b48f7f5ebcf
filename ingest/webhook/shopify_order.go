package webhook

import (
	"cmp"
	"time"

	"tidemark/schemas"
)

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
