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
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/schemas"
)

// hostileShops, where it is set, makes this binary a collector under attack instead of a test: the file of its shops.
const hostileShops = "TIDEMARK_TEST_HOSTILE_SHOPS"

// serveHostile serves a collector whose Kafka takes everything after a while, and its health beside it, until the input
// ends.
func serveHostile(shopsFile string) error {
	debug.SetGCPercent(GCPercent)
	debug.SetMemoryLimit(MemoryLimit)
	shops, err := schemas.LoadShops(shopsFile)
	if err != nil {
		return err
	}
	c, err := New(Config{Shops: func() *schemas.Shops { return shops }, Producer: slowly{}, Log: zerolog.Nop(), Registry: prometheus.NewRegistry(), KeyRate: -1, AddressRate: -1})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	health, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(ln.Addr(), health.Addr())
	answer := func(w http.ResponseWriter, _ *http.Request) {
		if c.Ready() != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	failed := make(chan error, 2)
	go func() { failed <- c.Serve(context.Background(), ln) }()
	go func() { failed <- http.Serve(health, http.HandlerFunc(answer)) }()
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		failed <- err
	}()
	return <-failed
}

// attacked is a collector in a process of its own.
type attacked struct {
	address, health string
	pid             int
}

func startAttacked(t *testing.T) attacked {
	t.Helper()
	shops := t.TempDir() + "/shops.yaml"
	if err := os.WriteFile(shops, []byte(shopsYAML), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), hostileShops+"="+shops), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Errorf("the collector under attack: %v", err)
		}
	})
	a := attacked{pid: cmd.Process.Pid}
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, scanErr := fmt.Sscan(line, &a.address, &a.health); scanErr != nil {
		t.Fatalf("%q: %v, %v", line, err, scanErr)
	}
	return a
}

// peak is the most memory that the process has had resident, in MiB.
func (a *attacked) peak(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib >> 10
}

// attack is a request that costs the collector most: its header, and its body in pieces. With stall the body stops short
// of its end until the attack is over.
type attack struct {
	head  string
	body  []byte
	stall bool
}

// attacks are the largest bodies of every dialect: full of small events, of events for the dead letters, of brackets, of
// nothing; packed, whole and never ending.
func attacks(t *testing.T) (out []attack) {
	for _, v := range voices() {
		if v.limit == 0 {
			continue
		}
		w := v.write("bad", nil)
		add := func(body []byte, stall bool, headers ...string) {
			r := v.request(v.secret(), string(body), w)
			if v.provider == "kuaidi100" {
				body, _ = io.ReadAll(r.Body) // a form
				body = body[:min(len(body), v.limit)]
			}
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			for i := 0; i < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			var head bytes.Buffer
			fmt.Fprintf(&head, "POST %s HTTP/1.1\r\nHost: x\r\n", r.URL.RequestURI())
			_ = r.Header.Write(&head)
			out = append(out, attack{head.String() + "\r\n", body, stall})
		}
		full := fill(v, func(i int) wording { return v.write("e"+strconv.Itoa(i), nil) })
		letters := fill(v, func(int) wording { return wording{} })
		deep := bytes.Repeat([]byte("["), v.limit)
		add(full, false)
		add(letters, false)
		add(deep, false)
		add(full, true)
		zeros := make([]byte, 8*v.limit)
		for _, plain := range [][]byte{full, zeros} {
			add(pack(plain), false, "Content-Encoding", "gzip")
		}
	}
	return out
}

// fill makes a body of as many events as a request may have, long enough to be near the limit.
func fill(v *voice, event func(int) wording) []byte {
	n := max(1, v.batch)
	all := make([]wording, n)
	for i := range all {
		all[i] = event(i)
	}
	room := v.limit - len(v.body(all...))
	for i := range all {
		all[i].extra = quote(strings.Repeat("y", max(0, room/n-20)))
	}
	body := v.body(all...)
	return []byte(body[:min(len(body), v.limit)])
}

// 200 connections send what costs most, all at once and for as long as ordinary senders need for their requests. The
// process stays below 300 MiB, its health answers, and ordinary senders are served.
func TestHostileConnections(t *testing.T) {
	const connections, rounds, bound = 200, 3, 300
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("needs /proc")
	}
	a := startAttacked(t)
	before := a.peak(t)
	all := attacks(t)
	over := make(chan struct{})
	var sent, kept atomic.Int64
	var senders, stalled sync.WaitGroup
	for i := range connections {
		if all[i%len(all)].stall {
			stalled.Go(func() { a.send(&all[i%len(all)], over, &kept) })
			continue
		}
		senders.Go(func() {
			for round := range rounds {
				if at := &all[(i+round*connections)%len(all)]; !at.stall {
					sent.Add(1)
					a.send(at, over, &kept)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { senders.Wait(); close(done) }()
	served := a.serveOthers(t, done)
	close(over)
	stalled.Wait()
	peak := a.peak(t)
	t.Logf("%d MiB at most, %d before; %d attacks, %d of them kept; %d ordinary requests", peak, before, sent.Load(), kept.Load(), served)
	if peak >= bound {
		t.Errorf("%d MiB resident, allowed %d", peak, bound)
	}
	if served == 0 || kept.Load() == 0 {
		t.Errorf("%d ordinary requests served, %d attacks kept: nothing was proven", served, kept.Load())
	}
}

// send makes one attack and waits for its answer.
func (a *attacked) send(what *attack, over <-chan struct{}, kept *atomic.Int64) {
	conn, err := net.Dial("tcp", a.address)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	body := what.body
	if what.stall {
		body = body[:len(body)-1]
	}
	if _, err := (&net.Buffers{[]byte(what.head), body}).WriteTo(conn); err != nil {
		return
	}
	if what.stall {
		<-over
		return
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return
	}
	if resp.StatusCode < 300 {
		kept.Add(1)
	}
	_ = resp.Body.Close()
}

// serveOthers asks for events and for health until done, and returns how often.
func (a *attacked) serveOthers(t *testing.T, done <-chan struct{}) (served int) {
	client := http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		resp, err := client.Post("http://"+a.address+"/v1/batch", "application/json", strings.NewReader(`{"writeKey":"`+publicKey+`","batch":[`+goodTrack+`]}`))
		if err != nil || resp.Body.Close() != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("ordinary sender: %v, %+v", err, resp)
			return served
		}
		alive, err := client.Get("http://" + a.health + "/")
		if err != nil || alive.Body.Close() != nil || alive.StatusCode != http.StatusOK {
			t.Errorf("health: %v, %+v", err, alive)
			return served
		}
		served++
		select {
		case <-done:
			return served
		default:
		}
	}
}
