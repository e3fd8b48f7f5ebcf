package webhook

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tidemark/schemas"
)

// badInputs are bodies that every parser must live with.
func badInputs() []string {
	return []string{"", " ", "null", "[]", `"x"`, "1", `{}`, `{"a":1}{}`, `{"id":1,"id":2}`, `{"id":"` + "\xff" + `"}`, `{"id":"\ud800"}`, `{"id":"a\u0000b"}`,
		"\ufeff{}", `{"total_price":NaN}`, `{"total_price":1e999}`, `{"amount":-9223372036854775808}`, strings.Repeat("[", 10_001), `{"a":` + strings.Repeat("[", 33) + strings.Repeat("]", 33) + `}`,
		`{"created_at":"9999-12-31T23:59:59Z"}`, `{"created_at":"0000-00-00"}`, "param=%zz", "param=&sign="}
}

// fuzzParser holds a parser to what the collector relies on, whatever the body: it ends, faults have a kind and a reason,
// events belong to the shop and have ids, and the same body gives the same again.
func fuzzParser(f *testing.F, name, header string, topics []string, samples ...string) {
	p := provider(f, name)
	for _, body := range append(samples, badInputs()...) {
		for i := range topics {
			f.Add(uint8(i), []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, body []byte) {
		r := &Request{Header: http.Header{}, Body: body, Shop: "alpha", Received: now}
		r.Header.Set(header, topics[int(i)%len(topics)])
		d, fault := p.Read(r)
		for _, bad := range append(d.Faults, fault) {
			if bad != nil && (bad.Kind == "" || bad.Reason == "" || len(bad.Reason) > 100) {
				t.Fatalf("fault %+v", bad)
			}
		}
		if fault != nil && len(d.Orders)+len(d.Parcels)+len(d.Clicks) > 0 {
			t.Fatal("a fault beside events")
		}
		ids := idsOf(t, d)
		if again, _ := p.Read(r); !slices.Equal(ids, idsOf(t, again)) {
			t.Fatal("other ids the second time")
		}
		_ = p.Signed(r, []schemas.Secret{"0123456789"})
		if p.Ping != nil {
			_ = p.Ping(r)
		}
	})
}

func idsOf(t *testing.T, d Delivery) (ids []string) {
	add := func(e *schemas.Envelope) {
		if e.EventID == "" || e.Shop != "alpha" || e.Source == "" || e.Type == "" {
			t.Fatalf("envelope %+v", e)
		}
		ids = append(ids, e.EventID)
	}
	for _, o := range d.Orders {
		add(&o.Envelope)
	}
	for _, p := range d.Parcels {
		add(&p.Envelope)
	}
	for _, c := range d.Clicks {
		add(&c.Envelope)
	}
	if len(ids) != len(slices.Compact(slices.Sorted(slices.Values(ids)))) {
		t.Fatal("two events of one delivery have one id")
	}
	return ids
}

func scanBodies(name string) (out []string) {
	for _, codes := range rows[name] {
		code, _, _ := strings.Cut(codes, " ")
		out = append(out, string(oneScan(name, code).Body))
	}
	slices.Sort(out)
	return out
}

func FuzzShopify(f *testing.F) {
	fuzzParser(f, "shopify", "X-Shopify-Topic", []string{"orders/create", "orders/paid", "orders/updated", "orders/cancelled", "orders/fulfilled", "refunds/create",
		"checkouts/create", "fulfillments/create", "fulfillment_events/create", "x"},
		shopifyBody, `{"id":9,"order_id":1001,"created_at":"2026-11-22T15:00:00-05:00","transactions":[{"kind":"refund","status":"success","amount":"10.10","currency":"USD"}]}`,
		string(oneScan("shopify", "in_transit").Body))
}

func FuzzWooCommerce(f *testing.F) {
	fuzzParser(f, "woocommerce", "X-WC-Webhook-Topic", []string{"order.created", "order.updated", "x"}, fmt.Sprintf(wooBody, "completed"), fmt.Sprintf(wooBody, "packed"), "webhook_id=12")
}

func FuzzAfterShip(f *testing.F) {
	fuzzParser(f, "aftership", "X", []string{""}, scanBodies("aftership")...)
}

func Fuzz17Track(f *testing.F) { fuzzParser(f, "17track", "X", []string{""}, scanBodies("17track")...) }

func FuzzKuaidi100(f *testing.F) {
	fuzzParser(f, "kuaidi100", "X", []string{""}, scanBodies("kuaidi100")...)
}

func FuzzEasyPost(f *testing.F) {
	fuzzParser(f, "easypost", "X", []string{""}, scanBodies("easypost")...)
}

func FuzzStripe(f *testing.F) {
	fuzzParser(f, "stripe", "X", []string{""}, fmt.Sprintf(stripeBody, "payment_intent.payment_failed"), fmt.Sprintf(stripeBody, "payment_intent.succeeded"))
}

// FuzzSignatures: no header is taken for a signature under a secret that the sender does not have, none crashes.
func FuzzSignatures(f *testing.F) {
	for name, header := range signatureHeader {
		r := signed(name, "another-0123456789", `{"a":1}`)
		f.Add(r.Header.Get(header), r.Body)
	}
	for _, h := range []string{"", "t=,v1=", "t=1,t=2,v1=00", "=", ",,,", "hmac-sha256-hex=zz", "t=1795381490,v1=" + strings.Repeat("0", 64)} {
		f.Add(h, []byte("param=x&sign=00"))
	}
	f.Fuzz(func(t *testing.T, value string, body []byte) {
		for _, p := range Providers() {
			r := &Request{Header: http.Header{}, Body: body, Shop: "alpha", Received: now}
			if header := signatureHeader[p.Name]; header != "" {
				r.Header.Set(header, value)
			}
			if p.Signed(r, []schemas.Secret{"a-secret-nobody-has-81c2"}) {
				t.Fatalf("%s takes %q", p.Name, value)
			}
		}
	})
}
