package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"tidemark/schemas"
)

func TestMain(m *testing.M) {
	if shops := os.Getenv(hostileShops); shops != "" {
		if err := serveHostile(shops); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// serve runs the collector on a free port until the test ends.
func serve(t *testing.T, f *fixture) (addr string, stop func() error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.collector.Serve(ctx, ln) }()
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String(), stop
}

// raw sends bytes and returns the status of the answer, 0 where the connection is closed without one.
func raw(t *testing.T, addr, text string) int {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, text); err != nil {
		return 0
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestOnTheWire(t *testing.T) {
	f := newFixture(t, nil)
	addr, _ := serve(t, f)
	head := "POST /v1/batch HTTP/1.1\r\nHost: x\r\n"
	for _, row := range []struct {
		name, text string
		status     int
	}{
		{"header of 12 KiB", head + "X-Long: " + strings.Repeat("x", 12<<10) + "\r\nConnection: close\r\n\r\n", 400},
		{"not HTTP", "\x16\x03\x01\r\n\r\n", 400},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := raw(t, addr, row.text)
			if got != row.status {
				t.Errorf("status %d, want %d", got, row.status)
			}
		})
	}
	if len(f.kept.recs) != 0 {
		t.Errorf("%d records", len(f.kept.recs))
	}
}

// Connections that ask nothing, or never take their answers, are closed at the timeout. Those that are slow to ask are
// among the bad inputs.
func TestIdleAndSlowReaders(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.KeyRate, c.AddressRate = -1, -1 })
	f.collector.timeouts = timeouts{header: 500 * time.Millisecond, read: time.Second, write: time.Second, idle: 500 * time.Millisecond}
	addr, _ := serve(t, f)
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	idle, deaf := dial(), dial()
	ask := []byte(strings.Repeat("POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 1_000))
	for { // until the answers fill all buffers and the server gives up
		if _, err := deaf.Write(ask); err != nil {
			break
		}
	}
	if answer, err := io.ReadAll(idle); err != nil || len(answer) > 0 {
		t.Errorf("idle connection: %q, %v", answer, err)
	}
	if got := raw(t, addr, "POST /v1/batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"); got != 400 {
		t.Errorf("another sender: status %d", got)
	}
	if now := defaultTimeouts(); min(now.header, now.read, now.write, now.idle) <= 0 {
		t.Errorf("a timeout is missing: %+v", now)
	}
}

func TestConnectionLimit(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.MaxConns = 3 })
	addr, _ := serve(t, f)
	var idle []net.Conn
	for range 3 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		idle = append(idle, conn)
	}
	if got := raw(t, addr, "POST /v1/batch HTTP/1.1\r\nHost: x\r\n\r\n"); got != 503 && got != 0 {
		t.Errorf("status %d over the limit, want 503", got)
	}
	if counted(t, f.collector.metrics.refused) == 0 {
		t.Error("no refused connection counted")
	}
	for _, conn := range idle {
		_ = conn.Close()
	}
	for raw(t, addr, "GET /v1/batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") != 405 {
		if t.Context().Err() != nil {
			t.Fatal("closed connections are not given back")
		}
	}
}

// gate is a Producer that waits until told.
type gate struct {
	entered chan struct{}
	open    chan struct{}
}

func (g *gate) Produce(ctx context.Context, _ []*kgo.Record) error {
	g.entered <- struct{}{}
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestDrain(t *testing.T) {
	g := &gate{make(chan struct{}, 1), make(chan struct{})}
	f := newFixture(t, func(c *Config) { c.Producer = g })
	if f.collector.Ready() == nil {
		t.Error("ready before serving")
	}
	addr, stop := serve(t, f)
	answered := make(chan error, 1)
	go func() {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Post("http://"+addr+"/v1/batch", "application/json", strings.NewReader(`{"writeKey":"pk_recorded","batch":[`+goodTrack+`]}`))
		if err == nil && resp.StatusCode != 200 {
			err = fmt.Errorf("status %d", resp.StatusCode)
		}
		if err == nil {
			err = resp.Body.Close()
		}
		answered <- err
	}()
	<-g.entered
	if err := f.collector.Ready(); err != nil {
		t.Errorf("not ready while serving: %v", err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for f.collector.Ready() == nil {
		time.Sleep(time.Millisecond)
	}
	close(g.open)
	if err := errors.Join(<-answered, <-stopped); err != nil {
		t.Errorf("request under way at the drain: %v", err)
	}
}

func TestRunNamesTheAddress(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.Addr = "256.0.0.1:1" })
	if err := f.collector.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "256.0.0.1:1") {
		t.Errorf("error %v", err)
	}
}

// panicking stands for a bug of ours.
type panicking struct{}

func (panicking) Produce(context.Context, []*kgo.Record) error { panic("canary-13800138000") }

func TestPanicIsAnswered(t *testing.T) {
	var log bytes.Buffer
	f := newFixture(t, func(c *Config) { c.Producer, c.Log = panicking{}, zerolog.New(&log) })
	w := f.must(500, "/v1/batch", publicKey, `{"batch":[`+goodTrack+`]}`)
	if counted(t, f.collector.metrics.panics) != 1 || strings.Contains(w.Body.String()+log.String(), "canary") || log.Len() == 0 {
		t.Errorf("answer %s\nlog %s", w.Body, &log)
	}
}

// Whatever is sent, the log holds none of it, and one line per failed request.
func TestLogHoldsNoInput(t *testing.T) {
	var log bytes.Buffer
	f := newFixture(t, func(c *Config) { c.Log = zerolog.New(&log) })
	f.kept.err = errors.New("no broker")
	for _, body := range []string{`{"batch":[` + track(`"event":"canary\r\n\u001b[31m"`) + `]}`, `{"canary`, `{"batch":[{"type":"canary"}]}`} {
		r := request("/v1/batch", publicKey, body)
		r.Header.Set("User-Agent", "canary")
		f.do(r)
		f.post("/v1/batch", "canary-key", body)
	}
	if strings.Contains(log.String(), "canary") || strings.Count(log.String(), "\n") != 2 {
		t.Errorf("log:\n%s", &log)
	}
}

func TestRates(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.KeyRate, c.KeyBurst, c.AddressRate, c.AddressBurst = 10, 10, 5, 5 })
	f.must(200, "/v1/batch", publicKey, batchOf(10, "a"))
	w := f.must(429, "/v1/batch", publicKey, batchOf(5, "b"))
	if w.Header().Get("Retry-After") != "1" {
		t.Errorf("headers %v", w.Header())
	}
	f.must(200, "/v1/batch", secretKey, batchOf(5, "c")) // another key
	f.must(200, "/v1/batch", secretKey, `{"batch":[]}`)
	f.must(200, "/v1/batch", secretKey, `{"batch":[]}`)
	r := request("/v1/batch", secretKey, `{"batch":[]}`)
	r.Header.Set("X-Forwarded-For", "8.8.8.8") // nobody's word
	if w := f.do(r); w.Code != 429 {
		t.Errorf("sixth request of one address: status %d", w.Code)
	}
	f.now = f.now.Add(time.Second)
	f.must(200, "/v1/batch", publicKey, batchOf(10, "d"))
}

func TestConfigMustBeWhole(t *testing.T) {
	shops := func() *schemas.Shops { return nil }
	for name, cfg := range map[string]Config{"Shops": {}, "Producer": {Shops: shops}, "Registry": {Shops: shops, Producer: &keeper{}}} {
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
