package fault_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tidemark/deploy/integration/fault"
)

// store counts the inserts that it has taken whole, and answers with an exception's code on demand.
type store struct {
	done atomic.Int64
	code atomic.Value
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if code, ok := s.code.Load().(string); ok {
		w.Header().Set("X-ClickHouse-Exception-Code", code)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if body, err := io.ReadAll(r.Body); err == nil && string(body) == strings.Repeat("x", 1000) {
		s.done.Add(1)
	}
}

// insert sends one, without a connection left from before, and returns the status; 0 for a broken connection.
func insert(v *fault.Valve) int {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	answer, err := client.Post("http://"+v.Addr()+"/?query="+url.QueryEscape("INSERT INTO t"), "", strings.NewReader(strings.Repeat("x", 1000)))
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestValve(t *testing.T) {
	s := &store{}
	server := httptest.NewServer(s)
	defer server.Close()
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	v, err := fault.NewValve(target)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name       string
		trouble    fault.Trouble
		status     int
		done, hits int64
	}{
		{"passes", nil, 200, 1, 0},
		{"answer lost", fault.AnswerLost, 0, 1, 1},
		{"cut", fault.CutBody, 0, 0, 1},
		{"status", fault.Status(503), 503, 0, 1},
		{"slow", fault.Slow(time.Millisecond, 10_000), 200, 1, 1},
		{"none of some", fault.Some(0, fault.Status(503)), 200, 1, 0},
		{"every", fault.Every(1, fault.Status(503)), 503, 0, 1},
		{"not the first of every second", fault.Every(2, fault.Status(503)), 200, 1, 0},
	} {
		v.Set(tt.trouble)
		done, hits := s.done.Load(), int64(v.Hits())
		if status := insert(v); status != tt.status || s.done.Load()-done != tt.done || int64(v.Hits())-hits != tt.hits {
			t.Errorf("%s: status %d, %d done, %d hits, want %d, %d, %d", tt.name, status, s.done.Load()-done, int64(v.Hits())-hits,
				tt.status, tt.done, tt.hits)
		}
	}
	v.Set(nil)
	s.code.Store("252")
	if status := insert(v); status != 500 || v.Code("252") != 1 || v.Code("243") != 0 {
		t.Errorf("status %d, codes %s", status, v.Codes())
	}
	addr := v.Addr()
	for range 2 {
		if err := v.Shut(); err != nil {
			t.Fatal(err)
		}
		if status := insert(v); status != 0 {
			t.Errorf("a shut valve answers %d", status)
		}
		if err := v.Open(); err != nil || v.Addr() != addr || insert(v) != 500 {
			t.Errorf("open again: %v at %s, was at %s", err, v.Addr(), addr)
		}
	}
	if err := v.Shut(); err != nil || v.Shut() == nil {
		t.Errorf("%v, and a second Shut must fail", err)
	}
}
