package ingest

import (
	"bytes"
	"strings"
	"testing"

	"tidemark/schemas"
)

func TestDirectIdentifier(t *testing.T) {
	for id, want := range map[string]string{
		"Jo@X.example": "jo@x.example", "u-jo@x.example": "u-jo@x.example",
		"+49 151 1234-5678": "+4915112345678", "+86 138 1234 5678": "+8613812345678", "13812345678": "+8613812345678", "8613812345678": "+8613812345678",
		"0086 138 1234 5678": "+8613812345678", "0049 151 12345678": "+4915112345678", "138\u20111234\u20115678": "+8613812345678", "138\u200b12345678": "+8613812345678",
		"１３８１２３４５６７８": "+8613812345678", "11010519491231002X": "11010519491231002X", "11010519491231002x": "11010519491231002X",
		"": "", "u1": "", "4711": "", "12345678901": "", "820982911946154508": "", "110105194912310021": "", "35c0f802-f24d-486a-b6af-f4641cbdc689": "", "+abc": "",
	} {
		if got, ok := directIdentifier(id); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", id, got, ok, want)
		}
	}
}

// TestDirectIdentifiersArePseudonyms: all spellings of one person are one, in every family and dialect, and none is kept.
func TestDirectIdentifiersArePseudonyms(t *testing.T) {
	f := newFixture(t, nil)
	f.must(200, "/v1/track", secretKey, strings.Replace(product("Order Completed", `"order_id":"o1","total":1`), "{", `{"userId":"Jo@x.example",`, 1))
	f.must(200, "/v1/events", secretKey, withTime(`{"event_id":"x","type":"page_view","occurred_at":"%T","user_id":"jo@x.example"}`))
	f.must(200, "/v1/events?family=orders", secretKey, withTime(`{"event_id":"x","type":"order_placed","occurred_at":"%T","order_id":"o2","currency":"EUR","buyer":"jo@x.example"}`))
	f.must(200, "/i/v0/e/", secretKey, `{"event":"$pageview","distinct_id":"JO@X.EXAMPLE","uuid":"1"}`)
	c, o := f.clicks(), f.orders()
	shop, _ := f.collector.cfg.Shops().ByID("alpha")
	id, _ := shop.Pseudonym(schemas.MillisOf(testNow), "jo@x.example")
	if c[0].UserID != id || c[1].AnonymousID != id || c[2].AnonymousID != id || o[0].Buyer != id || o[2].Buyer != id {
		t.Errorf("clicks %+v\norders %+v", c, o)
	}
	for _, r := range f.kept.recs {
		if bytes.Contains(bytes.ToLower(append(r.Key, r.Value...)), []byte("jo@x")) {
			t.Errorf("%s: %s %s", r.Topic, r.Key, r.Value)
		}
	}
}

// TestNoIdentityKey: without a key an identifier has no pseudonym that nobody can undo, and the event waits for one.
func TestNoIdentityKey(t *testing.T) {
	shops := shopsOf(t, shopsYAML[strings.Index(shopsYAML, "shops:"):])
	f := newFixture(t, func(c *Config) { c.Shops = func() *schemas.Shops { return shops } })
	f.must(200, "/v1/page", publicKey, `{"anonymousId":"jo@x.example"}`)
	f.must(200, "/v1/page", publicKey, `{"anonymousId":"a"}`)
	if l := f.letters(); len(l) != 1 || l[0].Kind != KindBadID || !strings.Contains(l[0].Reason, "identity_keys") || strings.Contains(l[0].Payload, "jo@") {
		t.Errorf("%+v", l)
	}
	if c := f.click(); c.AnonymousID != "a" {
		t.Errorf("%+v", c)
	}
}
