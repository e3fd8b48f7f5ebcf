package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"tidemark/schemas"
)

// pack compresses a body.
func pack(tb testing.TB, body []byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func packed(path, key string, body []byte) *http.Request {
	r := request(path, key, "")
	r = httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body)).WithContext(r.Context())
	r.SetBasicAuth(key, "")
	r.Header.Set("Content-Encoding", "gzip")
	return r
}

func TestBadInputBodies(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	bomb := pack(t, make([]byte, 64<<20))
	whole := pack(t, []byte(`{"batch":[`+goodTrack+`]}`))
	unsized := func(path, body string) *http.Request {
		r := request(path, publicKey, body)
		r.ContentLength = -1
		return r
	}
	brotli := request("/v1/batch", publicKey, "x")
	brotli.Header.Set("Content-Encoding", "br")
	twice := request("/v1/batch", publicKey, "x")
	twice.Header.Set("Content-Encoding", "gzip, gzip")
	for _, row := range []struct {
		name    string
		request *http.Request
		status  int
	}{
		{"05 over the cap/segment", request("/v1/batch", publicKey, long), 400},
		{"05 over the cap/segment without length", unsized("/v1/batch", long), 400},
		{"05 over the cap/native", request("/v1/events", publicKey, long+"x"), 413},
		{"05 over the cap/native without length", unsized("/v1/events", long+"x"), 413},
		{"05 event over the cap/segment call", request("/v1/track", publicKey, track(`"event":"`+long[:32<<10]+`"`)), 400},
		{"05 event over the cap/segment batch", request("/v1/batch", publicKey, `{"batch":[`+track(`"event":"`+long[:32<<10]+`"`)+`]}`), 400},
		{"05 event over the cap/native", request("/v1/events", publicKey, click(`"name":"`+long[:32<<10]+`"`)), 207},
		{"33 gzip", packed("/v1/batch", publicKey, whole), 200},
		{"33 gzip bomb/segment", packed("/v1/batch", publicKey, bomb), 400},
		{"33 gzip bomb/native", packed("/v1/events", publicKey, bomb), 413},
		{"33 gzip truncated", packed("/v1/batch", publicKey, whole[:len(whole)-9]), 400},
		{"33 gzip in gzip", packed("/v1/batch", publicKey, pack(t, whole)), 400},
		{"33 gzip named but not there", packed("/v1/batch", publicKey, []byte(`{"batch":[]}`)), 400},
		{"33 gzip not named but there", request("/v1/batch", publicKey, string(whole)), 400},
		{"33 other encoding", brotli, 415},
		{"33 two encodings", twice, 415},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, nil)
			if w := f.do(row.request); w.Code != row.status {
				t.Errorf("status %d, want %d: %s", w.Code, row.status, w.Body)
			}
			if row.status != 200 && len(f.clicks()) != 0 {
				t.Errorf("%d events accepted", len(f.clicks()))
			}
		})
	}
}

func TestBadInputDuplicates(t *testing.T) {
	same := click(`"name":"n"`)
	other := strings.Replace(same, `"n"`, `"m"`, 1)
	t.Run("21 same id twice", func(t *testing.T) {
		f := newFixture(t, nil)
		w := f.must(207, "/v1/events", publicKey, withTime(same+"\n"+same))
		if !strings.Contains(w.Body.String(), `"accepted":1,"duplicate":1,"quarantined":0`) {
			t.Errorf("answer %s", w.Body)
		}
		f.click()
	})
	t.Run("22 same id, other content", func(t *testing.T) {
		f := newFixture(t, nil)
		f.must(207, "/v1/events", publicKey, withTime(same+"\n"+other))
		if c := f.click(); c.Name != "n" {
			t.Errorf("name %q, want the first", c.Name)
		}
		if n := counted(t, f.collector.metrics.conflicts); n != 1 {
			t.Errorf("%v conflicts, want 1", n)
		}
	})
	t.Run("21 same messageId twice", func(t *testing.T) {
		f := newFixture(t, nil)
		f.must(200, "/v1/batch", publicKey, `{"batch":[`+goodTrack+`,`+goodTrack+`]}`)
		f.click()
	})
}

func TestBadInputKeys(t *testing.T) {
	body := `{"batch":[` + goodTrack + `]}`
	for _, row := range []struct {
		name, path, key, body string
		status                int
	}{
		{"28 no key/segment", "/v1/batch", "", body, 401},
		{"28 no key/native", "/v1/events", "", goodLine, 401},
		{"28 unknown key/segment", "/v1/batch", "pk_nobody", body, 401},
		{"28 unknown key/native", "/v1/events", "pk_nobody", goodLine, 401},
		{"28 unknown key in the body", "/v1/batch", "", `{"writeKey":"pk_nobody","batch":[]}`, 401},
		{"28 key of no text in the body", "/v1/batch", "", `{"writeKey":{"a":1},"batch":[]}`, 401},
		{"28 key in the body", "/v1/batch", "", `{"batch":[` + goodTrack + `],"writeKey":"pk_recorded"}`, 200},
		{"28 key for another dialect", "/v1/batch", nativeKey, body, 403},
		{"28 other tenant's shop", "/v1/events", betaKey, strings.Replace(goodLine, "{", `{"shop":"alpha",`, 1), 403},
		{"27 own shop named", "/v1/events", betaKey, strings.Replace(goodLine, "{", `{"shop":"beta",`, 1), 200},
		{"orders with a public key", "/v1/events?family=orders", publicKey, goodLine, 403},
		{"unknown family", "/v1/events?family=gossip", secretKey, goodLine, 400},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.must(row.status, row.path, row.key, row.body)
			if row.status != 200 && len(f.kept.recs) != 0 {
				t.Errorf("%d records of a refused request", len(f.kept.recs))
			}
		})
	}
	t.Run("28 revoked key", func(t *testing.T) {
		none := &schemas.Shops{}
		now := loadShops(t)
		f := newFixture(t, func(c *Config) { c.Shops = func() *schemas.Shops { return now } })
		f.must(200, "/v1/batch", publicKey, body)
		now = none
		f.must(401, "/v1/batch", publicKey, body)
	})
	t.Run("28 malformed authorization", func(t *testing.T) {
		for _, h := range []string{"Basic !!!", "Basic", "Bearer", "Bearer ", "Digest x", "Basic Og=="} {
			r := request("/v1/batch", "", body)
			r.Header.Set("Authorization", h)
			if w := newFixture(t, nil).do(r); w.Code != 401 {
				t.Errorf("%q: status %d, want 401", h, w.Code)
			}
		}
	})
}

func TestBadInputRouting(t *testing.T) {
	type change func(*http.Request)
	header := func(name, value string) change { return func(r *http.Request) { r.Header.Set(name, value) } }
	method := func(m string) change { return func(r *http.Request) { r.Method = m } }
	for _, row := range []struct {
		name, path string
		change     change
		status     int
	}{
		{"37 GET", "/v1/batch", method(http.MethodGet), 405},
		{"37 PUT", "/v1/events", method(http.MethodPut), 405},
		{"37 OPTIONS without origin", "/v1/batch", method(http.MethodOptions), 405},
		{"37 wrong path", "/v1/nothing", func(*http.Request) {}, 404},
		{"37 path below", "/v1/batch/x", func(*http.Request) {}, 404},
		{"37 other type", "/v1/batch", header("Content-Type", "application/xml"), 415},
		{"37 JSON to the native dialect", "/v1/events", header("Content-Type", "application/json"), 415},
		{"37 other charset", "/v1/batch", header("Content-Type", "application/json; charset=utf-16"), 415},
		{"37 content type is garbage", "/v1/batch", header("Content-Type", ";;"), 415},
		{"38 long URL", "/v1/events?x=" + strings.Repeat("y", 64<<10), func(*http.Request) {}, 414},
		{"38 many headers", "/v1/batch", func(r *http.Request) {
			for i := range 500 {
				r.Header.Set(fmt.Sprintf("X-%d", i), "1")
			}
		}, 431},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, nil)
			r := request(row.path, publicKey, `{"batch":[]}`)
			row.change(r)
			if w := f.do(r); w.Code != row.status {
				t.Errorf("status %d, want %d", w.Code, row.status)
			}
		})
	}
}

func TestOrigins(t *testing.T) {
	const home = "https://shop.example"
	f := newFixture(t, func(c *Config) { c.Origins = []string{home} })
	for _, origin := range []string{home, "https://evil.example", "null", home + ".evil.example", "http://shop.example"} {
		for _, method := range []string{http.MethodOptions, http.MethodPost} {
			r := request("/v1/batch", publicKey, `{"batch":[]}`)
			r.Method = method
			r.Header.Set("Origin", origin)
			got := f.do(r).Header()
			want := ""
			if origin == home {
				want = home
			}
			if got.Get("Access-Control-Allow-Origin") != want || got.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s from %s: %v", method, origin, got)
			}
			if exposed := got.Get("Access-Control-Expose-Headers") == "Retry-After"; exposed != (origin == home && method == http.MethodPost) {
				t.Errorf("%s from %s: %v", method, origin, got)
			}
		}
	}
}

func TestBadInputMany(t *testing.T) {
	t.Run("39 one good and 499 bad", func(t *testing.T) {
		f := newFixture(t, nil)
		w := f.must(207, "/v1/events", publicKey, goodLine+strings.Repeat("\n{}", 499))
		if !strings.Contains(w.Body.String(), `"accepted":1,"duplicate":0,"quarantined":499`) {
			t.Errorf("answer %.200s", w.Body)
		}
	})
	t.Run("39 2500 events in a segment batch", func(t *testing.T) {
		f := newFixture(t, nil)
		f.must(200, "/v1/batch", publicKey, `{"batch":[`+strings.Repeat(`{},`, 2_499)+goodTrack+`]}`)
		f.click()
	})
	t.Run("40 201 members", func(t *testing.T) {
		var body strings.Builder
		for i := range 201 {
			fmt.Fprintf(&body, `"x%d":1,`, i)
		}
		f := newFixture(t, nil)
		f.must(207, "/v1/events", publicKey, withTime(click(body.String()+`"name":"n"`)))
		if l := f.letters(); len(l) != 1 || l[0].Kind != KindTooLarge {
			t.Errorf("dead letters %+v", l)
		}
	})
	t.Run("41 many names, few labels", func(t *testing.T) {
		f := newFixture(t, nil)
		before := series(t, f)
		for i := range 10 {
			var batch []string
			for j := range 1_000 {
				batch = append(batch, fmt.Sprintf(`{"type":"track","event":"E%d-%d","anonymousId":"a%d"}`, i, j, j))
			}
			f.must(200, "/v1/batch", publicKey, `{"batch":[`+strings.Join(batch, ",")+`]}`)
		}
		if grown := series(t, f) - before; grown > 8 {
			t.Errorf("%d new series after 10,000 names", grown)
		}
	})
	t.Run("45 Kafka away", func(t *testing.T) {
		f := newFixture(t, nil)
		f.kept.err = errors.New("no broker")
		for _, q := range []struct{ path, body string }{{"/v1/batch", `{"batch":[` + goodTrack + `,{}]}`}, {"/v1/events", goodLine}, {"/v1/events", "{}"}} {
			w := f.must(503, q.path, publicKey, q.body)
			if w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "broker") {
				t.Errorf("answer %v %s", w.Header(), w.Body)
			}
		}
	})
}
