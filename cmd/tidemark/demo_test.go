package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDemo builds the binary and uses the demo as a newcomer does: start, send an event, query it, stop; start again and
// find it still there. After a kill the data are there too.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "tidemark")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	port := freePorts(t)
	d := startDemo(t, binary, "--data", filepath.Join(dir, "data"), "--port", strconv.Itoa(port), "--rate", "50")
	res, err := http.Post(fmt.Sprintf("http://pk_demo_playground:@127.0.0.1:%d/v1/page", port+1), "application/json",
		strings.NewReader(`{"anonymousId":"newcomer","properties":{"path":"/"}}`))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("page: %v %v", res, err)
	}
	res.Body.Close()
	const raw, view = "SELECT count() FROM v_events_clickstream WHERE shop = 'playground'", "SELECT sum(views) FROM v_page_views WHERE shop = 'playground'"
	d.await(raw, "1")
	d.await(view, "1")
	d.await("SELECT count() > 100 AND uniqExact(shop) = 2 FROM v_events_clickstream WHERE shop != 'playground'", "1")
	d.until(fmt.Sprintf("http://127.0.0.1:%d/api/features", port), `{"incidents":true,"demo":true}`)
	d.await("SELECT count() FROM shops FINAL", "3")
	standalone(t, binary, d)
	d.stop(syscall.SIGINT)
	if text := d.out.String(); !strings.Contains(text, "Ctrl-C stops") || !strings.HasSuffix(text, "data\n") {
		t.Errorf("the demo said %q", text)
	}

	d = startDemo(t, binary, "--data", filepath.Join(dir, "data"), "--port", strconv.Itoa(port), "--no-simulator")
	d.await(raw, "1")
	if err := d.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-d.ended
	d = startDemo(t, binary, "--data", filepath.Join(dir, "data"), "--port", strconv.Itoa(port), "--no-simulator")
	d.await(raw, "1")
	d.await(view, "1")
	d.stop(syscall.SIGTERM)
}

// standalone runs what the demo has inside it as programs of their own: the boards, the tables of another database, and
// the alerts on it.
func standalone(t *testing.T, binary string, d *running) {
	t.Helper()
	port := freePorts(t)
	at := func(i int) string { return fmt.Sprintf("127.0.0.1:%d", port+i) }
	boards := start(t, binary, "preview", "--clickhouse", d.dsn("grafana", "tidemark"), "--listen", at(0), "--alerts", "http://"+at(1))
	boards.until("http://"+at(0)+"/readyz", "ok")
	boards.until("http://"+at(0)+"/api/features", `{"incidents":true,"demo":false}`)
	boards.until("http://"+at(0)+"/api/incidents", fmt.Sprintf(`{"error":"tidemark alert run at %s does not answer"}`, at(1)))

	shops := filepath.Join(d.data, "shops.yaml")
	if out, err := exec.Command(binary, "apply", "--clickhouse", d.dsn("default", "other"), "--shops", shops).CombinedOutput(); err != nil {
		t.Fatalf("apply: %v: %s", err, out)
	}
	d.await("SELECT name FROM other.shops FINAL WHERE shop = 'playground'", "Playground")
	alerts := start(t, binary, "alert", "run", "--clickhouse", d.dsn("default", "other"), "--shops", shops, "--listen", at(1), "--admin", at(2), "--every", "1s")
	alerts.until("http://"+at(2)+"/readyz", "ok")
	boards.until("http://"+at(0)+"/api/incidents", "[]")
	alerts.stop(syscall.SIGTERM)
	boards.stop(syscall.SIGTERM)
}

// freePorts finds four free ports in a row, below those that the system hands out by itself. Another test may look at the
// same time, so everybody begins elsewhere.
func freePorts(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20000 + 4*rand.IntN(2500)
		var open []net.Listener
		for i := range 4 {
			if ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port+i))); err == nil {
				open = append(open, ln)
			}
		}
		for _, ln := range open {
			ln.Close()
		}
		if len(open) == 4 {
			return port
		}
	}
	t.Fatal("no four free ports")
	return 0
}

// running is the program in a process of its own.
type running struct {
	t         *testing.T
	cmd       *exec.Cmd
	engine    string // of a demo: host:port of its ClickHouse
	data      string // of a demo: its folder
	ended     chan struct{}
	err       error // how it ended; valid once ended is closed
	out, logs bytes.Buffer
}

// dsn names a database of a demo's ClickHouse.
func (d *running) dsn(user, database string) string {
	return fmt.Sprintf("http://%s@%s/%s", user, d.engine, database)
}

func start(t *testing.T, binary string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	d := &running{t: t, ended: make(chan struct{}), cmd: exec.CommandContext(ctx, binary, args...)}
	d.cmd.Stdout, d.cmd.Stderr, d.cmd.Env = &d.out, &d.logs, os.Environ()
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(d.ended)
		d.err = d.cmd.Wait()
	}()
	t.Cleanup(func() { <-d.ended }) // the context ends it at the latest
	return d
}

// startDemo runs the demo with --data and --port as its first flags, until it is ready.
func startDemo(t *testing.T, binary string, args ...string) *running {
	t.Helper()
	port, err := strconv.Atoi(args[3])
	if err != nil {
		t.Fatal(err)
	}
	d := start(t, binary, append([]string{"demo"}, args...)...)
	d.data, d.engine = args[1], fmt.Sprintf("127.0.0.1:%d", port+2)
	d.until(fmt.Sprintf("http://127.0.0.1:%d/readyz", port), "ok")
	return d
}

// await returns when the query gives the answer.
func (d *running) await(query, want string) {
	d.t.Helper()
	d.until("http://"+d.engine+"/?database=tidemark&query="+url.QueryEscape(query), want)
}

func (d *running) until(address, want string) {
	d.t.Helper()
	last := ""
	for {
		if res, err := http.Get(address); err == nil {
			body, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if last = strings.TrimSpace(string(body)); last == want {
				return
			}
		}
		select {
		case <-d.ended:
			d.t.Fatalf("%s gives %q, want %q; the program ended (%v) and said %s%s", address, last, want, d.err, &d.out, &d.logs)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// stop sends the signal and wants a clean end.
func (d *running) stop(signal os.Signal) {
	d.t.Helper()
	if err := d.cmd.Process.Signal(signal); err != nil {
		d.t.Fatal(err)
	}
	<-d.ended
	if d.err != nil {
		d.t.Fatalf("after %v: %v; the program said %s%s", signal, d.err, &d.out, &d.logs)
	}
}
