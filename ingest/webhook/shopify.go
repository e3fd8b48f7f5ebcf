package webhook

import (
	"cmp"
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
