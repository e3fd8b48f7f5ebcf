package ingest

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"

	"tidemark/schemas"
)

// recording is what a real SDK sent, taken down by a recorder.
type recording struct {
	Client   string `json:"client"`
	Scenario string `json:"scenario"`
	Requests []struct {
		Method   string            `json:"method"`
		Path     string            `json:"path"`
		Header   map[string]string `json:"header"`
		Body     jsontext.Value    `json:"body"`
		Answered int               `json:"answered"`
	} `json:"requests"`
}

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

// replay sends the i-th request of a recording, with another key where key is not empty.
func replay(t *testing.T, rec recording, i int, key string) *http.Request {
	t.Helper()
	q := rec.Requests[i]
	body := []byte(q.Body)
	if key != "" {
		body = bytes.ReplaceAll(body, []byte(publicKey), []byte(key))
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
	r := httptest.NewRequest(q.Method, q.Path, bytes.NewReader(body))
	for name, value := range q.Header {
		r.Header.Set(name, value)
	}
	if key != "" {
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(key+":")))
	}
	return r
}

func TestSDKWithPublicKey(t *testing.T) {
	want := []string{schemas.ClickIdentify, schemas.ClickPageView, schemas.ClickViewItem, schemas.ClickAddToCart,
		schemas.ClickBeginCheckout, schemas.ClickAddPaymentInfo, schemas.ClickPurchase}
	for name, rec := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.now = sentAt(t, rec, len(rec.Requests)-1).Add(time.Second)
			w := f.do(replay(t, rec, len(rec.Requests)-1, ""))
			if w.Code != http.StatusOK || w.Body.String() != `{"success":true}` {
				t.Fatalf("answer %d %s", w.Code, w.Body)
			}
			var types []string
			for _, c := range f.clicks() {
				types = append(types, c.Type)
				checkRecordedClick(t, c)
			}
			if !slices.Equal(types, want) {
				t.Errorf("types %v\nwant  %v", types, want)
			}
			if len(f.orders())+len(f.letters()) != 0 {
				t.Errorf("orders %v, dead letters %v; want none", f.orders(), f.letters())
			}
		})
	}
}

// checkRecordedClick checks what holds for every event of the recorded scenario.
func checkRecordedClick(t *testing.T, c schemas.Click) {
	t.Helper()
	if c.Shop != "alpha" || c.Market != "de" || c.Source != "segment" || c.AnonymousID != "anon-0001" || c.UserID != "user-0001" {
		t.Errorf("%s: envelope %+v visitor %q user %q", c.Type, c.Envelope, c.AnonymousID, c.UserID)
	}
	if c.Channel != channelEmail || c.Campaign != "spring" || c.UTMSource != "newsletter" || c.Device != deviceDesktop || c.Locale != "en-US" {
		t.Errorf("%s: channel %q campaign %q source %q device %q locale %q", c.Type, c.Channel, c.Campaign, c.UTMSource, c.Device, c.Locale)
	}
	if c.Server || c.OccurredAt != c.OriginalAt || c.SentAt == 0 || c.ReceivedAt < c.SentAt {
		t.Errorf("%s: server %v times %+v", c.Type, c.Server, c.Envelope)
	}
	switch c.Type {
	case schemas.ClickPageView:
		if c.Page != "/" || c.PageType != pageHome || c.Referrer != "search.example.com/" {
			t.Errorf("page %q type %q referrer %q", c.Page, c.PageType, c.Referrer)
		}
	case schemas.ClickViewItem:
		if c.ProductID != "p-100" || c.SKU != "MUG-BLUE" || c.Price != 19_990_000 || c.Quantity != 1 || c.Currency != "USD" {
			t.Errorf("product %+v", c)
		}
	case schemas.ClickPurchase:
		if c.OrderID != "order-0001" || c.Value != 56_810_000 || len(c.Items) != 2 || c.EventID != stableID("alpha", "order-0001", "purchase") {
			t.Errorf("purchase %+v", c)
		}
	}
}

func TestSDKWithSecretKey(t *testing.T) {
	for name, rec := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, nil)
			if w := f.do(replay(t, rec, len(rec.Requests)-1, secretKey)); w.Code != http.StatusOK {
				t.Fatalf("answer %d %s", w.Code, w.Body)
			}
			orders := f.orders()
			if len(orders) != 2 || orders[0].Type != schemas.OrderPlaced || orders[1].Type != schemas.OrderPaid {
				t.Fatalf("orders %+v", orders)
			}
			for _, o := range orders {
				if o.OrderID != "order-0001" || o.Total != 56_810_000 || o.Shipping != 5_000_000 || o.Tax != 3_840_000 || o.Units != 3 ||
					o.Currency != "USD" || o.Buyer != "user-0001" || o.AnonymousID != "anon-0001" || o.Shadow || o.PaidAt == 0 ||
					o.EventID != stableID("alpha", "order-0001", o.Type) || len(o.Coupons) != 0 {
					t.Errorf("order %+v", o)
				}
			}
			clicks := f.clicks()
			last := clicks[len(clicks)-1]
			if len(clicks) != 7 || last.Type != schemas.ClickPurchase || !last.Server || last.EventID != stableID("alpha", "order-0001", "purchase") {
				t.Errorf("%d clicks, the last %+v", len(clicks), last)
			}
		})
	}
}

func sentAt(t *testing.T, rec recording, i int) time.Time {
	t.Helper()
	var body struct {
		SentAt schemas.Millis `json:"sentAt"`
	}
	if err := json.Unmarshal(rec.Requests[i].Body, &body); err != nil || body.SentAt == 0 {
		t.Fatalf("%s: sentAt %v: %v", rec.Scenario, body.SentAt, err)
	}
	return body.SentAt.Time()
}

// A repeated request carries a new sentAt, and must yield the same ids, times and keys.
func TestSDKRetryKeepsIdentity(t *testing.T) {
	for name, rec := range recordings(t) {
		if len(rec.Requests) < 2 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, nil)
			for i := range rec.Requests {
				f.now = sentAt(t, rec, i).Add(300 * time.Millisecond)
				if w := f.do(replay(t, rec, i, secretKey)); w.Code != http.StatusOK {
					t.Fatalf("attempt %d: %d %s", i, w.Code, w.Body)
				}
			}
			clicks, orders := f.clicks(), f.orders()
			if len(clicks) != 7*len(rec.Requests) || len(orders) != 2*len(rec.Requests) {
				t.Fatalf("%d clicks and %d orders of %d attempts", len(clicks), len(orders), len(rec.Requests))
			}
			for i, c := range clicks {
				first := clicks[i%7]
				if c.EventID != first.EventID || c.OccurredAt != first.OccurredAt || c.AnonymousID != first.AnonymousID {
					t.Errorf("attempt %d: %+v\nfirst: %+v", i/7, c.Envelope, first.Envelope)
				}
			}
			for i, o := range orders {
				if first := orders[i%2]; o.EventID != first.EventID || o.OccurredAt != first.OccurredAt {
					t.Errorf("attempt %d: %+v\nfirst: %+v", i/2, o.Envelope, first.Envelope)
				}
			}
		})
	}
}

// The recorded traits hold an address and a number that must not be found in anything that goes to Kafka.
func TestSDKCanaries(t *testing.T) {
	for name, rec := range recordings(t) {
		f := newFixture(t, nil)
		f.do(replay(t, rec, 0, secretKey))
		body := bytes.ReplaceAll([]byte(rec.Requests[0].Body), []byte(`"messageId": "`), []byte(`"messageId": "\u0000`))
		f.must(http.StatusOK, "/v1/batch", secretKey, string(body)) // all of it into the dead letters
		if len(f.letters()) != 7 {
			t.Fatalf("%s: %d dead letters, want 7", name, len(f.letters()))
		}
		for _, r := range f.kept.recs {
			for _, canary := range []string{"canary", "2025550143"} {
				if bytes.Contains(r.Value, []byte(canary)) || bytes.Contains(r.Key, []byte(canary)) {
					t.Errorf("%s: %s holds %q: %s", name, r.Topic, canary, r.Value)
				}
			}
		}
	}
}
