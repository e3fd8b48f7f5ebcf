package preview

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

var testPage = fstest.MapFS{
	"index.html": {Data: []byte("<!doctype html><title>boards</title>")},
	"app.js":     {Data: []byte(strings.Repeat("export const answer = 42;\n", 200))},
	"notes.md":   {Data: []byte("not for browsers")},
}

// testServer serves the test board; answer is what every query gets.
func testServer(t *testing.T, answer Query, change func(*Config)) *Server {
	t.Helper()
	cfg := Config{Boards: fstest.MapFS{"en/test.json": {Data: []byte(testBoard)}}, Query: answer, Assets: testPage}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func call(t *testing.T, s *Server, method, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Host = "127.0.0.1:8080"
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func nothing(context.Context, string) (Result, error) { return Result{}, nil }

func TestHTTPStatus(t *testing.T) {
	s := testServer(t, nothing, nil)
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/", 200}, {"GET", "/?board=live&lang=zh", 200}, {"GET", "/assets/app.js", 200}, {"GET", "/assets/none.js", 404}, {"GET", "/assets/notes.md", 404},
		{"GET", "/assets/../server.go", 307}, {"GET", "/nothing", 404}, {"GET", "/api/nothing", 404},
		{"GET", "/api/boards", 200}, {"GET", "/api/boards/tidemark-test-en", 200}, {"GET", "/api/boards/none", 404}, {"GET", "/api/features", 200},
		{"GET", "/api/boards/tidemark-test-en/variables", 200}, {"GET", "/api/boards/tidemark-test-en/variables?from=x", 400},
		{"GET", "/api/boards/tidemark-test-en/panels/8", 200}, {"GET", "/api/boards/tidemark-test-en/panels/99", 404}, {"GET", "/api/boards/tidemark-test-en/panels/x", 404},
		{"GET", "/api/boards/tidemark-test-en/panels/5?var-device=fridge", 400}, {"GET", "/api/boards/tidemark-test-en/annotations?width=0", 400},
		{"POST", "/api/boards", 405}, {"DELETE", "/api/boards/tidemark-test-en", 405}, {"POST", "/", 405}, {"GET", "/api/incidents", 404}, {"GET", "/api/demo", 404},
	} {
		if w := call(t, s, c.method, c.path); w.Code != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.method, c.path, w.Code, w.Body, c.want)
		}
	}
}

func TestHTTPErrorsAreJSON(t *testing.T) {
	s := testServer(t, nothing, nil)
	w := call(t, s, "GET", "/api/boards/tidemark-test-en/panels/5?from=yesterday")
	var body struct{ Error string }
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || !strings.Contains(body.Error, `from: "yesterday"`) {
		t.Errorf("%s %v", w.Body, err)
	}
}

func TestHTTPHeaders(t *testing.T) {
	s := testServer(t, nothing, nil)
	for _, path := range []string{"/", "/assets/app.js", "/api/boards", "/api/boards/none", "/nothing"} {
		h := call(t, s, "GET", path).Header()
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe-eval") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cross-Origin-Resource-Policy") != "same-origin" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", path, h)
		}
	}
	if got := call(t, s, "GET", "/api/boards").Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("answers are kept: %q", got)
	}
}

func TestHTTPAssetsAreRevalidated(t *testing.T) {
	s := testServer(t, nothing, nil)
	w := call(t, s, "GET", "/assets/app.js")
	tag := w.Header().Get("ETag")
	if tag == "" || w.Header().Get("Cache-Control") != "no-cache" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") {
		t.Errorf("%v", w.Header())
	}
	if w := call(t, s, "GET", "/assets/app.js", "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
	if w := call(t, s, "GET", "/", "If-None-Match", tag); w.Code != http.StatusOK {
		t.Errorf("another file's tag: %d", w.Code)
	}
}

func TestHTTPGzip(t *testing.T) {
	s := testServer(t, func(context.Context, string) (Result, error) {
		r := result("channel String;orders UInt64")
		for i := range 100 {
			r.Rows = append(r.Rows, []any{"app", float64(i)})
		}
		return r, nil
	}, nil)
	for _, path := range []string{"/assets/app.js", "/api/boards/tidemark-test-en/panels/7?from=1736899200000&to=1736942400000"} {
		plain, packed := call(t, s, "GET", path), call(t, s, "GET", path, "Accept-Encoding", "gzip")
		if packed.Header().Get("Content-Encoding") != "gzip" || plain.Header().Get("Content-Encoding") != "" || packed.Body.Len() >= plain.Body.Len() {
			t.Errorf("%s: %v, %d bytes of %d", path, packed.Header(), packed.Body.Len(), plain.Body.Len())
			continue
		}
		r, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(r); err != nil || string(text) != plain.Body.String() {
			t.Errorf("%s: the packed text is another one: %v", path, err)
		}
	}
}

// A name on the internet that points at this machine reaches nothing.
func TestHTTPHost(t *testing.T) {
	s := testServer(t, nothing, func(c *Config) { c.Loopback = true })
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "localhost:8080": 200, "LOCALHOST": 200, "[::1]:8080": 200, "127.9.9.9": 200,
		"evil.example": 421, "evil.example:8080": 421, "192.168.1.5:8080": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421, "0.0.0.0": 421, "x": 421,
	} {
		if w := call(t, s, "GET", "/api/boards", "Host", host); w.Code != want {
			t.Errorf("%s: %d, want %d", host, w.Code, want)
		}
	}
	if w := call(t, testServer(t, nothing, nil), "GET", "/api/boards", "Host", "boards.example"); w.Code != 200 {
		t.Errorf("behind a proxy with a name of its own: %d", w.Code)
	}
}

func TestHTTPRecovers(t *testing.T) {
	var log strings.Builder
	s := testServer(t, nothing, func(c *Config) {
		c.Log = zerolog.New(&log)
		c.Demo = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })
	})
	if w := call(t, s, "GET", "/api/demo"); w.Code != 500 || strings.Contains(w.Body.String(), "broken") || !strings.Contains(log.String(), "broken") {
		t.Errorf("%d %s; log %s", w.Code, w.Body, log.String())
	}
}

func TestHTTPExtras(t *testing.T) {
	echo := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, name+" "+r.Method+" "+r.URL.Path)
		})
	}
	s := testServer(t, nothing, func(c *Config) { c.Incidents, c.Demo = echo("incidents"), echo("demo") })
	for _, c := range [][3]string{
		{"GET", "/api/incidents", "incidents"}, {"POST", "/api/incidents/a/acknowledge", "incidents"}, {"GET", "/api/rules", "incidents"},
		{"POST", "/api/hooks/grafana", "incidents"}, {"GET", "/api/demo", "demo"}, {"POST", "/api/demo/incidents/payment-outage", "demo"},
	} {
		if got, want := call(t, s, c[0], c[1]).Body.String(), c[2]+" "+c[0]+" "+c[1]; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := call(t, s, "GET", "/api/features").Body.String(); got != `{"incidents":true,"demo":true}` {
		t.Error(got)
	}
}

// What went wrong stays in the log: the viewer is told what to do, in the board's language, and never the SQL.
func TestHTTPQueryErrors(t *testing.T) {
	var log strings.Builder
	secret := errors.New("Code: 60: SELECT secret FROM users at http://user:password@host")
	registry := prometheus.NewRegistry()
	s := testServer(t, func(context.Context, string) (Result, error) { return Result{}, secret }, func(c *Config) {
		c.Log, c.Registry = zerolog.New(&log), registry
	})
	for _, path := range []string{"/panels/5?var-shop=chaye", "/variables", "/annotations?var-shop=chaye"} {
		w := call(t, s, "GET", "/api/boards/tidemark-test-en"+path)
		if body := w.Body.String(); !strings.Contains(body, "cannot be read") || strings.Contains(body, "secret") || strings.Contains(body, "password") {
			t.Errorf("%s: %s", path, body)
		}
	}
	if !strings.Contains(log.String(), "Code: 60") {
		t.Error("the log does not say why")
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			counted[f.GetName()] += m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	for _, name := range []string{"tidemark_preview_query_errors_total", "tidemark_preview_query_seconds", "tidemark_preview_answers_total"} {
		if counted[name] != 3 {
			t.Errorf("%s is %v, want 3", name, counted[name])
		}
	}
}

func TestHTTPBoards(t *testing.T) {
	zh := strings.NewReplacer(`"tidemark-test-en"`, `"tidemark-test-zh"`, "/d/tidemark-test-en", "/d/tidemark-test-zh", "lang:en", "lang:zh-CN", "Test board", "测试").Replace(testBoard)
	s := testServer(t, nothing, func(c *Config) {
		c.Boards = fstest.MapFS{"en/test.json": {Data: []byte(testBoard)}, "zh/test.json": {Data: []byte(zh)}, "README.md": {Data: []byte("x")}}
	})
	if got, want := call(t, s, "GET", "/api/boards?lang=zh").Body.String(), `[{"uid":"tidemark-test-zh","id":"test","title":"测试","lang":"zh"}]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	var b Board
	if err := json.Unmarshal(call(t, s, "GET", "/api/boards/tidemark-test-zh").Body.Bytes(), &b); err != nil || b.Twin != "tidemark-test-en" || len(b.Panels) != 8 || len(b.Variables) != 3 {
		t.Errorf("%+v %v", b, err)
	}
	var d Data
	if err := json.Unmarshal(call(t, s, "GET", "/api/boards/tidemark-test-zh/panels/7?var-shop=x").Body.Bytes(), &d); err != nil || d.Message != "所选时间范围内暂无完整数据" {
		t.Errorf("%+v %v", d, err)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		boards fstest.MapFS
		want   string
	}{
		"no board":       {fstest.MapFS{"x.txt": {}}, "tidemark generate"},
		"not JSON":       {fstest.MapFS{"en/x.json": {Data: []byte("{")}}, "en/x.json"},
		"twice":          {fstest.MapFS{"en/a.json": {Data: []byte(testBoard)}, "en/b.json": {Data: []byte(testBoard)}}, "two boards"},
		"link to nobody": {fstest.MapFS{"en/a.json": {Data: []byte(strings.Replace(testBoard, "/d/tidemark-test-en?var-channel=${__value", "/d/gone?var-channel=${__value", 1))}}, "links to gone"},
	} {
		if _, err := New(Config{Boards: c.boards, Query: nothing, Assets: testPage}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("a server of nothing")
	}
	boards := fstest.MapFS{"en/a.json": {Data: []byte(testBoard)}}
	if _, err := New(Config{Boards: boards, Query: nothing, Assets: fstest.MapFS{}}); err == nil || !strings.Contains(err.Error(), "index.html") {
		t.Errorf("without a page: %v", err)
	}
}
