package deliver

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"tidemark/alerts"
	"tidemark/alerts/incident"
	"tidemark/processors/metrics"
)

var noon = time.Date(2025, 6, 15, 12, 0, 0, 0, time.UTC)

// request is what a server was asked.
type request struct {
	method, path, query string
	header              http.Header
	body                []byte
}

// server answers each request with the next of its statuses, and 200 when there are none left.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	statuses []int
	asked    []request
}

func newServer(t *testing.T, statuses ...int) *server {
	t.Helper()
	s := &server{statuses: statuses}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, request{r.Method, r.URL.Path, r.URL.RawQuery, r.Header, body})
	if len(s.statuses) > 0 {
		status := s.statuses[0]
		s.statuses = s.statuses[1:]
		if status/100 == 3 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	}
}

func (s *server) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]request(nil), s.asked...)
}

// refused is an address where nobody listens.
func refused(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s.URL
}

// stuck is a server that answers nothing for as long as the test runs.
func stuck(t *testing.T) string {
	t.Helper()
	end := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-end }))
	t.Cleanup(func() {
		close(end)
		s.Close()
	})
	return s.URL
}

// hasty gives an endpoint no time: for tests of what does not answer.
func hasty(e *endpoint) { e.patience, e.client.Timeout = 50*time.Millisecond, 50*time.Millisecond }

func view(tier, worst string) incident.View {
	return incident.View{
		ID: "paid_orders_fall-1", Rule: "paid_orders_fall", Title: map[string]string{"en": "Paid orders fall", "zh": "支付订单下跌"}, Series: "chaye", Shop: "chaye",
		Team: "trade", Owner: "trade", State: incident.StateOpen, Tier: tier, WorstTier: worst, OpenedAt: noon.Add(-10 * time.Minute),
		Actual: 3, Expected: 41.75, Samples: 209, Window: "5m", Sigma: 8, Basis: "weekly", Board: "live", Panel: 7, Runbook: "https://docs.example/runbooks/paid_orders_fall",
	}
}

func message(id string) incident.Message {
	return incident.Message{
		ID: id, Kind: incident.Opened, At: noon, Actor: incident.Evaluator, Incident: view("orange", "orange"),
		Subject: map[string]string{"en": "Orange: Paid orders fall, chaye", "zh": "【橙色预警】支付订单下跌：chaye"},
		Text:    map[string]string{"en": "Expected 42, actual 3", "zh": "预期 42，实际 3"},
	}
}

func rules() []alerts.Rule { return alerts.Rules(metrics.All()) }

func decode[T any](t *testing.T, body []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return v
}
