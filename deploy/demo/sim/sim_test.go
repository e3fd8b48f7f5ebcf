package sim

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/demo/truth"
)

// collector is a stand-in that keeps one copy of each event, as the dedupe behind a real one does. It fails in both
// ways a collector can: before and after it has taken the events.
type collector struct {
	t      *testing.T
	mu     sync.Mutex
	rng    *rand.Rand
	seen   map[string]string // id of an event -> its body without what may differ
	events int
	failed int
	got    map[truth.Key]int64
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	fails := c.rng.IntN(10) == 0
	if fails && c.rng.IntN(2) == 0 {
		c.failed++
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	key, _, _ := r.BasicAuth()
	shop := strings.TrimSuffix(key[len("pk_demo_"):], "_local")
	if r.URL.RequestURI() == nativePath {
		c.takeNative(shop, key, body)
	} else {
		c.takeSegment(shop, key, body)
	}
	if fails {
		c.failed++
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func (c *collector) once(id string, body any) bool {
	c.events++
	text, err := json.Marshal(body)
	if err != nil || id == "" {
		c.t.Errorf("event %q: %v", id, err)
	}
	if before, ok := c.seen[id]; ok {
		if before != string(text) {
			c.t.Errorf("a copy of %s differs:\n%s\n%s", id, before, text)
		}
		return false
	}
	c.seen[id] = string(text)
	return true
}

func (c *collector) takeSegment(shop, key string, body []byte) {
	var in struct {
		SentAt time.Time
		Batch  []struct {
			Type, Event, MessageID, AnonymousID string
			Timestamp                           time.Time
			Properties                          struct{ Total json.Number }
			Context                             struct{ UserAgent string }
		}
	}
	if err := json.Unmarshal(body, &in); err != nil || in.SentAt.IsZero() {
		c.t.Errorf("%v in %s", err, body)
	}
	for _, e := range in.Batch {
		if e.AnonymousID == "" || !c.once(e.MessageID, e) {
			continue
		}
		switch {
		case strings.Contains(e.Context.UserAgent, "bot"):
			c.got[truth.At(e.Timestamp, shop, truth.Robots)]++
		case e.Type == "page":
			c.got[truth.At(e.Timestamp, shop, truth.Views)]++
		case e.Event == "Promotion Viewed":
			c.got[truth.At(e.Timestamp, shop, truth.Shown)]++
		case e.Event == "Promotion Clicked":
			c.got[truth.At(e.Timestamp, shop, truth.Clicked)]++
		case e.Event == "Order Completed" && strings.HasPrefix(key, "sk_"):
			c.money(shop, e.Timestamp, string(e.Properties.Total), true, true)
		}
	}
}

func (c *collector) takeNative(shop, key string, body []byte) {
	if !strings.HasPrefix(key, "sk_") {
		c.t.Errorf("orders with key %s", key)
	}
	lines := bufio.NewScanner(bytes.NewReader(body))
	for lines.Scan() {
		var e struct {
			EventID    string    `json:"event_id"`
			OccurredAt time.Time `json:"occurred_at"`
			Type       string
			Total      string
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			c.t.Errorf("%v in %s", err, lines.Bytes())
		}
		if c.once(e.EventID, e) {
			c.money(shop, e.OccurredAt, e.Total, e.Type == "order_placed", e.Type == "order_paid")
		}
	}
}

func (c *collector) money(shop string, at time.Time, total string, placed, paid bool) {
	units, cents, ok := strings.Cut(total, ".")
	n, err := strconv.ParseInt(units+cents, 10, 64)
	if !ok || len(cents) != 2 || err != nil || n <= 0 {
		c.t.Errorf("total %q", total)
	}
	if placed {
		c.got[truth.At(at, shop, truth.Orders)]++
		c.got[truth.At(at, shop, truth.GMV)] += n * 10_000
	}
	if paid {
		c.got[truth.At(at, shop, truth.Paid)] += n * 10_000
	}
}

func TestTruthHoldsAgainstACollectorThatFails(t *testing.T) {
	c := &collector{t: t, rng: rand.New(rand.NewPCG(1, 2)), seen: map[string]string{}, got: map[truth.Key]int64{}}
	srv := httptest.NewServer(c)
	defer srv.Close()
	path := filepath.Join(t.TempDir(), "truth.jsonl")
	start := time.Now()
	for range 2 { // the second run goes on where the first stopped
		tr, err := truth.Open(path, start, truth.Bounds{OnTime: 50 * time.Second, Late: 2 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		s, err := New(Config{URL: srv.URL, Rate: 20_000, Seed: 7, Shops: Shops(), Truth: tr, Log: zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.InfoLevel)})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		err = s.Run(ctx)
		cancel()
		if err != nil || s.Stats().Retries == 0 || s.Stats().Refused > 0 {
			t.Fatalf("run: %v, %+v", err, s.Stats())
		}
		tr.Close()
	}
	tr, err := truth.Open(path, start, truth.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	var all truth.Report
	for _, m := range []truth.Measure{truth.Views, truth.Robots, truth.Shown, truth.Clicked, truth.Orders, truth.GMV, truth.Paid} {
		all = all.Plus(tr.Compare(m, c.got, truth.Span{From: start.Truncate(time.Minute), To: start.Add(time.Hour)}))
	}
	if len(all.Diffs) > 0 || all.Exact < 7 {
		t.Errorf("%s: %+v", all, all.Diffs)
	}
	if copies := c.events - len(c.seen); copies < c.events/200 || c.failed == 0 || len(c.seen) < 5000 {
		t.Errorf("%d events, %d of them copies, %d requests failed: the test saw too little", c.events, copies, c.failed)
	}
}

func TestPlanIsAFunctionOfItsArguments(t *testing.T) {
	shops := Shops()
	for n := range uint64(50) {
		_, a := planVisit(shops, 3, 1, n)
		_, b := planVisit(shops, 3, 1, n)
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("visit %d differs between two plans", n)
		}
		if _, c := planVisit(shops, 3, 2, n); c[0].id == a[0].id {
			t.Fatalf("two runs share the id %s", a[0].id)
		}
	}
}

func TestShapeOfTheTraffic(t *testing.T) {
	shops := Shops()
	seen := map[string]int{}
	ids := map[string]bool{}
	events := 0
	for n := range uint64(5000) {
		shop, plan := planVisit(shops, 11, 1, n)
		seen[shop.ID]++
		for _, e := range plan {
			if ids[e.id] {
				t.Fatalf("id %s twice", e.id)
			}
			ids[e.id] = true
			events++
			if e.delay > mostDelay {
				seen["late"]++
				if e.copyAfter > 0 || e.way != browser || e.delay < lateAfter {
					t.Errorf("a late event of way %d after %s with a copy after %s", e.way, e.delay, e.copyAfter)
				}
			}
			if e.copyAfter > 0 {
				seen["copies"]++
			}
			for _, a := range e.adds {
				seen[string(a.Measure)]++
			}
		}
	}
	t.Logf("%d events: %v", events, seen)
	for what, least := range map[string]int{"chaye": 2500, "kiefer": 1200, "late": events / 1000, "copies": events / 100, "views": events / 4, "robots": 300, "clicked": 100, "orders": 150, "paid": 140} {
		if seen[what] < least {
			t.Errorf("%s: %d, want at least %d", what, seen[what], least)
		}
	}
}

func TestNewRefusesNonsense(t *testing.T) {
	for _, c := range []Config{{Rate: 0, Shops: Shops()}, {Rate: -1, Shops: Shops()}, {Rate: 5}} {
		if _, err := New(c); err == nil {
			t.Errorf("no error for rate %v and %d shops", c.Rate, len(c.Shops))
		}
	}
}
