//go:build integration

package snippet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/integration/browser"
	"tidemark/ingest"
	"tidemark/schemas"
)

const (
	patience = 30 * time.Second
	// quiet is how long nothing must come where nothing may come. Events go out a second after they happened.
	quiet = 3 * time.Second
)

// log is a Kafka that keeps what it is given, and may say that it has not.
type log struct {
	mu    sync.Mutex
	recs  []*kgo.Record
	faint int // so many requests are kept but not acknowledged
}

// Produce implements ingest.Producer.
func (l *log) Produce(_ context.Context, recs []*kgo.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recs = append(l.recs, recs...)
	if l.faint > 0 {
		l.faint--
		return errors.New("not acknowledged")
	}
	return nil
}

// world is a shop's site, a collector, and a tab in which somebody visits.
type world struct {
	log   log
	site  *httptest.Server
	home  *httptest.Server // the collector
	down  atomic.Bool      // connections to the collector break
	posts atomic.Int64
	tab   *browser.Page
	quiet bool // the tab may complain
}

// options of a world.
type options struct {
	tag      string // attributes of the script
	before   string // runs before anything on the page
	unlisted bool   // the collector does not know the site
}

func newWorld(t *testing.T, b *browser.Browser, o options) *world {
	t.Helper()
	w := &world{}
	w.site = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.serve(rw, r, o.tag) }))
	t.Cleanup(w.site.Close)
	cfg := ingest.Config{Shops: shops(t), Producer: &w.log, Log: zerolog.Nop(), Registry: prometheus.NewRegistry()}
	if !o.unlisted {
		cfg.Origins = []string{w.site.URL}
	}
	c := try(ingest.New(cfg))(t)
	handler := c.Handler()
	w.home = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.posts.Add(1)
		}
		if w.down.Load() {
			panic(http.ErrAbortHandler)
		}
		handler.ServeHTTP(rw, r)
	}))
	t.Cleanup(w.home.Close)
	w.tab = try(b.Open(t.TempDir()))(t)
	t.Cleanup(func() {
		if problems := w.tab.Watch.Problems(); len(problems) > 0 && !w.quiet {
			t.Errorf("the page complains:\n%s", strings.Join(problems, "\n"))
		}
		w.tab.Close()
	})
	must(t, w.tab.Resize(1000, 700, false))
	if o.before != "" {
		must(t, w.tab.Before(o.before))
	}
	return w
}

func shops(t *testing.T) func() *schemas.Shops {
	path := filepath.Join(t.TempDir(), "shops.yaml")
	must(t, os.WriteFile(path, []byte(`
shops:
  - id: shop
    zone: Europe/Berlin
    currency: EUR
    market: de
    stage: mature
    authoritative: {orders: segment}
    keys: [{key: pk_snippet, kind: public}]
`), 0o600))
	all := try(schemas.LoadShops(path))(t)
	return func() *schemas.Shops { return all }
}

// serve is the shop's site, under a strict policy. Every path is the same page but /frames, which holds it twice.
func (w *world) serve(rw http.ResponseWriter, r *http.Request, tag string) {
	h := rw.Header()
	h.Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src 'self' %s; connect-src %[1]s; style-src 'unsafe-inline'; frame-src 'self'", w.home.URL))
	switch r.URL.Path {
	case "/broken.js":
		h.Set("Content-Type", "text/javascript")
		_, _ = fmt.Fprint(rw, `setTimeout(() => { throw new Error("no price for jo@mail.example at https://shop.example/p?token=secret") });`)
	case "/refused.js":
		h.Set("Content-Type", "text/javascript")
		_, _ = fmt.Fprint(rw, `Promise.reject(new Error("refused"));`)
	case "/favicon.ico":
		rw.WriteHeader(http.StatusNoContent)
	case "/frames":
		h.Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(rw, `<!DOCTYPE html><body data-ready="1"><iframe src="/one"></iframe><iframe src="/two"></iframe></body>`)
	default:
		h.Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(rw, page, tag, w.home.URL)
	}
}

const page = `<!DOCTYPE html><html lang="en"><head><title>Shop</title><script async %s src="%s/t.js" data-key="pk_snippet"></script></head>
<body data-ready="1" style="margin:0"><header><button id="menu">Menu</button></header>
<main><h1>Mugs for all</h1><section data-tm-region="hero"><button id="buy">Buy</button></section>
<div id="hero" data-tm-slot="home-hero" data-tm-creative="blue" data-tm-promotion="spring" style="height:100px"><button id="promo">Sale</button></div>
<ul data-tm-list="recommended" style="height:60px"><li data-tm-item="mug"><button id="mug">Mug</button></li><li data-tm-item="cup">Cup</li></ul>
<form><input id="secret" value="4111111111111111"></form>
<div style="height:3000px"></div><div id="below" data-tm-slot="below" style="height:100px">Below</div></main></body></html>`

// visit opens a path of the site.
func (w *world) visit(t *testing.T, path string) {
	t.Helper()
	must(t, w.tab.Go(w.site.URL+path))
}

// leave closes the page, as for good.
func (w *world) leave(t *testing.T) {
	t.Helper()
	must(t, w.tab.Do(chromedp.Navigate("about:blank")))
}

func (w *world) click(t *testing.T, selector string) {
	t.Helper()
	must(t, w.tab.Do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)))
}

// run runs a statement in the page.
func (w *world) run(t *testing.T, script string) {
	t.Helper()
	try(browser.Eval[bool](w.tab, "() => {"+script+"; return true }"))(t)
}

// stored lists what the snippet has put into local storage, and the cookies.
func (w *world) stored(t *testing.T) []string {
	t.Helper()
	return try(browser.Eval[[]string](w.tab, `() => Object.keys(localStorage).concat(document.cookie || [])`))(t)
}

// clicks are all records, in the order of their arrival, copies included.
func (w *world) clicks(t *testing.T) []schemas.Click {
	t.Helper()
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	var out []schemas.Click
	for _, r := range w.log.recs {
		if r.Topic != schemas.Clickstream.Topic() {
			t.Fatalf("%s: %s", r.Topic, r.Value)
		}
		var c schemas.Click
		must(t, json.Unmarshal(r.Value, &c))
		out = append(out, c)
	}
	return out
}

// of returns the events of a type, without copies.
func (w *world) of(t *testing.T, kind string) []schemas.Click {
	t.Helper()
	seen := map[string]bool{}
	return slices.DeleteFunc(w.clicks(t), func(c schemas.Click) bool {
		drop := c.Type != kind || seen[c.EventID]
		seen[c.EventID] = true
		return drop
	})
}

// await waits for so many events of a type, and wants no more.
func (w *world) await(t *testing.T, kind string, n int) []schemas.Click {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		got := w.of(t, kind)
		if len(got) == n {
			return got
		}
		if len(got) > n || time.Now().After(end) {
			t.Fatalf("%d events %s, want %d; in all: %s; the page complains: %v", len(got), kind, n, w.types(t), w.tab.Watch.Problems())
		}
	}
}

func (w *world) types(t *testing.T) string {
	var out []string
	for _, c := range w.clicks(t) {
		out = append(out, c.Type)
	}
	return strings.Join(out, " ")
}

// silent wants that nothing comes any more.
func (w *world) silent(t *testing.T) {
	t.Helper()
	before := w.posts.Load()
	time.Sleep(quiet)
	if after := w.posts.Load(); after != before {
		t.Errorf("%d requests where none may come: %s", after-before, w.types(t))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// try makes a result of a call that can fail into a value for the test, which ends where it did.
func try[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		must(t, err)
		return v
	}
}
