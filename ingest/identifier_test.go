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

// TestPseudonymsOfLetters: somebody in a dead letter is who they are in an event of that day, though it came after a new key
// had begun.
func TestPseudonymsOfLetters(t *testing.T) {
	shops := shopsOf(t, strings.Replace(shopsYAML, "\nshops:", "\n  - {epoch: 8, from: 2026-11-22, key: "+strings.Repeat("bmV3", 11)+"}\nshops:", 1))
	for path, c := range map[string]struct{ body, good, bad string }{
		"/v1/track":  {`{"event":"Product Viewed","userId":"jo@x.example","messageId":"1","timestamp":"2026-11-20T12:00:00Z","properties":{"price":$}}`, "1", `"x"`},
		"/v1/batch":  {`{"sentAt":"2026-11-20T22:00:50Z","batch":[{"type":"page","userId":"jo@x.example","messageId":"$","timestamp":"2026-11-20T20:50:00Z"}]}`, "1", `\n`}, // a clock that is two days slow
		"/v1/events": {`{"event_id":"$","type":"page_view","occurred_at":"2026-11-20T12:00:00Z","anonymous_id":"jo@x.example"}`, "1", `\n`},
		"/i/v0/e/":   {`{"event":"$pageview","distinct_id":"jo@x.example","uuid":"$","timestamp":"2026-11-20T12:00:00Z","properties":{}}`, "1", `\ud800`},
		"/2/httpapi": {`{"events":[{"event_type":"e","user_id":"jo@x.example","time":1795176000000,"insert_id":"$"}]}`, "1", `\n`},
		snowplowPost: {`{"data":[{"e":"pv","duid":"jo@x.example","dtm":"1795176000000","eid":"$"}]}`, "1", `\n`},
		"/cloudevents": {`[{"id":"1","time":"2026-11-20T12:00:00Z","type":"x.clickstream.$","source":"/s","specversion":"1.0","data":{"anonymous_id":"jo@x.example"}}]`,
			"page_view", "odd"},
	} {
		f := newFixture(t, func(c *Config) { c.Shops = func() *schemas.Shops { return shops } })
		for _, value := range []string{c.good, c.bad} {
			r := request(path, secretKey, strings.ReplaceAll(strings.ReplaceAll(c.body, "$pageview", "%"), "$", value))
			if path == "/cloudevents" {
				r.Header.Set("Content-Type", cloudEventBatch)
			}
			if w := f.do(r); w.Code >= 300 {
				t.Fatalf("%s: %d %s", path, w.Code, w.Body)
			}
		}
		want, l := f.click().AnonymousID, f.letters()
		epoch := "p7-"
		if path == "/v1/batch" {
			epoch = "p8-"
		}
		if !strings.HasPrefix(want, epoch) || len(l) != 1 || !strings.Contains(l[0].Payload, `"`+want+`"`) {
			t.Errorf("%s: %s, letters %+v", path, want, l)
		}
	}
	shop, _ := shops.ByID("alpha")
	received := schemas.MillisOf(testNow)
	for raw, want := range map[string]schemas.Millis{
		`{"timestamp_micros":"1795176000000000"}`: 1795176000000, `{"dtm":"1795176000001","ttm":"1795176000000","stm":"5"}`: 1795176000000,
		`{"time":5}`: received, `{"time":"2030-01-01T00:00:00Z"}`: received, `{"a":{"time":1795176000000}}`: received, `[]`: received, `{"time":1795176000000,`: 1795176000000, ``: received,
	} {
		if got := eventTime([]byte(raw), received, ""); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
	if text, _ := redact([]byte(`{"dtm":"1795176000000","co":"{\"data\":{\"user_id\":\"jo@x.example\"}}"}`), redaction{shop: shop, received: received}); !strings.Contains(text, "p7-") {
		t.Errorf("JSON within a text: %s", text)
	}
}
