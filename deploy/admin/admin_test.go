package admin

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestPaths(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "probe"}, func() float64 { return 42 }))
	var ready atomic.Bool
	srv := httptest.NewServer(Handler(registry, func() error {
		if ready.Load() {
			return nil
		}
		return errors.New("the group has not been joined")
	}))
	defer srv.Close()
	for _, tt := range []struct {
		path, want string
		status     int
		ready      bool
	}{
		{"/metrics", "probe 42", 200, false},
		{"/healthz", "ok", 200, false},
		{"/readyz", "not ready: the group has not been joined", 503, false},
		{"/readyz", "ok", 200, true},
		{"/other", "not found", 404, true},
	} {
		ready.Store(tt.ready)
		if status, body := get(t, srv.URL+tt.path); status != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("%s: %d %q, want %d with %q", tt.path, status, body, tt.status, tt.want)
		}
	}
	if res, err := http.Post(srv.URL+"/healthz", "", nil); err != nil || res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %v %v", res, err)
	}
}

func TestServe(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := taken.Addr().String()
	if err := Serve(t.Context(), addr, http.NotFoundHandler()); err == nil || !strings.Contains(err.Error(), "choose another address") {
		t.Errorf("a taken address gives %v", err)
	}
	taken.Close()
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, addr, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(served) }))
	}()
	for {
		if res, err := http.Get("http://" + addr); err == nil {
			res.Body.Close()
			break
		}
	}
	<-served
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("a clean stop gives %v", err)
	}
}
