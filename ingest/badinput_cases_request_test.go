package ingest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tidemark/schemas"
)

// requestCases are the rows about what is around a body: signatures, keys, packing, size, routing.
func requestCases() []badCase {
	var out []badCase
	for _, cases := range [][]badCase{signatureCases(), keyCases(), sizeCases(), routeCases(), manyCases()} {
		out = append(out, cases...)
	}
	return out
}

// signedBy makes a case of a webhook that is signed in some way.
func signedBy(row int, name, want string, make func(v *voice, body string) *http.Request) badCase {
	return badCase{row: row, name: name, want: want, when: hooks, lack: noSign, play: func(t *testing.T, f *fixture, v *voice) string {
		w := v.write("bad", nil)
		r := make(v, v.body(w))
		if name, value, ok := strings.Cut(v.topic, ": "); ok {
			r.Header.Set(name, value)
		}
		return f.answer(t, v, r, 1)
	}}
}

// resign replaces a request's signature; nil takes it away.
func resign(v *voice, body string, value *string) *http.Request {
	r := delivery(v.provider, "alpha", v.secret(), body)
	for _, h := range []string{"X-Shopify-Hmac-Sha256", "X-Wc-Webhook-Signature", "Aftership-Hmac-Sha256", "X-Hmac-Signature", "Sign", "Stripe-Signature"} {
		switch {
		case r.Header.Get(h) == "":
		case value == nil:
			r.Header.Del(h)
		default:
			r.Header.Set(h, *value)
		}
	}
	if v.provider == "kuaidi100" {
		form := url.Values{"param": {body}}
		if value != nil {
			form.Set("sign", *value)
		}
		setBody(r, form.Encode())
	}
	return r
}

func setBody(r *http.Request, body string) {
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
}

func signatureCases() []badCase {
	const no = "401 signature"
	malformed := "?"
	old := func(shift time.Duration) func(v *voice, body string) *http.Request {
		return func(v *voice, body string) *http.Request {
			r := delivery(v.provider, "alpha", v.secret(), body)
			r.Header.Set("Stripe-Signature", stripeSignature(testNow.Add(shift), v.secret(), body))
			return r
		}
	}
	times := func(c badCase) badCase {
		c.when, c.lack = are("stripe"), "the provider signs no time"
		return c
	}
	return []badCase{
		signedBy(24, "other secret", no, func(v *voice, body string) *http.Request {
			return delivery(v.provider, "alpha", "another-secret", body)
		}),
		signedBy(24, "missing", no, func(v *voice, body string) *http.Request { return resign(v, body, nil) }),
		signedBy(24, "malformed", no, func(v *voice, body string) *http.Request { return resign(v, body, &malformed) }),
		signedBy(24, "shop nobody knows", no, func(v *voice, body string) *http.Request { return delivery(v.provider, "gamma", v.secret(), body) }),
		signedBy(24, "shop without the provider", no, func(v *voice, body string) *http.Request {
			return delivery(v.provider, "beta", "aftership-secret", body)
		}),
		signedBy(25, "body written anew", no, func(v *voice, body string) *http.Request {
			r, anew := delivery(v.provider, "alpha", v.secret(), body), strings.Replace(body, `":`, `": `, 1)
			if v.provider == "kuaidi100" {
				form, _ := io.ReadAll(r.Body)
				fields, _ := url.ParseQuery(string(form))
				fields.Set("param", anew)
				anew = fields.Encode()
			}
			setBody(r, anew)
			return r
		}),
		{row: 26, name: "fresh repeat", want: accepted, when: hooks, lack: noSign, play: func(t *testing.T, f *fixture, v *voice) string {
			w := v.write("again", nil)
			out := f.answer(t, v, v.request(v.secret(), v.body(w), w), 1)
			first := idsIn(f)
			f.answer(t, v, v.request(v.secret(), v.body(w), w), 1)
			if again := idsIn(f)[len(first):]; fmt.Sprint(first) != fmt.Sprint(again) {
				t.Errorf("other ids the second time: %v, %v", first, again)
			}
			return out
		}},
		{row: 24, name: "secret of another shop", want: no, when: are("stripe"), lack: noSecond, play: func(t *testing.T, f *fixture, v *voice) string {
			w := v.write("bad", nil)
			return f.answer(t, v, delivery(v.provider, "alpha", "whsec_beta_secret", v.body(w)), 1)
		}},
		{row: 28, name: "revoked", want: "401 unknown_key", when: clients, lack: noKey, play: func(t *testing.T, _ *fixture, v *voice) string {
			now := loadShops(t)
			f := newFixture(t, func(c *Config) { c.Shops = func() *schemas.Shops { return now } })
			w := v.write("bad", nil)
			if out := f.answer(t, v, v.request(v.secret(), v.body(w), w), 1); out != accepted {
				return out
			}
			now, f.kept.recs = &schemas.Shops{}, nil
			return f.answer(t, v, v.request(v.secret(), v.body(w), w), 1)
		}},
		times(signedBy(26, "signed 301 s ago", no, old(-301*time.Second))),
		times(signedBy(26, "signed 301 s ahead", no, old(301*time.Second))),
		{row: 27, name: "other shop's domain", want: "403 other_shop", when: are("shopify", "woocommerce"), lack: noDomain, send: func(_ *voice, r *http.Request) *http.Request {
			r.Header.Set("X-Shopify-Shop-Domain", "beta.myshopify.example")
			r.Header.Set("X-Wc-Webhook-Source", "https://beta.example/shop")
			return r
		}},
	}
}

// withKey makes a case of a good request under a key.
func withKey(name, want, key string, but ...exception) badCase {
	return badCase{row: 28, name: name, want: want, but: but, when: clients, lack: noKey, play: func(t *testing.T, f *fixture, v *voice) string {
		w := v.write("bad", nil)
		r := v.request("", v.body(w), w)
		if key != "" {
			v.key(r, key)
		}
		return f.answer(t, v, r, 1)
	}}
}

func keyCases() []badCase {
	const no = "401 unknown_key"
	authorization := func(value string) badCase {
		return badCase{row: 28, name: "authorization " + strconv.Quote(value), want: no, when: clients, lack: noKey, play: func(t *testing.T, f *fixture, v *voice) string {
			w := v.write("bad", nil)
			r := v.request("", v.body(w), w)
			r.Header.Set("Authorization", value)
			return f.answer(t, v, r, 1)
		}}
	}
	return []badCase{
		withKey("none", no, ""), withKey("unknown", no, "pk_nobody"),
		withKey("for another source", "403 key_for_other_source", nativeKey, exception{are(dialectNative), accepted, ""}),
		authorization("Basic !!!"), authorization("Bearer "), authorization("Digest x"),
		{row: 28, name: "other tenant's shop named", want: "403 other_shop", when: are(dialectNative, "cloudevents binary"), lack: noTenant, play: func(t *testing.T, f *fixture, v *voice) string {
			w := v.write("bad", nil)
			return f.answer(t, v, v.request(betaKey, strings.Replace(v.body(w), "{", `{"shop":"alpha",`, 1), w), 1)
		}},
		{row: 28, name: "public key where a secret one is due", want: "403 secret_key_needed", when: func(v *voice) bool {
			return are(dialectNative)(v) && !strings.HasSuffix(v.name, "clickstream")
		}, lack: "clickstream may be written with a public key", play: func(t *testing.T, f *fixture, v *voice) string {
			w := v.write("bad", nil)
			return f.answer(t, v, v.request(publicKey, v.body(w), w), 1)
		}},
	}
}

// bomb is 64 MiB of zeros, packed.
var bomb = sync.OnceValue(func() string { return string(pack(make([]byte, 64<<20))) })

func sizeCases() []badCase {
	segmentLike := are("segment", "jitsu")
	long := func(v *voice) string {
		w := v.write("bad", nil)
		return v.body(w) + strings.Repeat(" ", v.limit)
	}
	tooLarge := func(row int, name, want string, make func(v *voice) (body string, change func(*http.Request))) badCase {
		return badCase{row: row, name: name, want: want, but: []exception{{segmentLike, strings.Replace(want, "413", "400", 1), tooMuch400}}, when: posts, lack: noBody,
			play: func(t *testing.T, f *fixture, v *voice) string {
				body, change := make(v)
				r := v.request(v.secret(), body, v.write("bad", nil))
				change(r)
				return f.answer(t, v, r, 1)
			}}
	}
	gzipped := func(body func(v *voice, good []byte) string) func(v *voice) (string, func(*http.Request)) {
		return func(v *voice) (string, func(*http.Request)) {
			good := v.body(v.write("bad", nil))
			return good, func(r *http.Request) {
				text, _ := io.ReadAll(r.Body)
				setBody(r, body(v, text))
				r.Header.Set("Content-Encoding", "gzip")
			}
		}
	}
	encoded := func(how string) func(v *voice) (string, func(*http.Request)) {
		return func(v *voice) (string, func(*http.Request)) {
			return v.body(v.write("bad", nil)), func(r *http.Request) { r.Header.Set("Content-Encoding", how) }
		}
	}
	event := badCase{row: 5, name: "event over the limit", want: "413 event_too_large", when: bothOf(posts, not(hooks)), lack: "bodies have one event",
		but: []exception{{segmentLike, "400 event_too_large", tooMuch400}, {are("amplitude", "ga4", "snowplow POST"), "413 body_too_large", ""},
			{are("cloudevents batch", "ndjson"), string(KindTooLarge), tooLong}, {are("cloudevents"), string(KindTooLarge), tooLong}},
		word: func(v *voice, w *wording) {
			w.extra = quote(strings.Repeat("x", v.limit))
			switch {
			case strings.HasSuffix(v.name, "orders"):
				w.extra = quote(strings.Repeat("x", MaxRecord))
			case segmentLike(v) || are(dialectNative)(v) && !strings.HasSuffix(v.name, "orders"), are("cloudevents")(v):
				w.extra = quote(strings.Repeat("x", 32<<10))
			case are("posthog")(v):
				w.extra = quote(strings.Repeat("x", 1<<20))
			}
		}}
	return []badCase{
		tooLarge(5, "body over the limit", "413 body_too_large", func(v *voice) (string, func(*http.Request)) { return long(v), func(*http.Request) {} }),
		tooLarge(5, "body over the limit without length", "413 body_too_large", func(v *voice) (string, func(*http.Request)) {
			return long(v), func(r *http.Request) { r.ContentLength = -1 }
		}),
		event,
		{row: 5, name: "query over the limit", want: "414 url_too_long", when: not(posts), lack: "no query", word: func(_ *voice, w *wording) { w.extra = quote(strings.Repeat("x", maxQuery)) }},
		tooLarge(33, "gzip", accepted, gzipped(func(_ *voice, good []byte) string { return string(pack(good)) })),
		tooLarge(33, "gzip bomb", "413 body_too_large", gzipped(func(v *voice, _ []byte) string { return bomb() })),
		notLarge(tooLarge(33, "gzip truncated", "400 body", gzipped(func(_ *voice, good []byte) string { p := pack(good); return string(p[:len(p)-5]) }))),
		{row: 33, name: "gzip in gzip", want: "400 invalid_utf8", but: []exception{{hooks, "401 signature", ""}}, when: posts, lack: noBody, send: func(_ *voice, r *http.Request) *http.Request {
			text, _ := io.ReadAll(r.Body)
			setBody(r, string(pack(pack(text))))
			r.Header.Set("Content-Encoding", "gzip")
			return r
		}},
		notLarge(tooLarge(33, "gzip named but not there", "400 gzip", encoded("gzip"))),
		{row: 33, name: "gzip not named but there", want: "400 invalid_utf8", but: []exception{{hooks, "401 signature", ""}}, when: posts, lack: noBody, send: func(_ *voice, r *http.Request) *http.Request {
			text, _ := io.ReadAll(r.Body)
			setBody(r, string(pack(text)))
			return r
		}},
		notLarge(tooLarge(33, "brotli", "415 content_encoding", encoded("br"))),
		notLarge(tooLarge(33, "two encodings", "415 content_encoding", encoded("gzip, gzip"))),
	}
}

// notLarge drops the exception for what is too large.
func notLarge(c badCase) badCase {
	c.but = nil
	return c
}

func routeCases() []badCase {
	with := func(row int, name, want string, change func(v *voice, r *http.Request)) badCase {
		return badCase{row: row, name: name, want: want, send: func(v *voice, r *http.Request) *http.Request {
			change(v, r)
			return r
		}}
	}
	media := func(name, value string) badCase {
		return with(37, name, "415 content_type", func(_ *voice, r *http.Request) { r.Header.Set("Content-Type", value) })
	}
	foreign := with(37, "preflight of a foreign origin", "405 method", func(_ *voice, r *http.Request) {
		r.Method = http.MethodOptions
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Access-Control-Request-Method", "POST")
	})
	return []badCase{
		with(37, "PUT", "405 method", func(_ *voice, r *http.Request) { r.Method = http.MethodPut }),
		with(37, "GET for POST, or POST for GET", "405 method", func(v *voice, r *http.Request) {
			r.Method = map[string]string{http.MethodGet: http.MethodPost, http.MethodPost: http.MethodGet}[r.Method]
		}),
		with(37, "path below", "404", func(v *voice, r *http.Request) { r.URL.Path = strings.TrimSuffix(r.URL.Path, "/") + "/nothing" }),
		media("XML", "application/xml"), media("charset UTF-16", "application/json; charset=utf-16"), media("content type is garbage", ";;"),
		foreign,
		with(38, "500 headers", "431 too_many_headers", func(_ *voice, r *http.Request) {
			for i := range 500 {
				r.Header.Set(fmt.Sprintf("X-%d", i), "1")
			}
		}),
		with(38, "URL of 64 KiB", "414 url_too_long", func(_ *voice, r *http.Request) {
			r.RequestURI += strings.Repeat("y", 64<<10)
		}),
	}
}

func manyCases() []badCase {
	many := func(n int, change func(*voice, *wording)) func(v *voice) []wording {
		return func(v *voice) []wording {
			all := []wording{v.write("good", nil)}
			for i := range v.batch + n - 1 {
				all = append(all, v.write("b"+strconv.Itoa(i), change))
			}
			return all
		}
	}
	play := func(make func(*voice) []wording) func(*testing.T, *fixture, *voice) string {
		return func(t *testing.T, f *fixture, v *voice) string {
			all := make(v)
			return f.answer(t, v, v.request(v.secret(), v.body(all...), all[0]), len(all))
		}
	}
	short := func(_ *voice, w *wording) { *w = wording{at: w.at} }
	return []badCase{
		{row: 39, name: "one more than a batch may have", want: "413 too_many_events", but: []exception{{are("segment", "jitsu"), "400 too_many_events", tooMuch400}}, when: batches, lack: noBatch, play: play(many(1, short))},
		{row: 39, name: "a full batch, one good", want: string(KindBadTime), when: batches, lack: noBatch, play: play(many(0, func(_ *voice, w *wording) { w.at = "-1" }))},
		{row: 41, name: "10,000 names or ids", want: accepted, play: manyNames},
		{row: 42, name: "order told backwards", want: accepted, when: func(v *voice) bool { return backwards(v) != nil }, lack: noOrders, play: func(t *testing.T, f *fixture, v *voice) string {
			for _, r := range backwards(v) {
				if out := f.answer(t, v, r, 1); out != accepted {
					return out
				}
			}
			return accepted
		}},
		{row: 45, name: "good request", want: "503 kafka_unavailable", play: away(nil)},
		{row: 45, name: "event for the dead letters", want: "503 kafka_unavailable", play: away(func(_ *voice, w *wording) { w.at = "-1" })},
	}
}

// away sends while Kafka is.
func away(change func(*voice, *wording)) func(*testing.T, *fixture, *voice) string {
	return func(t *testing.T, f *fixture, v *voice) string {
		f.kept.err = errors.New("no broker")
		defer func() { f.kept.err = nil }()
		w := v.write("bad", change)
		r := v.request(v.secret(), v.body(w), w)
		return f.answer(t, v, r, 1)
	}
}

// manyNames sends 10,000 events of names, campaigns and ids of their own.
func manyNames(t *testing.T, f *fixture, v *voice) string {
	before := series(t, f)
	size := max(1, min(v.batch, 500))
	for i := 0; i < 10_000; i += size {
		f.kept.recs = nil
		var all []wording
		for j := range size {
			all = append(all, v.write(fmt.Sprintf("id%d", i+j), func(_ *voice, w *wording) {
				if v.knows("name") {
					w.name = quote(fmt.Sprintf("name%d", i+j))
				}
				if v.knows("campaign") {
					w.campaign = quote(fmt.Sprintf("campaign%d", i+j))
				}
			}))
		}
		if out := f.answer(t, v, v.request(v.secret(), v.body(all...), all[0]), size); out != accepted {
			return out
		}
	}
	if grown := series(t, f) - before; grown > 8 {
		t.Errorf("%d new series after 10,000 names", grown)
	}
	return accepted
}

// strange is a body whose event's type nobody knows.
func strange(v *voice, body string) string {
	for _, kind := range []string{`"type":"track"`, `"e":"ue"`, "e=ue", `"type":"shop.clickstream.view_item"`, `"event":"tracking_update"`, `"event":"TRACKING_UPDATED"`,
		`"description":"tracker.updated"`, `"type":"payment_intent.payment_failed"`} {
		if name, _, ok := strings.Cut(kind, ":"); ok {
			body = strings.Replace(body, kind, name+`:"shop.clickstream.teleport"`, 1)
		} else {
			body = strings.Replace(body, kind, "e=zz", 1)
		}
	}
	if are(dialectNative)(v) {
		before, rest, _ := strings.Cut(body, `"type":"`)
		_, rest, _ = strings.Cut(rest, `"`)
		return before + `"type":"teleport"` + rest
	}
	return body
}

// strangeTopic is the same where the type stands in a header.
func strangeTopic(v *voice, r *http.Request) *http.Request {
	if name, _, ok := strings.Cut(v.topic, ": "); ok {
		r.Header.Set(name, "shop.teleport")
	}
	if r.Header.Get("ce-type") != "" {
		r.Header.Set("ce-type", "shop.clickstream.teleport")
	}
	return r
}

// backwards are requests that tell an order from its end: a refund above the total, then the payment, then the order.
func backwards(v *voice) (out []*http.Request) {
	sent := func(body string) {
		out = append(out, v.request(v.secret(), body, v.write("x", nil)))
	}
	properties := `{"order_id":"o9","total":5,"refund":50,"value":5,"transaction_id":"o9","currency":"EUR"}`
	steps := []string{"Order Refunded", "Order Completed"}
	at := v.at(testNow.Add(-time.Second))
	switch v.name {
	case "segment", "jitsu":
		for _, s := range steps {
			sent(`{"batch":[{"type":"track","event":"` + s + `","anonymousId":"a1","properties":` + properties + `}]}`)
		}
	case "posthog":
		for _, s := range steps {
			sent(`{"batch":[{"event":"` + s + `","distinct_id":"a1","properties":` + properties + `}]}`)
		}
	case "amplitude":
		for _, s := range steps {
			sent(`{"events":[{"event_type":"` + s + `","device_id":"a1","event_properties":` + properties + `}]}`)
		}
	case "ga4":
		for _, s := range []string{"refund", "purchase"} {
			sent(`{"client_id":"a1","events":[{"name":"` + s + `","params":` + properties + `}]}`)
		}
	case "cloudevents structured":
		for _, s := range []string{schemas.OrderRefunded, schemas.OrderFulfilled, schemas.OrderPaid, schemas.OrderPlaced} {
			sent(`{"specversion":"1.0","id":"` + s + `","source":"/s","type":"orders.` + s + `","time":` + at + `,"data":{"order_id":"o9","total":"5","refund":"50","currency":"EUR"}}`)
		}
	case "ndjson orders":
		for _, s := range []string{schemas.OrderRefunded, schemas.OrderFulfilled, schemas.OrderPaid, schemas.OrderPlaced} {
			sent(`{"event_id":"` + s + `","type":"` + s + `","occurred_at":` + at + `,"order_id":"o9","total":"5","refund":"50","currency":"EUR"}`)
		}
	case "shopify":
		refund := shopifyDelivery("alpha", "refunds/create", `{"id":9,"order_id":1001,"created_at":"2026-11-22T20:00:00Z","transactions":[{"kind":"refund","status":"success","amount":"5000.00","currency":"USD"}]}`)
		for _, topic := range []string{"orders/fulfilled", "orders/paid", "orders/create"} {
			out = append(out, shopifyDelivery("alpha", topic, shopifyPaid))
		}
		out = append([]*http.Request{refund}, out...)
	}
	return out
}
