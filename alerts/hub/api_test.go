package hub

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"tidemark/alerts"
)

// withIncident is a hub that has read its incidents and holds an orange one.
func withIncident(t *testing.T) (h *Hub, id string) {
	t.Helper()
	m := newManaged(t)
	m.judge(0, alerts.Orange)
	return m.Hub, m.book.Views(true, 1)[0].ID
}

func TestListAndShow(t *testing.T) {
	h, id := withIncident(t)
	_, got := call(t, h, "GET", "/api/incidents", "")
	one := got["list"].([]any)[0].(map[string]any)
	if one["id"] != id || one["state"] != "open" || one["tier"] != "orange" || one["title"].(map[string]any)["zh"] != "支付订单下跌" || one["events"] != nil {
		t.Errorf("list %v", one)
	}
	_, got = call(t, h, "GET", "/api/incidents/"+id, "")
	if events := got["events"].([]any); len(events) != 1 || events[0].(map[string]any)["kind"] != "opened" {
		t.Errorf("incident %v", got)
	}
	call(t, h, "POST", "/api/incidents/"+id+"/resolve", `{"actor":"Li"}`)
	for query, want := range map[string]int{"": 0, "?state=active": 0, "?state=all": 1, "?state=all&limit=1000": 1} {
		if _, got := call(t, h, "GET", "/api/incidents"+query, ""); len(got["list"].([]any)) != want {
			t.Errorf("%s: %v, want %d", query, got, want)
		}
	}
	_, got = call(t, h, "GET", "/api/rules", "")
	if report := got["list"].([]any)[0].(map[string]any); report["rule"] != "paid_orders_fall" || report["incidents"] != 1.0 || report["precision"] != nil {
		t.Errorf("report %v", report)
	}
}

// The whole loop: acknowledge, handle, resolve, review. Every step is stored when it is answered.
func TestTheLoop(t *testing.T) {
	h, id := withIncident(t)
	for _, step := range []struct{ action, body, state string }{
		{"acknowledge", `{"actor":"李雷"}`, "acknowledged"},
		{"handling", `{"actor":"李雷","note":"rollback"}`, "handling"},
		{"note", `{"actor":"Han","note":"provider called","more":1}`, "handling"},
		{"resolve", `{"actor":"李雷"}`, "resolved"},
		{"review", `{"actor":"Han","verdict":"real"}`, "reviewed"},
	} {
		code, got := call(t, h, "POST", "/api/incidents/"+id+"/"+step.action, step.body)
		if code != 200 || got["state"] != step.state {
			t.Fatalf("%s: %d %v", step.action, code, got)
		}
		if n := gauge(t, h, "tidemark_alerts_events_unsaved"); n != 0 {
			t.Errorf("%s: answered with %v events unsaved", step.action, n)
		}
	}
	_, got := call(t, h, "GET", "/api/incidents/"+id, "")
	if got["verdict"] != "real" || got["acknowledged_by"] != "李雷" || len(got["events"].([]any)) != 6 {
		t.Errorf("incident %v", got)
	}
}

func TestRefusals(t *testing.T) {
	h, id := withIncident(t)
	path := "/api/incidents/" + id
	for _, tt := range []struct {
		method, path, body string
		header             []string
		code               int
		says               string
	}{
		{"POST", path + "/acknowledge", `{}`, nil, 400, "actor"},
		{"POST", path + "/acknowledge", `{"actor":7}`, nil, 400, "JSON"},
		{"POST", path + "/acknowledge", `{"actor":"Li"} {}`, nil, 400, "JSON"},
		{"POST", path + "/acknowledge", ``, nil, 400, "JSON"},
		{"POST", path + "/acknowledge", `[]`, nil, 400, "JSON"},
		{"POST", path + "/review", `{"actor":"Li"}`, nil, 400, "verdict"},
		{"POST", path + "/review", `{"actor":"Li","verdict":"real"}`, nil, 409, "open"},
		{"POST", path + "/explode", `{"actor":"Li"}`, nil, 404, "action"},
		{"POST", "/api/incidents/no-such/resolve", `{"actor":"Li"}`, nil, 404, "no-such"},
		{"POST", path + "/resolve", `{"actor":"Li"}`, []string{guardHeader, ""}, 403, guardHeader},
		{"POST", path + "/resolve", `{"actor":"Li"}`, []string{"Content-Type", "text/plain"}, 415, "application/json"},
		{"POST", path + "/note", `{"note":"` + strings.Repeat("a", maxAction) + `"}`, nil, 413, "larger"},
		{"GET", "/api/incidents/no-such", "", nil, 404, "no such"},
		{"GET", "/api/incidents?limit=0", "", nil, 400, "limit"},
		{"GET", "/api/incidents?limit=many", "", nil, 400, "limit"},
		{"GET", "/api/incidents?limit=1001", "", nil, 400, "limit"},
		{"GET", "/api/incidents?state=odd", "", nil, 400, "state"},
		{"DELETE", path, "", nil, 405, "GET"},
		{"GET", path + "/resolve", "", nil, 405, "POST"},
		{"POST", "/api/rules", "{}", nil, 405, "GET"},
		{"GET", "/elsewhere", "", nil, 404, "path"},
	} {
		code, got := call(t, h, tt.method, tt.path, tt.body, tt.header...)
		if text := fmt.Sprint(got["error"]); code != tt.code || !strings.Contains(text, tt.says) {
			t.Errorf("%s %s %s: %d %s, want %d and %q", tt.method, tt.path, tt.body, code, text, tt.code, tt.says)
		}
	}
	if _, got := call(t, h, "GET", path, ""); got["state"] != "open" || len(got["events"].([]any)) != 1 {
		t.Errorf("refused requests changed the incident: %v", got)
	}
}

func TestAnswersAreNotKept(t *testing.T) {
	h, _ := withIncident(t)
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/api/incidents", nil))
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
}

// A page elsewhere whose name is made to lead to this machine sends that name.
func TestOtherHosts(t *testing.T) {
	h, id := withIncident(t)
	for _, tt := range []struct {
		host     string
		loopback bool
		want     int
	}{
		{"localhost:8005", true, 200}, {"127.0.0.1:8005", true, 200}, {"[::1]:8005", true, 200}, {"LOCALHOST", true, 200}, {"::1", true, 200},
		{"evil.example:8005", true, 421}, {"localhost.evil.example", true, 421}, {"127.0.0.1.evil.example", true, 421}, {"10.0.0.1:8005", true, 421}, {"", true, 421},
		{"tidemark.example", false, 200},
	} {
		h.conf.Loopback = tt.loopback
		r, w := httptest.NewRequestWithContext(t.Context(), "GET", "/api/incidents/"+id, nil), httptest.NewRecorder()
		r.Host = tt.host
		if h.Handler().ServeHTTP(w, r); w.Code != tt.want {
			t.Errorf("host %q, loopback only %v: %d, want %d", tt.host, tt.loopback, w.Code, tt.want)
		}
	}
}

// A handler that panics is answered without a word of why, and leaves the hub at work.
func TestPanics(t *testing.T) {
	h, id := withIncident(t)
	book := h.book
	h.book = nil
	if code, got := call(t, h, "GET", "/api/incidents/"+id, ""); code != 500 || got["error"] != "internal error" {
		t.Errorf("%d %v", code, got)
	}
	h.book = book
	if code, _ := call(t, h, "GET", "/api/incidents/"+id, ""); code != 200 {
		t.Errorf("after a panic: %d", code)
	}
}
