package ingest

import (
	"net/http"
	"slices"
	"testing"
)

// FuzzWebhooks: whatever a provider signs, the answer is one that does not make it stop sending, and what is kept can be
// read. The parsers alone have targets of their own in package webhook.
func FuzzWebhooks(f *testing.F) {
	hooks := webhookVoices()
	for i, v := range hooks {
		for body := range badBodies(v) {
			f.Add(uint8(i), v.topic, []byte(body))
		}
	}
	for _, s := range samples {
		f.Add(uint8(slices.IndexFunc(hooks, func(v *voice) bool { return v.provider == s.provider })), "", []byte(s.body))
	}
	fix := newFixture(f, func(c *Config) { c.KeyRate, c.AddressRate = -1, -1 })
	f.Fuzz(func(t *testing.T, which uint8, topic string, body []byte) {
		fix.kept.recs = nil
		v := hooks[int(which)%len(hooks)]
		r := delivery(v.provider, "alpha", v.secret(), string(body), "X-Shopify-Topic", topic, "X-WC-Webhook-Topic", topic)
		switch w := fix.do(r); w.Code {
		case http.StatusOK:
			checkRecords(t, fix)
		case http.StatusRequestEntityTooLarge:
		default:
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
	})
}
