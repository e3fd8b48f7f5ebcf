package ingest

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"

	"tidemark/schemas"
)

// recording is what a published client sent, told only host and key, taken down by a recorder: the visit of
// deploy/integration/sdk/visit.json. Every request of a client that tries again is there twice, first with the answer
// that was lost.
type recording struct {
	Client   string            `json:"client"`
	Requests []recordedRequest `json:"requests"`
}

type recordedRequest struct {
	Method   string            `json:"method"`
	Path     string            `json:"path"`
	Header   map[string]string `json:"header"`
	Body     jsontext.Value    `json:"body"`
	Answered int               `json:"answered"`
}

var sentShape = regexp.MustCompile(`"(?:sentAt|sent_at|client_upload_time|time)":"([^"]+)"|stm["=:]+([0-9]{13})`)

func recordings(t *testing.T) map[string]recording {
	t.Helper()
	files, err := filepath.Glob("testdata/sdk/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in testdata/sdk: %v", err)
	}
	out := map[string]recording{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var rec recording
		if err := json.Unmarshal(raw, &rec); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out[strings.TrimSuffix(filepath.Base(file), ".json")] = rec
	}
	return out
}

// request is the recorded one, with the secret key in the place of the public one where asked for.
func (q *recordedRequest) request(t *testing.T, secret bool) *http.Request {
	t.Helper()
	change := func(text string) string { return text }
	if secret {
		basic := func(key string) string { return request("/", key, "").Header.Get("Authorization") }
		change = strings.NewReplacer(publicKey, secretKey, basic(publicKey), basic(secretKey)).Replace
	}
	body := []byte(change(string(q.Body)))
	if q.Method == http.MethodGet {
		body = nil
	}
	if q.Header["Content-Encoding"] == "gzip" {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(body); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		body = packed.Bytes()
	}
	r := httptest.NewRequest(q.Method, change(q.Path), bytes.NewReader(body))
	for name, value := range q.Header {
		r.Header.Set(name, change(value))
	}
	return r
}

// play sends a recording's requests, those with that status or, for 0, all, each a second after its client had sent it.
func (f *fixture) play(t *testing.T, rec recording, status int, secret bool) {
	t.Helper()
	for i, q := range rec.Requests {
		if status != 0 && q.Answered != status {
			continue
		}
		f.now = q.sentAt(t).Add(time.Second)
		w := f.do(q.request(t, secret))
		if refused := !secret && q.needsSecret() && w.Code == http.StatusForbidden; w.Code != http.StatusOK && !refused {
			t.Fatalf("request %d: answer %d %s", i, w.Code, w.Body)
		}
	}
	if len(f.letters()) != 0 {
		t.Errorf("dead letters %+v", f.letters())
	}
}

// needsSecret: a CloudEvent says itself that it is an order's.
func (q *recordedRequest) needsSecret() bool {
	return strings.Contains(q.Header["Ce-Type"], ".orders.")
}

// sentAt is when the client says that it sent the request; a CloudEvent has but its event's own time.
func (q *recordedRequest) sentAt(t *testing.T) time.Time {
	t.Helper()
	found := sentShape.FindStringSubmatch(string(q.Body) + q.Path + ` "time":"` + q.Header["Ce-Time"] + `"`)
	if found == nil {
		t.Fatalf("%s %s has no time", q.Method, q.Path)
	}
	if ms, err := strconv.ParseInt(found[2], 10, 64); err == nil {
		return time.UnixMilli(ms)
	}
	at, err := time.Parse(time.RFC3339, found[1])
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// visitTypes is what the visit becomes; Snowplow has no identify.
func visitTypes(name string) []string {
	all := []string{schemas.ClickIdentify, schemas.ClickPageView, schemas.ClickSearch, schemas.ClickViewItem, schemas.ClickAddToCart,
		schemas.ClickBeginCheckout, schemas.ClickAddPaymentInfo, schemas.ClickPurchase}
	if strings.HasPrefix(name, "snowplow") {
		return all[1:]
	}
	return all
}

// sourceOf is the dialect of a recording: RudderStack's clients cannot be told from Segment's.
func sourceOf(name string) string {
	client, _, _ := strings.Cut(name, "-")
	if client == "rudderstack" {
		return dialectSegment
	}
	return client
}

func TestSDKWithPublicKey(t *testing.T) {
	for name, rec := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.play(t, rec, http.StatusOK, false)
			var types []string
			for _, c := range f.clicks() {
				types = append(types, c.Type)
				checkRecordedClick(t, name, &c)
			}
			if want := visitTypes(name); !slices.Equal(types, want) {
				t.Errorf("types %v\nwant  %v", types, want)
			}
			if len(f.orders()) != 0 {
				t.Errorf("orders %v; want none", f.orders())
			}
		})
	}
}

// checkRecordedClick checks an event of the visit. What a client has no word for is empty: see docs/clients.md.
func checkRecordedClick(t *testing.T, name string, c *schemas.Click) {
	t.Helper()
	if c.Shop != "alpha" || c.Market != "de" || c.Source != sourceOf(name) || cmp.Or(c.UserID, c.AnonymousID) != "user-0001" {
		t.Errorf("%s: envelope %+v visitor %q user %q", c.Type, c.Envelope, c.AnonymousID, c.UserID)
	}
	if c.EventID == "" || c.Server || c.OccurredAt > c.ReceivedAt || c.ReceivedAt-c.OccurredAt > 60_000 {
		t.Errorf("%s: id %q, server %v, times %+v", c.Type, c.EventID, c.Server, c.Envelope)
	}
	if c.Type == schemas.ClickIdentify {
		return // servers say no more of it than who it is
	}
	if c.AnonymousID != "anon-0001" {
		t.Errorf("%s: visitor %q", c.Type, c.AnonymousID)
	}
	campaign := name != "snowplow-python" || c.Type == schemas.ClickPageView // its other events have no address of a page
	if campaign && (c.Channel != channelEmail || c.Campaign != "spring" || c.UTMSource != "newsletter" || c.UTMMedium != "email") || c.Locale != "en-US" {
		t.Errorf("%s: channel %q campaign %q source %q medium %q locale %q", c.Type, c.Channel, c.Campaign, c.UTMSource, c.UTMMedium, c.Locale)
	}
	snowplow, cloud := sourceOf(name) == dialectSnowplow, sourceOf(name) == dialectCloudEvents
	switch c.Type {
	case schemas.ClickPageView:
		if c.Page != "/" || !cloud && (c.PageType != pageHome || c.Referrer != "search.example.com/") {
			t.Errorf("page %q type %q referrer %q", c.Page, c.PageType, c.Referrer)
		}
	case schemas.ClickSearch:
		if c.Query != "杯子 "+numberMask {
			t.Errorf("query %q", c.Query)
		}
	case schemas.ClickViewItem, schemas.ClickAddToCart:
		if c.ProductID != "p-100" || !snowplow && c.SKU != "MUG-BLUE" || c.Category != "kitchen" || c.Price != 19_990_000 || c.Currency != "USD" {
			t.Errorf("product %+v", c)
		}
	case schemas.ClickPurchase:
		if c.OrderID != "order-0001" || c.Value != 56_810_000 || c.Currency != "USD" || len(c.Items) != 2 || c.Items[0].Quantity != 2 ||
			c.Items[1].Price != 7_990_000 || !cloud && c.EventID != stableID("alpha", "order-0001", "purchase") {
			t.Errorf("purchase %+v", c)
		}
	}
}

// orderID is the id that an order's event must have: the shop's, unless it is not to count.
func orderID(o schemas.Order) string {
	id := stableID(o.Shop, o.OrderID, o.Type)
	if o.Shadow {
		return stableID("shadow", o.Source, id)
	}
	return id
}

func TestSDKWithSecretKey(t *testing.T) {
	for name, rec := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.play(t, rec, http.StatusOK, true)
			orders := f.orders()
			if len(orders) != 2 || orders[0].Type != schemas.OrderPlaced || orders[1].Type != schemas.OrderPaid {
				t.Fatalf("orders %+v", orders)
			}
			for _, o := range orders {
				if o.OrderID != "order-0001" || o.Total != 56_810_000 || o.Shipping != 5_000_000 || o.Tax != 3_840_000 || len(o.Items) != 2 ||
					o.Currency != "USD" || o.Buyer != "user-0001" || o.AnonymousID != "anon-0001" || name != "snowplow-python" && o.Campaign != "spring" || o.Source != sourceOf(name) {
					t.Errorf("order %+v", o)
				}
				if name != dialectCloudEvents && (o.Units != 3 || o.PaidAt == 0 || o.EventID != orderID(o)) {
					t.Errorf("order %+v", o)
				}
			}
			clicks := f.clicks()
			last := clicks[len(clicks)-1]
			if len(clicks) != len(visitTypes(name)) || last.Type != schemas.ClickPurchase || last.Server == (name == dialectCloudEvents) {
				t.Errorf("%d clicks, the last %+v", len(clicks), last)
			}
		})
	}
}

// Every request of a client that tries again comes twice, the second time with another time of sending, and must yield
// the same ids, times and keys.
func TestSDKRetryKeepsIdentity(t *testing.T) {
	for name, rec := range recordings(t) {
		if name == dialectJitsu {
			continue // does not try again
		}
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.play(t, rec, 0, true)
			copies := map[string]int{}
			for _, c := range f.clicks() {
				copies[fmt.Sprintln(c.EventID, c.Type, c.OccurredAt, c.AnonymousID)]++
			}
			for _, o := range f.orders() {
				copies[fmt.Sprintln(o.EventID, o.Type, o.OccurredAt, o.OrderID)]++
			}
			if want := len(visitTypes(name)) + 2; len(copies) != want {
				t.Errorf("%d events, want %d", len(copies), want)
			}
			for event, n := range copies {
				if n != 2 {
					t.Errorf("%d of %s", n, event)
				}
			}
		})
	}
}

// The recorded visits hold an address, a phone number, a number typed into a search and an IP address, none of which may
// be found in anything that goes to Kafka, be it as an event or as a dead letter.
func TestSDKCanaries(t *testing.T) {
	for name, rec := range recordings(t) {
		f := newFixture(t, nil)
		f.play(t, rec, 0, true)
		unreadable := strings.NewReplacer(`"uuid":"`, `"uuid":"\u0000`, `"insert_id":"`, `"insert_id":"\u0000`,
			`"e":"`, `"e":"x`, `"messageId":"`, `"messageId":"\u0000`, `"specversion":"1`, `"specversion":"2`)
		for _, q := range rec.Requests {
			q.Body = jsontext.Value(unreadable.Replace(string(q.Body)))
			f.do(q.request(t, true))
		}
		if name != "snowplow-node-get" && len(f.letters()) == 0 {
			t.Errorf("%s: no dead letters", name)
		}
		for _, r := range f.kept.recs {
			for _, canary := range []string{"canary", "2025550143", "13812345678", "198.51.100.77"} {
				if bytes.Contains(r.Value, []byte(canary)) || bytes.Contains(r.Key, []byte(canary)) {
					t.Errorf("%s: %s holds %q: %s", name, r.Topic, canary, r.Value)
				}
			}
		}
	}
}
