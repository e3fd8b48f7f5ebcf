package webhook

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tidemark/schemas"
)

// shopifyBody is an order as Shopify posts it, with the buyer's currency beside the shop's.
const shopifyBody = `{"id":1001,"email":"jo@mail.example","created_at":"2026-11-22T15:00:00-05:00","processed_at":"2026-11-22T15:00:01-05:00",
	"updated_at":"2026-11-22T15:30:00-05:00","cancelled_at":"2026-11-22T16:00:00-05:00","cancel_reason":"customer","currency":"USD","presentment_currency":"EUR",
	"total_price":"403.00","total_price_set":{"shop_money":{"amount":"403.00","currency_code":"USD"},"presentment_money":{"amount":"371.10","currency_code":"EUR"}},
	"subtotal_price":"393.00","total_tax":"0.00","total_discounts":"5.00","total_shipping_price_set":{"shop_money":{"amount":"10.00","currency_code":"USD"}},
	"checkout_token":"ck1","cart_token":"ca1","payment_gateway_names":["shopify_payments"],"discount_codes":[{"code":"SPRING","amount":"5.00"}],
	"customer":{"id":77,"first_name":"Jo","email":"jo@mail.example"},"browser_ip":"198.51.100.7","note":"ring twice",
	"note_attributes":[{"name":"gift","value":"yes"},{"name":"tidemark_anonymous_id","value":"visitor-1"}],
	"shipping_address":{"first_name":"Jo","address1":"1 Street","city":"Town","zip":"40003","province_code":"KY","country_code":"US"},
	"line_items":[{"product_id":5,"sku":"S1","title":"Mug","variant_title":"blue","vendor":"Acme","quantity":2,"price":"199.00",
		"price_set":{"shop_money":{"amount":"199.00","currency_code":"USD"}}}],
	"fulfillments":[{"created_at":"2026-11-22T15:20:00-05:00"},{"created_at":"2026-11-22T15:10:00-05:00"}]}`

func topic(name, value, body string) *Request {
	return &Request{Header: http.Header{http.CanonicalHeaderKey(name): {value}}, Body: []byte(body), Shop: "alpha", Received: now}
}

func readShop(t *testing.T, body string) Delivery {
	t.Helper()
	d, f := provider(t, "shopify").Read(topic("X-Shopify-Topic", "orders/create", body))
	if f != nil {
		t.Fatal(f)
	}
	return d
}

func TestShopifyOrders(t *testing.T) {
	stable := func(parts ...string) string { return schemas.StableID(append([]string{"alpha", "1001"}, parts...)...) }
	for _, row := range []struct{ topic, stage, at, id string }{
		{"orders/create", schemas.OrderPlaced, "2026-11-22T20:00:00.000Z", stable("order_placed")},
		{"orders/paid", schemas.OrderPaid, "2026-11-22T20:30:00.000Z", stable("order_paid")},
		{"orders/cancelled", schemas.OrderCancelled, "2026-11-22T21:00:00.000Z", stable("order_cancelled")},
		{"orders/fulfilled", schemas.OrderFulfilled, "2026-11-22T20:20:00.000Z", stable("order_fulfilled")},
		{"orders/updated", schemas.OrderUpdated, "2026-11-22T20:30:00.000Z", stable("order_updated", "shopify", "2026-11-22T15:30:00-05:00")},
	} {
		d, f := provider(t, "shopify").Read(topic("X-Shopify-Topic", row.topic, shopifyBody))
		if f != nil || len(d.Orders) != 1 || d.Test {
			t.Fatalf("%s: %v %+v", row.topic, f, d)
		}
		o := d.Orders[0]
		if o.Type != row.stage || o.OccurredAt.String() != row.at || o.EventID != row.id {
			t.Errorf("%s: %s at %v, id %s", row.topic, o.Type, o.OccurredAt, o.EventID)
		}
		if o.Total != 403_000_000 || o.Currency != "USD" || o.Subtotal != 393_000_000 || o.Shipping != 10_000_000 || o.Discount != 5_000_000 || o.Units != 2 ||
			o.Buyer != "77" || o.AnonymousID != "visitor-1" || o.CheckoutID != "ck1" || o.CartID != "ca1" || o.PaymentMethod != "shopify_payments" ||
			o.Coupons[0] != "SPRING" || o.Items[0].Brand != "Acme" || o.Items[0].Price != 199_000_000 {
			t.Errorf("%s: %+v", row.topic, o)
		}
		if (o.Reason == "customer") != (row.stage == schemas.OrderCancelled) {
			t.Errorf("%s: reason %q", row.topic, o.Reason)
		}
		for _, personal := range []string{"Jo", "Street", "Town", "40003", "198.51", "ring", "mail.example"} {
			if strings.Contains(fmt.Sprintf("%+v", *o), personal) {
				t.Errorf("%s: %s is taken over", row.topic, personal)
			}
		}
	}
}

// The amounts that the shop is paid in count, never the buyer's; a tax within the subtotal is not ours; test orders are.
func TestShopifyOrderEdges(t *testing.T) {
	if o := readShop(t, strings.Replace(shopifyBody, `"total_price":"403.00"`, `"total_price":"371.10"`, 1)).Orders[0]; o.Total != 403_000_000 {
		t.Errorf("total %v, want the shop's", o.Total)
	}
	if o := readShop(t, strings.Replace(shopifyBody, `"total_tax":"0.00"`, `"taxes_included":true,"total_tax":"62.75"`, 1)).Orders[0]; o.Subtotal != 0 || o.Tax != 62_750_000 {
		t.Errorf("subtotal %v, tax %v", o.Subtotal, o.Tax)
	}
	if o := readShop(t, strings.Replace(shopifyBody, `"id":77,`, `"id":null,`, 1)).Orders[0]; o.Buyer != "jo@mail.example" {
		t.Errorf("buyer %q, want the address, which the collector hashes", o.Buyer)
	}
	if !readShop(t, strings.Replace(shopifyBody, `"id":1001`, `"id":1001,"test":true`, 1)).Test {
		t.Error("a test order is not known as one")
	}
	r := topic("X-Shopify-Topic", "orders/updated", shopifyBody)
	d, _ := provider(t, "shopify").Read(r)
	r.Header.Set("X-Shopify-Webhook-Id", "w1")
	byWebhook, _ := provider(t, "shopify").Read(r)
	r.Header.Set("X-Shopify-Event-Id", "e1")
	byEvent, _ := provider(t, "shopify").Read(r)
	r.Header.Set("X-Shopify-Webhook-Id", "w2")
	again, _ := provider(t, "shopify").Read(r)
	if ids := []string{d.Orders[0].EventID, byWebhook.Orders[0].EventID, byEvent.Orders[0].EventID}; ids[0] == ids[1] || ids[1] == ids[2] || ids[2] != again.Orders[0].EventID {
		t.Errorf("ids of updates %v", ids)
	}
	for body, kind := range map[string]Kind{
		strings.Replace(shopifyBody, `"id":1001,`, ``, 1):                              MissingField,
		strings.ReplaceAll(shopifyBody, `"403.00"`, `"free"`):                          BadAmount,
		strings.Replace(shopifyBody, `"2026-11-22T15:00:00-05:00"`, `"2026-11-22"`, 1): "",
		strings.Replace(shopifyBody, `"2026-11-22T15:00:00-05:00"`, `"monday"`, 1):     BadTime,
		strings.Replace(shopifyBody, `"id":1001,`, `"id":1001,"id":1001,`, 1):          Unreadable,
		strings.Replace(shopifyBody, `"quantity":2`, `"quantity":"two"`, 1):            Unreadable,
		`null`: Unreadable, `[]`: Unreadable, ``: Unreadable, `{"id":`: Unreadable, `{}{}`: Unreadable,
	} {
		_, f := provider(t, "shopify").Read(topic("X-Shopify-Topic", "orders/create", body))
		if f == nil && kind != "" || f != nil && (f.Kind != kind || strings.Contains(f.Reason, "free") || strings.Contains(f.Reason, "monday")) {
			t.Errorf("%.60s: %v, want %s", body, f, kind)
		}
	}
}

func TestShopifyRefunds(t *testing.T) {
	refund := func(transactions string) Delivery {
		d, f := provider(t, "shopify").Read(topic("X-Shopify-Topic", "refunds/create",
			`{"id":9,"order_id":1001,"created_at":"2026-11-22T15:00:00-05:00","note":"broken","transactions":[`+transactions+`]}`))
		if f != nil {
			t.Fatal(f)
		}
		return d
	}
	const one, two = `{"kind":"refund","status":"success","amount":"10.10","currency":"USD"}`, `{"kind":"refund","status":"success","amount":"8.00","currency":"EUR","amount_set":{"shop_money":{"amount":"9.05","currency_code":"USD"}}}`
	for transactions, want := range map[string]string{
		one:             "order_refunded 10.1 USD",
		one + "," + two: "order_refunded 19.15 USD",
		strings.Replace(one, "success", "failure", 1): "",
		strings.Replace(one, "success", "pending", 1): "refund_requested 10.1 USD",
		strings.Replace(one, `"refund"`, `"sale"`, 1): "",
		"": "",
	} {
		d, got := refund(transactions), ""
		for _, o := range d.Orders {
			got = fmt.Sprint(o.Type, " ", o.Refund, " ", o.Currency)
			if o.EventID != schemas.StableID("alpha", "1001", o.Type, "9") || o.Reason != "" {
				t.Errorf("%+v", o)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", transactions, got, want)
		}
	}
	if _, f := provider(t, "shopify").Read(topic("X-Shopify-Topic", "refunds/create", `{"id":9,"order_id":1,"created_at":"2026-11-22T15:00:00Z","transactions":[`+one+`,`+strings.Replace(one, "USD", "EUR", 1)+`]}`)); f == nil || f.Kind != BadAmount {
		t.Errorf("two currencies: %v", f)
	}
}

func TestShopifyOtherTopics(t *testing.T) {
	p := provider(t, "shopify")
	d, f := p.Read(topic("X-Shopify-Topic", "fulfillments/create", `{"id":8,"order_id":1001,"status":"success","created_at":"2026-11-22T15:00:00-05:00","tracking_number":"1Z","shipment_status":null,
		"destination":{"address1":"1 Street","city":"Town","province_code":"KY","country_code":"US"}}`))
	if f != nil || len(d.Parcels) != 1 || d.Parcels[0].Type != schemas.ParcelPending || d.Parcels[0].OrderID != "1001" || d.Parcels[0].Region != "US-KY" || d.Parcels[0].TrackingID != "8" {
		t.Errorf("%v %+v", f, d)
	}
	scan, _ := p.Read(oneScan("shopify", "in_transit"))
	if scan.Parcels[0].Carrier != d.Parcels[0].Carrier || scan.Parcels[0].TrackingID != d.Parcels[0].TrackingID {
		t.Error("a fulfillment and its scans are two parcels")
	}
	d, f = p.Read(topic("X-Shopify-Topic", "fulfillments/update", `{"id":8,"order_id":1001,"status":"cancelled","updated_at":"2026-11-22T15:00:00-05:00"}`))
	if f != nil || d.Parcels[0].Type != schemas.ParcelUnknown || d.Parcels[0].RawStatus != "cancelled" || d.Unknown != 1 {
		t.Errorf("%v %+v", f, d)
	}
	checkout := `{"id":3,"token":"ck1","created_at":"2026-11-22T15:00:00-05:00","currency":"USD","total_price":"20.00","note_attributes":[{"name":"tidemark_anonymous_id","value":"v"}],"line_items":[{"sku":"s","quantity":1,"price":"20.00"}]}`
	d, f = p.Read(topic("X-Shopify-Topic", "checkouts/create", checkout))
	if f != nil || len(d.Clicks) != 1 || d.Clicks[0].Type != schemas.ClickBeginCheckout || d.Clicks[0].Value != 20_000_000 || !d.Clicks[0].Server || d.Clicks[0].AnonymousID != "v" {
		t.Errorf("%v %+v", f, d)
	}
	if d, f = p.Read(topic("X-Shopify-Topic", "checkouts/create", strings.Replace(checkout, "tidemark", "other", 1))); f != nil || len(d.Clicks) != 0 {
		t.Errorf("nobody's checkout: %v %+v", f, d)
	}
	for _, other := range []string{"", "products/update", "app/uninstalled"} {
		if _, f := p.Read(topic("X-Shopify-Topic", other, `{}`)); f == nil || f.Kind != UnknownTopic {
			t.Errorf("%q: %v", other, f)
		}
	}
}

// wooBody is an order as WooCommerce posts it; %s is its status.
const wooBody = `{"id":727,"status":"%s","currency":"EUR","date_created_gmt":"2026-11-22T20:00:00","date_modified_gmt":"2026-11-22T21:00:00",
	"date_paid_gmt":"2026-11-22T20:05:00","date_completed_gmt":null,"total":"29.35","total_tax":"1.35","shipping_total":"10.00","discount_total":"2.00","customer_id":26,
	"customer_ip_address":"198.51.100.7","cart_hash":"h","payment_method":"stripe","billing":{"first_name":"Jo","email":"jo@mail.example","phone":"555"},
	"meta_data":[{"id":1,"key":"_plugin","value":{"a":[1]}},{"id":2,"key":"tidemark_anonymous_id","value":"visitor-1"}],
	"line_items":[{"id":3,"name":"Mug","product_id":93,"sku":"M","quantity":2,"price":9,"total":"18.00"}],"coupon_lines":[{"code":"SPRING"}],"refunds":[]}`

func TestWooStatuses(t *testing.T) {
	const placed, paid = "order_placed 20:00", "order_paid 20:05"
	for status, want := range map[string]string{
		"pending": placed + " " + paid, "on-hold": placed + " " + paid, "processing": placed + " " + paid,
		"completed": placed + " " + paid + " order_fulfilled 21:00",
		"cancelled": placed + " order_cancelled 21:00", "refunded": placed + " " + paid, "failed": placed + " payment_failed 21:00",
		"checkout-draft": "", "trash": "", "packed": "order_updated 21:00",
	} {
		for _, top := range []string{"order.created", "order.updated"} {
			d, f := provider(t, "woocommerce").Read(topic("X-WC-Webhook-Topic", top, fmt.Sprintf(wooBody, status)))
			if f != nil {
				t.Fatal(f)
			}
			var got []string
			for _, o := range d.Orders {
				got = append(got, o.Type+" "+o.OccurredAt.String()[11:16])
				if o.Total != 29_350_000 || o.Subtotal != 18_000_000 || o.Tax != 1_350_000 || o.Buyer != "26" || o.AnonymousID != "visitor-1" || o.Units != 2 || o.Items[0].Price != 9_000_000 {
					t.Errorf("%s: %+v", status, o)
				}
				if id := schemas.StableID("alpha", "727", o.Type); (o.EventID == id) == (status == "packed") {
					t.Errorf("%s: id of %s", status, o.Type)
				}
			}
			if strings.Join(got, " ") != want || (d.Unknown == 1) != (status == "packed") {
				t.Errorf("%s: %v, want %s", status, got, want)
			}
		}
	}
}

func TestWooEdges(t *testing.T) {
	get := func(change ...string) Delivery {
		body := strings.NewReplacer(change...).Replace(fmt.Sprintf(wooBody, "refunded"))
		d, f := provider(t, "woocommerce").Read(topic("X-WC-Webhook-Topic", "order.updated", body))
		if f != nil {
			t.Fatal(f)
		}
		return d
	}
	d := get(`"refunds":[]`, `"refunds":[{"id":5,"reason":"Jo is unhappy","total":"-9.35"},{"id":6,"total":"-20.00"}]`)
	if len(d.Orders) != 4 || d.Orders[2].Refund != 9_350_000 || d.Orders[3].Refund != 20_000_000 || d.Orders[2].Total != 0 || d.Orders[2].Reason != "" ||
		d.Orders[2].EventID != schemas.StableID("alpha", "727", "order_refunded", "5") {
		t.Errorf("%+v", d.Orders)
	}
	if d := get(`"customer_id":26`, `"customer_id":0`); d.Orders[0].Buyer != "jo@mail.example" {
		t.Errorf("guest is %q", d.Orders[0].Buyer)
	}
	// Somebody edits an old order: what it has come through was told long ago.
	if d := get(`"date_modified_gmt":"2026-11-22T21:00:00"`, `"date_modified_gmt":"2026-11-24T21:00:00"`); len(d.Orders) != 0 {
		t.Errorf("%+v", d.Orders)
	}
	if d := get(`"date_paid_gmt":"2026-11-22T20:05:00"`, `"date_paid_gmt":null`); len(d.Orders) != 1 {
		t.Errorf("paid on delivery: %+v", d.Orders)
	}
	for _, other := range []string{"", "order.deleted", "product.updated"} {
		if _, f := provider(t, "woocommerce").Read(topic("X-WC-Webhook-Topic", other, `{"id":1}`)); f == nil || f.Kind != UnknownTopic {
			t.Errorf("%q: %v", other, f)
		}
	}
}

func TestWooPing(t *testing.T) {
	for body, want := range map[string]bool{"webhook_id=12": true, "webhook_id=": false, "webhook_id=1x": false, "webhook_id=12&x=1": false, "": false, `{"id":1}`: false, "webhook_id=" + strings.Repeat("1", 21): false} {
		r := &Request{Header: http.Header{}, Body: []byte(body)}
		if wooPing(r) != want {
			t.Errorf("%q: %v", body, !want)
		}
		r.Header.Set("X-WC-Webhook-Signature", "x")
		if wooPing(r) {
			t.Errorf("%q with a signature is a ping", body)
		}
	}
}

// stripeBody is an event as Stripe posts it; %s is its type.
const stripeBody = `{"id":"evt_1","object":"event","created":1795381400,"livemode":true,"type":"%s","data":{"object":{"id":"pi_1","object":"payment_intent","amount":2935,
	"amount_received":2900,"currency":"eur","metadata":{"order_id":"727"},"payment_method_types":["card"],"receipt_email":"jo@mail.example","customer":"cus_1",
	"last_payment_error":{"code":"card_declined","decline_code":"insufficient_funds","message":"Jo's card","payment_method":{"type":"card","billing_details":{"name":"Jo"}}}}}}`

func TestStripe(t *testing.T) {
	get := func(kind string, change ...string) (Delivery, *Fault) {
		return provider(t, "stripe").Read(topic("X", "", strings.NewReplacer(change...).Replace(fmt.Sprintf(stripeBody, kind))))
	}
	d, f := get("payment_intent.payment_failed")
	if f != nil || len(d.Orders) != 1 {
		t.Fatal(f)
	}
	if o := d.Orders[0]; o.Type != schemas.OrderPaymentFailed || o.OrderID != "727" || o.Total != 29_350_000 || o.Currency != "EUR" || o.Reason != "insufficient_funds" ||
		o.PaymentMethod != "card" || o.OccurredAt != 1_795_381_400_000 || o.Buyer != "" || d.Test {
		t.Errorf("%+v", o)
	}
	second, _ := get("payment_intent.payment_failed", "evt_1", "evt_2")
	if d.Orders[0].EventID == second.Orders[0].EventID {
		t.Error("two attempts have one id")
	}
	d, _ = get("payment_intent.succeeded")
	again, _ := get("payment_intent.succeeded", "evt_1", "evt_2")
	if o := d.Orders[0]; o.Type != schemas.OrderPaymentOK || o.Total != 29_000_000 || o.Reason != "" || o.EventID != again.Orders[0].EventID {
		t.Errorf("%+v", o)
	}
	if d, _ := get("payment_intent.succeeded", `"order_id":"727"`, ``, `"livemode":true`, `"livemode":false`); d.Orders[0].OrderID != "pi_1" || !d.Test {
		t.Errorf("%+v", d)
	}
	for _, passed := range []string{"requires_action", "processing", "canceled", "created", "amount_capturable_updated", "requires_payment_method", "requires_confirmation", "requires_capture"} {
		if d, f := get("payment_intent." + passed); f != nil || len(d.Orders) != 0 {
			t.Errorf("%s: %v %+v", passed, f, d)
		}
	}
	if d, f := provider(t, "stripe").Read(topic("X", "", `{"type":"charge.refunded","data":{"object":{"metadata":[],"amount":"x"}}}`)); f != nil || len(d.Orders) != 0 {
		t.Errorf("charge: %v", f)
	}
	if _, f := get("invoice.paid"); f == nil || f.Kind != UnknownTopic {
		t.Errorf("invoice: %v", f)
	}
	for currency, want := range map[string]schemas.Money{"eur": 29_350_000, "jpy": 2_935_000_000, "kwd": 2_935_000, "isk": 29_350_000} {
		if d, f := get("payment_intent.payment_failed", `"eur"`, `"`+currency+`"`); f != nil || d.Orders[0].Total != want {
			t.Errorf("%s: %v", currency, d.Orders[0].Total)
		}
	}
	for _, amount := range []string{"-1", "9223372036854775807"} {
		if _, f := get("payment_intent.payment_failed", `2935`, amount); f == nil || f.Kind != BadAmount {
			t.Errorf("%s: %v", amount, f)
		}
	}
}
