package ingest

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/rs/zerolog"

	"tidemark/ingest/webhook"
	"tidemark/schemas"
)

const shopifyPaid = `{"id":1001,"email":"jo@mail.example","created_at":"2026-11-22T20:00:00Z","updated_at":"2026-11-22T20:30:00Z","currency":"USD","total_price":"403.00",
	"customer":{"id":77,"first_name":"Jo"},"note_attributes":[{"name":"tidemark_anonymous_id","value":"a"}],
	"shipping_address":{"name":"Jo Doe","address1":"1 Street","phone":"13800138000"},"line_items":[{"sku":"s","quantity":1,"price":"403.00"}]}`

// delivery makes a signed request. Headers come in pairs.
func delivery(provider, shop, secret, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/"+provider+"/"+shop, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	sum := mac.Sum(nil)
	switch provider {
	case "shopify":
		r.Header.Set("X-Shopify-Hmac-SHA256", base64.StdEncoding.EncodeToString(sum))
		r.Header.Set("X-Shopify-Shop-Domain", shop+".myshopify.example")
	case "woocommerce":
		r.Header.Set("X-WC-Webhook-Signature", base64.StdEncoding.EncodeToString(sum))
		r.Header.Set("X-WC-Webhook-Source", "https://"+shop+".example/shop/")
	case "aftership":
		r.Header.Set("aftership-hmac-sha256", base64.StdEncoding.EncodeToString(sum))
	case "easypost":
		r.Header.Set("X-Hmac-Signature", "hmac-sha256-hex="+hex.EncodeToString(sum))
	case "17track":
		r.Header.Set("sign", fmt.Sprintf("%x", sha256.Sum256([]byte(body+"/"+secret))))
	case "stripe":
		r.Header.Set("Stripe-Signature", stripeSignature(testNow, secret, body))
	case "kuaidi100":
		form := url.Values{"param": {body}, "sign": {fmt.Sprintf("%X", md5.Sum([]byte(body+secret)))}}.Encode()
		r = httptest.NewRequest(http.MethodPost, "/webhooks/"+provider+"/"+shop, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func stripeSignature(at time.Time, secret, body string) string {
	t := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + "." + body))
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

func shopifyDelivery(shop, topic, body string) *http.Request {
	return delivery("shopify", shop, "shopify-new-secret", body, "X-Shopify-Topic", topic)
}

func (f *fixture) parcels() []schemas.Parcel {
	return decodeAll[schemas.Parcel](f.tb, f, schemas.Logistics.Topic())
}

// want makes the request and checks its status.
func (f *fixture) want(status int, r *http.Request) *httptest.ResponseRecorder {
	f.tb.Helper()
	w := f.do(r)
	if w.Code != status {
		f.tb.Fatalf("%s: status %d, want %d: %s", r.URL.Path, w.Code, status, w.Body)
	}
	return w
}

// samples are one good delivery of each provider, and how many records it makes.
var samples = []struct {
	provider, secret, body string
	headers                []string
	records                int
}{
	{"shopify", "shopify-new-secret", shopifyPaid, []string{"X-Shopify-Topic", "orders/paid"}, 2},
	{"shopify", "shopify-old-secret", shopifyPaid, []string{"X-Shopify-Topic", "orders/create"}, 1},
	{"woocommerce", "woo-alpha-secret", `{"id":7,"status":"pending","currency":"EUR","date_created_gmt":"2026-11-22T20:00:00","date_modified_gmt":"2026-11-22T20:00:00","total":"5.00"}`, []string{"X-WC-Webhook-Topic", "order.created"}, 1},
	{"aftership", "aftership-secret", `{"event":"tracking_update","ts":1795381000,"msg":{"slug":"ups","tracking_number":"1Z","tag":"Pending"}}`, nil, 1},
	{"17track", "track17-secret", `{"event":"TRACKING_UPDATED","data":{"number":"1Z","carrier":3011,"track_info":{"latest_status":{"status":"NotFound"}}}}`, nil, 1},
	{"kuaidi100", "kuaidi100-salt", `{"status":"abort","lastResult":{"com":"yunda","nu":"1Z"}}`, nil, 1},
	{"easypost", "easypost-secret", `{"description":"tracker.created","result":{"tracking_code":"1Z","carrier":"UPS","status":"unknown"}}`, nil, 1},
	{"stripe", "whsec_alpha_secret", `{"id":"evt_1","type":"payment_intent.payment_failed","created":1795381400,"livemode":true,"data":{"object":{"id":"pi_1","amount":500,"currency":"eur"}}}`, nil, 1},
}

func TestWebhooksAreAccepted(t *testing.T) {
	for _, s := range samples {
		t.Run(s.provider, func(t *testing.T) {
			f := newFixture(t, nil)
			w := f.want(200, delivery(s.provider, "alpha", s.secret, s.body, s.headers...))
			want := `{"success":true}`
			if s.provider == "kuaidi100" {
				want = `{"result":true,"returnCode":"200","message":"成功"}`
			}
			if w.Body.String() != want || len(f.kept.recs) != s.records || len(f.letters()) != 0 {
				t.Errorf("answer %s, %d records, dead letters %+v", w.Body, len(f.kept.recs), f.letters())
			}
			if n := counted(t, f.collector.metrics.events.WithLabelValues(s.provider, resultAccepted)); n != float64(s.records) {
				t.Errorf("%v counted", n)
			}
			first := idsIn(f)
			f.want(200, delivery(s.provider, "alpha", s.secret, s.body, s.headers...))
			if again := idsIn(f)[len(first):]; !slices.Equal(first, again) {
				t.Errorf("a repeated delivery has other ids: %v, %v", first, again)
			}
		})
	}
}

// idsIn lists topic, key and event id of every record.
func idsIn(f *fixture) (out []string) {
	for _, r := range f.kept.recs {
		var e struct {
			ID string `json:"event_id"`
		}
		if err := json.Unmarshal(r.Value, &e); err != nil {
			f.tb.Fatal(err)
		}
		out = append(out, r.Topic+" "+string(r.Key)+" "+e.ID)
	}
	return out
}

// Row 27, and the rules for the rest of the request.
func TestWebhookRequests(t *testing.T) {
	f := newFixture(t, nil)
	r := shopifyDelivery("alpha", "orders/paid", shopifyPaid)
	r.Header.Set("X-Shopify-Shop-Domain", "beta.myshopify.example")
	f.want(403, r)
	r = shopifyDelivery("alpha", "orders/paid", shopifyPaid)
	r.Header.Del("X-Shopify-Shop-Domain")
	f.want(403, r)
	f.want(403, delivery("woocommerce", "alpha", "woo-alpha-secret", "{}", "X-WC-Webhook-Source", "https://alpha.example/other"))
	get := httptest.NewRequest(http.MethodGet, "/webhooks/shopify/alpha", nil)
	if w := f.want(405, get); w.Header().Get("Allow") != http.MethodPost {
		t.Errorf("headers %v", w.Header())
	}
	f.want(404, httptest.NewRequest(http.MethodPost, "/webhooks/paypal/alpha", strings.NewReader("{}")))
	f.want(404, httptest.NewRequest(http.MethodPost, "/webhooks/shopify/", strings.NewReader("{}")))
	f.want(415, delivery("stripe", "alpha", "whsec_alpha_secret", "{}", "Content-Type", "text/xml"))
	f.want(413, delivery("stripe", "alpha", "whsec_alpha_secret", strings.Repeat(" ", 1<<20)+"{}"))
	if len(f.kept.recs) != 0 {
		t.Errorf("%d records", len(f.kept.recs))
	}
	f.kept.err = errors.New("no broker")
	if w := f.want(503, shopifyDelivery("alpha", "orders/paid", shopifyPaid)); w.Header().Get("Retry-After") == "" {
		t.Errorf("headers %v", w.Header())
	}
}

// WooCommerce tests an address without signing, and takes anything but 200 for a broken one.
func TestWooPingIsAnswered(t *testing.T) {
	f := newFixture(t, nil)
	r := httptest.NewRequest(http.MethodPost, "/webhooks/woocommerce/alpha", strings.NewReader("webhook_id=12"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	f.want(200, r)
	if n := counted(t, f.collector.metrics.events.WithLabelValues("woocommerce", resultIgnored)); n != 1 || len(f.kept.recs) != 0 {
		t.Errorf("%v ignored, %d records", n, len(f.kept.recs))
	}
}

// What is signed and cannot be used is answered 200, or the provider would stop sending; the dead letter tells nothing personal.
func TestWebhookDeadLetters(t *testing.T) {
	for _, row := range []struct {
		name string
		r    *http.Request
		kind Kind
	}{
		{"other topic", shopifyDelivery("alpha", "products/update", `{"id":1}`), KindUnknownType},
		{"empty", shopifyDelivery("alpha", "orders/paid", ``), KindUnreadable},
		{"no JSON", shopifyDelivery("alpha", "orders/paid", `{"note":"Jo Doe","email":"jo@mail.example"`), KindUnreadable},
		{"id given twice", shopifyDelivery("alpha", "orders/paid", `{"id":1,"id":2}`), KindUnreadable},
		{"no id", shopifyDelivery("alpha", "orders/paid", strings.Replace(shopifyPaid, `"id":1001,`, "", 1)), KindMissingField},
		{"unknown currency", shopifyDelivery("alpha", "orders/paid", strings.Replace(shopifyPaid, "USD", "XYZ", 1)), KindBadCurrency},
		{"negative", shopifyDelivery("alpha", "orders/paid", strings.Replace(shopifyPaid, `"403.00"`, `"-403.00"`, 1)), KindBadAmount},
		{"NUL in the id", shopifyDelivery("alpha", "orders/paid", strings.Replace(shopifyPaid, `1001`, `"a\u0000"`, 1)), KindBadID},
		{"time ahead", shopifyDelivery("alpha", "orders/paid", strings.ReplaceAll(shopifyPaid, `20:30`, `21:30`)), KindBadTime},
		{"three scans without time", delivery("aftership", "alpha", "aftership-secret",
			`{"event":"tracking_update","msg":{"slug":"ups","tracking_number":"1","signed_by":"Jo Doe","checkpoints":[{"tag":"InTransit","message":"by Jo Doe"},{"tag":"InTransit"},{"tag":"InTransit"}]}}`), KindBadTime},
		{"form", delivery("kuaidi100", "alpha", "kuaidi100-salt", `{"lastResult":{"nu":"1","data":[{"context":"Jo Doe 13800138000","status":"在途"}]}}`), KindBadTime},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.want(200, row.r)
			letters := f.letters()
			if len(letters) == 0 || letters[0].Kind != row.kind || letters[0].Shop != "alpha" || len(letters) != len(slices.Compact(slices.Sorted(slices.Values(kindsOf(letters))))) {
				t.Fatalf("dead letters %+v", letters)
			}
			if len(f.orders()) != 0 || len(f.clicks()) != 0 {
				t.Error("an event beside the dead letter")
			}
			for _, r := range f.kept.recs {
				for _, personal := range []string{"Jo", "Doe", "Street", "13800138000", "mail.example"} {
					if bytes.Contains(r.Value, []byte(personal)) {
						t.Errorf("%s in %s", personal, r.Value)
					}
				}
			}
		})
	}
}

// TestShadowsDoNotHideOrders: a copy from a source that does not count must not make the one that counts a duplicate,
// whichever comes first.
func TestShadowsDoNotHideOrders(t *testing.T) {
	f := newFixture(t, nil)
	f.must(200, "/v1/track", betaKey, product("Order Completed", `"order_id":"1001","total":403,"currency":"USD"`)) // Shopify's word counts at beta
	f.want(200, shopifyDelivery("beta", "orders/create", shopifyPaid))
	f.want(200, shopifyDelivery("beta", "orders/paid", shopifyPaid))
	shadows, counted := map[string]bool{}, 0
	for _, o := range f.orders() {
		if shadows[o.EventID] = o.Shadow; !o.Shadow {
			counted++
		}
	}
	if len(shadows) != len(f.orders()) || counted != 2 {
		t.Errorf("%d ids of %d orders, %d count", len(shadows), len(f.orders()), counted)
	}
}

func kindsOf(letters []Letter) (out []string) {
	for _, l := range letters {
		out = append(out, string(l.Kind))
	}
	return out
}

// The kinds of package webhook are the collector's.
func TestWebhookKinds(t *testing.T) {
	for kind, want := range map[webhook.Kind]Kind{webhook.Unreadable: KindUnreadable, webhook.MissingField: KindMissingField, webhook.BadTime: KindBadTime,
		webhook.BadAmount: KindBadAmount, webhook.UnknownTopic: KindUnknownType} {
		if Kind(kind) != want {
			t.Errorf("%s is not %s", kind, want)
		}
	}
}

// The browser's copy, the server's copy and the webhook's count once, where all of them count.
func TestWebhookAndSegmentAgree(t *testing.T) {
	shops := shopsOf(t, regexp.MustCompile(`(?m)^ +authoritative:.*$`).ReplaceAllString(shopsYAML, ""))
	f := newFixture(t, func(c *Config) { c.Shops = func() *schemas.Shops { return shops } })
	f.must(200, "/v1/track", betaKey, product("Order Completed", `"order_id":"1001","total":403,"currency":"USD"`))
	segment := idsIn(f)
	f.kept.recs = nil
	f.want(200, shopifyDelivery("beta", "orders/create", shopifyPaid))
	f.want(200, shopifyDelivery("beta", "orders/paid", shopifyPaid))
	if hooks := idsIn(f); !slices.Equal(segment, hooks) || len(hooks) != 3 {
		t.Errorf("\nsegment %v\nwebhook %v", segment, hooks)
	}
	if c := f.click(); c.Type != schemas.ClickPurchase || c.Value != 403_000_000 || c.Currency != "USD" || !c.Server || c.Source != "shopify" || c.Items[0].SKU != "s" {
		t.Errorf("%+v", c)
	}
	for _, o := range f.orders() {
		if o.Shadow || o.Source != "shopify" || o.Market != "cn" || o.Buyer != "77" {
			t.Errorf("%+v", o)
		}
	}
	f.want(200, shopifyDelivery("beta", "orders/paid", strings.Replace(shopifyPaid, "tidemark_", "", 1)))
	if n := counted(t, f.collector.metrics.noVisitor); n != 1 || len(f.clicks()) != 1 {
		t.Errorf("%v orders without visitor, %d clicks", n, len(f.clicks()))
	}
}

// Another authority than Shopify: stored, not counted. Test orders too, without a purchase. Guests are hashed.
func TestWebhookShadows(t *testing.T) {
	f := newFixture(t, nil)
	f.want(200, shopifyDelivery("alpha", "orders/paid", shopifyPaid))
	f.want(200, shopifyDelivery("beta", "orders/paid", strings.Replace(shopifyPaid, `"id":1001`, `"test":true,"id":1001`, 1)))
	f.want(200, shopifyDelivery("beta", "orders/create", strings.Replace(shopifyPaid, `"id":77`, `"id":null`, 1)))
	beta, _ := f.collector.cfg.Shops().ByID("beta")
	guest, _ := PersonID(beta, testNow, "jo@mail.example")
	o := f.orders()
	if len(o) != 3 || !o[0].Shadow || !o[1].Shadow || o[2].Shadow || o[2].Buyer != guest || len(f.clicks()) != 1 {
		t.Errorf("%+v, %d clicks", o, len(f.clicks()))
	}
	if n := counted(t, f.collector.metrics.orders.WithLabelValues("beta", schemas.OrderPaid)); n != 0 {
		t.Errorf("%v paid orders counted", n)
	}
}

// Attempts to pay follow an authority of their own: at beta Stripe's, at alpha anybody's.
func TestPaymentsHaveTheirAuthority(t *testing.T) {
	f := newFixture(t, nil)
	body := samples[len(samples)-1].body
	f.want(200, delivery("stripe", "alpha", "whsec_alpha_secret", body))
	f.want(200, delivery("stripe", "beta", "whsec_beta_secret", body))
	line := withTime(`{"event_id":"x","type":"payment_failed","occurred_at":"%T","order_id":"1","currency":"EUR","source":"erp"}`)
	f.must(200, "/v1/events?family=orders", betaKey, line)
	f.must(200, "/v1/events?family=orders", secretKey, line)
	for i, o := range f.orders() {
		if o.Type != schemas.OrderPaymentFailed || o.Shadow != (i == 2) {
			t.Errorf("%d: %s from %s at %s: shadow %v", i, o.Type, o.Source, o.Shop, o.Shadow)
		}
	}
}

// A refund that succeeds later is the shop's to tell, as docs/webhooks.md says: it counts beside Shopify's own, once.
func TestRefundThatWasPending(t *testing.T) {
	f := newFixture(t, nil)
	f.want(200, shopifyDelivery("beta", "refunds/create", `{"id":509562969,"order_id":450789469,"created_at":"2026-11-22T09:00:00Z","transactions":[
		{"id":1,"kind":"refund","status":"pending","amount":"41.94","currency":"USD"}]}`))
	line := docLine(t, "../docs/webhooks.md", `{"event_id":"refund-`)
	for range 2 {
		f.must(200, "/v1/events?family=orders", betaKey, line)
	}
	f.want(200, shopifyDelivery("beta", "order_transactions/create", `{"id":1,"order_id":450789469,"kind":"refund","status":"success","amount":"41.94","currency":"USD"}`))
	o := f.orders()
	if len(o) != 3 || o[0].Type != schemas.OrderRefundRequest || o[1].Type != schemas.OrderRefunded || o[1].Shadow || o[1].Refund != 41_940_000 ||
		o[1].OrderID != o[0].OrderID || o[1].EventID != o[2].EventID {
		t.Errorf("%+v", o)
	}
	if kinds := kindsOf(f.letters()); !slices.Equal(kinds, []string{string(KindUnknownType)}) {
		t.Errorf("letters %v", kinds)
	}
}

// docLine is the line of a document that begins so, apart from blanks.
func docLine(t *testing.T, path, begin string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, begin) {
			return line
		}
	}
	t.Fatalf("%s has no line that begins with %s", path, begin)
	return ""
}

// Deliveries of a parcel that grow scan by scan, in every order and twice: always the same events.
func TestScansOutOfOrder(t *testing.T) {
	scans := []string{
		`{"tag":"InfoReceived","checkpoint_time":"2026-11-20T10:00:00Z"}`, `{"tag":"InTransit","subtag":"InTransit_002","checkpoint_time":"2026-11-20T12:00:00Z"}`,
		`{"tag":"OutForDelivery","checkpoint_time":"2026-11-21T08:00:00Z"}`, `{"tag":"Delivered","subtag":"Delivered_004","checkpoint_time":"2026-11-21T09:00:00Z"}`,
	}
	tags := []string{"InfoReceived", "InTransit", "OutForDelivery", "Delivered"}
	bodies := make([]string, len(scans))
	for i := range scans {
		day := []int{22, 22, 23, 23}[i]
		bodies[i] = fmt.Sprintf(`{"event":"tracking_update","ts":%d,"msg":{"slug":"dhl","tracking_number":"T1","tag":%q,"expected_delivery":"2026-11-%d","checkpoints":[%s]}}`,
			1795300000+i, tags[i], day, strings.Join(scans[:i+1], ","))
	}
	var want []string
	for _, p := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}, {3, 0, 1, 2}, {0, 0, 3, 1, 2, 3}} {
		f := newFixture(t, nil)
		for _, i := range p {
			f.want(200, delivery("aftership", "alpha", "aftership-secret", bodies[i]))
		}
		seen := map[string]bool{}
		for _, e := range f.parcels() {
			seen[fmt.Sprint(e.EventID, e.Type, e.OccurredAt, e.PromisedAt, e.LatestPromise, e.RawStatus)] = true
		}
		var got []string
		for e := range seen {
			got = append(got, e)
		}
		slices.Sort(got)
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) || len(got) != 8 { // four scans, and a promise with each
			t.Errorf("%v: %d events\n%s", p, len(got), strings.Join(got, "\n"))
		}
	}
}

func TestUnknownStatusesAreCounted(t *testing.T) {
	f := newFixture(t, nil)
	for range 2 {
		f.want(200, delivery("easypost", "alpha", "easypost-secret", `{"description":"tracker.updated","result":{"tracking_code":"1","carrier":"UPS","status":"cancelled","updated_at":"2026-11-20T10:00:00Z"}}`))
	}
	if n := counted(t, f.collector.metrics.strange.WithLabelValues("easypost")); n != 2 || f.parcels()[0].Type != schemas.ParcelUnknown || f.parcels()[0].RawStatus != "cancelled" {
		t.Errorf("%v counted, %+v", n, f.parcels())
	}
	f.want(200, delivery("stripe", "alpha", "whsec_alpha_secret", `{"type":"payment_intent.processing"}`))
	if n := counted(t, f.collector.metrics.events.WithLabelValues("stripe", resultIgnored)); n != 1 {
		t.Errorf("%v ignored", n)
	}
}

// shops.yaml is read again while the collector runs: a secret that is taken out stops at once.
func TestWebhookSecretsAreExchanged(t *testing.T) {
	load := func(change ...string) *schemas.Shops {
		path := filepath.Join(t.TempDir(), "shops.yaml")
		if err := os.WriteFile(path, []byte(strings.NewReplacer(change...).Replace(shopsYAML)), 0o600); err != nil {
			t.Fatal(err)
		}
		shops, err := schemas.LoadShops(path)
		if err != nil {
			t.Fatal(err)
		}
		return shops
	}
	current := load()
	f := newFixture(t, func(c *Config) { c.Shops = func() *schemas.Shops { return current } })
	old := func() *http.Request {
		return delivery("shopify", "alpha", "shopify-old-secret", shopifyPaid, "X-Shopify-Topic", "orders/paid")
	}
	f.want(200, old())
	current = load("[shopify-new-secret, shopify-old-secret]", "[shopify-new-secret]")
	f.want(401, old())
	f.want(200, shopifyDelivery("alpha", "orders/paid", shopifyPaid))
}

func TestWebhookLogHoldsNoInput(t *testing.T) {
	var log bytes.Buffer
	f := newFixture(t, func(c *Config) { c.Log = zerolog.New(&log) })
	f.kept.err = errors.New("no broker")
	f.want(503, shopifyDelivery("alpha", "orders/paid", strings.Replace(shopifyPaid, "Jo", "canary", 1)))
	f.want(401, delivery("shopify", "alpha", "canary-secret", `{"canary":1}`, "X-Shopify-Topic", "canary"))
	if strings.Contains(log.String(), "canary") {
		t.Errorf("log:\n%s", &log)
	}
}
