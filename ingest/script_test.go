package ingest

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

func TestScript(t *testing.T) {
	const home = "https://shop.example"
	f := newFixture(t, func(c *Config) { c.Origins = []string{home} })
	if f.collector.script.plain == nil { // a checkout that make web has not been run in: /t.js says so, the rest works
		if w := f.do(httptest.NewRequest(http.MethodGet, "/t.js", nil)); w.Code != http.StatusNotFound {
			t.Errorf("status %d without the script", w.Code)
		}
		f.collector.script = script{plain: []byte("plain"), packed: []byte("packed"), tag: `W/"x"`}
	}
	get := func(header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/t.js", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return f.do(r)
	}
	plain := get()
	h := plain.Header()
	if plain.Code != 200 || plain.Body.String() != string(f.collector.script.plain) || h.Get("Content-Type") != "text/javascript; charset=utf-8" ||
		h.Get("Cache-Control") != "public, max-age=3600" || h.Get("Content-Encoding") != "" || h.Get("Access-Control-Allow-Origin") != "" || len(h.Values("Vary")) != 2 {
		t.Errorf("%d %v", plain.Code, h)
	}
	if w := get("Accept-Encoding", "br, gzip"); w.Header().Get("Content-Encoding") != "gzip" || w.Body.String() != string(f.collector.script.packed) {
		t.Errorf("packed: %v", w.Header())
	}
	if w := get("If-None-Match", h.Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("asked again: %d", w.Code)
	}
	if w := get("Origin", home); w.Header().Get("Access-Control-Allow-Origin") != home {
		t.Errorf("listed origin: %v", w.Header())
	}
	if w := get("Origin", "https://other.example"); w.Code != 200 || w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("other origin: %d %v", w.Code, w.Header())
	}
	if w := f.post("/t.js", "", ""); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

// The script has what all endpoints have: a limit by address, metrics, and an answer to a panic.
func TestScriptIsGuarded(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.AddressRate, c.AddressBurst = 0.001, 3 })
	f.collector.script = script{plain: []byte("plain"), packed: []byte("packed"), tag: `W/"x"`}
	get := func(tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/t.js", nil)
		r.Header.Set("If-None-Match", tag)
		return f.do(r)
	}
	for _, step := range []struct {
		tag    string
		status int
	}{{"", 200}, {`W/"x"`, 304}, {"", 200}, {"", 429}} {
		w := get(step.tag)
		if w.Code != step.status || w.Header().Get("X-Request-Id") == "" || (w.Code == 429) != (w.Header().Get("Retry-After") != "") {
			t.Errorf("%d %v, want %d", w.Code, w.Header(), step.status)
		}
		if n := counted(t, f.collector.metrics.requests.WithLabelValues("script", strconv.Itoa(step.status))); n == 0 {
			t.Errorf("%d is not counted", step.status)
		}
	}
	broken := f.collector.guard("script", func(w http.ResponseWriter, r *http.Request, id string) int {
		w.Header().Set("Cache-Control", "public")
		w.Header().Set("Content-Encoding", "gzip")
		panic("a bug of ours")
	})
	w := httptest.NewRecorder()
	broken.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/t.js", nil))
	if w.Code != 500 || w.Header().Get("Cache-Control")+w.Header().Get("Content-Encoding") != "" || counted(t, f.collector.metrics.panics) != 1 {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestTakesGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "gzip, deflate, br": true, "br;q=1.0, gzip;q=0.8": true, "gzip;q=0": false, "gzip; q=0.0, br": false, "x-gzip": false, "deflate": false,
	} {
		if got := takesGzip(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}
