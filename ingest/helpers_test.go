package ingest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// Keys of the test shops.
const (
	publicKey = "pk_recorded" // the one in the recorded requests
	secretKey = "sk_recorded_0123456789"
	betaKey   = "sk_beta_0123456789abc"
	nativeKey = "sk_native_only_0123456"
)

const shopsYAML = `
identity_keys:
  - {epoch: 7, from: 2026-01-01, key: dGVzdC10ZXN0LXRlc3QtdGVzdC10ZXN0LXRlc3QtMTI=}
shops:
  - id: alpha
    zone: Europe/Berlin
    currency: EUR
    market: de
    stage: mature
    authoritative: {orders: segment}
    webhooks:
      - {provider: shopify, secrets: [shopify-new-secret, shopify-old-secret], domain: alpha.myshopify.example}
      - {provider: woocommerce, secrets: [woo-alpha-secret], domain: alpha.example/shop}
      - {provider: aftership, secrets: [aftership-secret]}
      - {provider: 17track, secrets: [track17-secret]}
      - {provider: kuaidi100, secrets: [kuaidi100-salt]}
      - {provider: easypost, secrets: [easypost-secret]}
      - {provider: stripe, secrets: [whsec_alpha_secret]}
    keys:
      - {key: pk_recorded, kind: public}
      - {key: sk_recorded_0123456789, kind: secret}
      - {key: sk_native_only_0123456, kind: secret, sources: [ndjson]}
  - id: beta
    zone: Asia/Shanghai
    currency: CNY
    market: cn
    stage: new
    authoritative: {orders: shopify, payments: stripe}
    webhooks:
      - {provider: shopify, secrets: [shopify-new-secret], domain: beta.myshopify.example} # one app, two shops
      - {provider: stripe, secrets: [whsec_beta_secret]}
    keys:
      - {key: sk_beta_0123456789abc, kind: secret}
`

// testNow is shortly after the recordings.
var testNow = time.Date(2026, 11, 22, 21, 4, 50, 0, time.UTC)

func loadShops(tb testing.TB) *schemas.Shops { return shopsOf(tb, shopsYAML) }

func shopsOf(tb testing.TB, text string) *schemas.Shops {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "shops.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	shops, err := schemas.LoadShops(path)
	if err != nil {
		tb.Fatal(err)
	}
	return shops
}

// keeper is a Producer that keeps records in memory, and fails where told to.
type keeper struct {
	mu   sync.Mutex
	recs []*kgo.Record
	err  error
}

func (k *keeper) Produce(_ context.Context, recs []*kgo.Record) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return k.err
	}
	k.recs = append(k.recs, recs...)
	return nil
}

func (k *keeper) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.recs)
}

// fixture is one collector with a clock of its own.
type fixture struct {
	now       time.Time
	tb        testing.TB
	collector *Collector
	handler   http.Handler
	kept      *keeper
}

func newFixture(tb testing.TB, change func(*Config)) *fixture {
	tb.Helper()
	shops, kept := loadShops(tb), &keeper{}
	f := &fixture{now: testNow, tb: tb, kept: kept}
	cfg := Config{Shops: func() *schemas.Shops { return shops }, Producer: kept, Log: zerolog.Nop(),
		Registry: prometheus.NewRegistry(), Now: func() time.Time { return f.now }}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	f.collector, f.handler = c, c.Handler()
	return f
}

// request is a POST with the key as Basic user.
func request(path, key, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	if key != "" {
		r.SetBasicAuth(key, "")
	}
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/v1/events") {
		r.Header.Set("Content-Type", "application/x-ndjson")
	}
	return r
}

func (f *fixture) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}

func (f *fixture) post(path, key, body string) *httptest.ResponseRecorder {
	return f.do(request(path, key, body))
}

// must posts and checks the status.
func (f *fixture) must(status int, path, key, body string) *httptest.ResponseRecorder {
	f.tb.Helper()
	w := f.post(path, key, body)
	if w.Code != status {
		f.tb.Fatalf("%s: status %d, want %d: %s", path, w.Code, status, w.Body)
	}
	return w
}

func decodeAll[E any](tb testing.TB, f *fixture, topic string) (out []E) {
	tb.Helper()
	for _, r := range f.kept.recs {
		if r.Topic != topic {
			continue
		}
		var e E
		if err := json.Unmarshal(r.Value, &e); err != nil {
			tb.Fatalf("%s: %v: %s", topic, err, r.Value)
		}
		out = append(out, e)
	}
	return out
}

func (f *fixture) clicks() []schemas.Click {
	return decodeAll[schemas.Click](f.tb, f, schemas.Clickstream.Topic())
}

func (f *fixture) orders() []schemas.Order {
	return decodeAll[schemas.Order](f.tb, f, schemas.Orders.Topic())
}

func (f *fixture) letters() []Letter {
	return decodeAll[Letter](f.tb, f, schemas.DeadLetterTopic)
}

// one returns the only click.
func (f *fixture) click() schemas.Click {
	f.tb.Helper()
	clicks := f.clicks()
	if len(clicks) != 1 {
		f.tb.Fatalf("%d clicks, want 1; dead letters %+v", len(clicks), f.letters())
	}
	return clicks[0]
}

func counted(tb testing.TB, c prometheus.Metric) float64 {
	tb.Helper()
	var m dto.Metric
	if err := c.Write(&m); err != nil {
		tb.Fatal(err)
	}
	return m.GetCounter().GetValue()
}

// series counts the time series of all metrics.
func series(tb testing.TB, f *fixture) (n int) {
	tb.Helper()
	families, err := f.collector.cfg.Registry.(*prometheus.Registry).Gather()
	if err != nil {
		tb.Fatal(err)
	}
	for _, fam := range families {
		n += len(fam.Metric)
	}
	return n
}

// Good events of the two dialects that most tests speak.
const (
	goodTrack = `{"type":"track","event":"Signed Up","anonymousId":"a1","messageId":"good"}`
	goodLine  = `{"event_id":"good","type":"page_view","occurred_at":"2026-11-22T21:04:49Z","anonymous_id":"a1"}`
)

func track(fields string) string { return `{"type":"track","anonymousId":"a",` + fields + `}` }

func product(event, properties string) string {
	return track(`"event":"` + event + `","properties":{` + properties + `}`)
}

// click is a line of the clickstream; withTime puts a good time in.
func click(fields string) string {
	return `{"event_id":"x","type":"view_item","occurred_at":"%T","anonymous_id":"a",` + fields + `}`
}

func withTime(text string) string { return strings.ReplaceAll(text, "%T", "2026-11-22T21:04:49Z") }
