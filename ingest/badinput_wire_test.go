package ingest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// wireCase is an input of a connection instead of a request: bytes that no HTTP client sends, or the lack of them. It is
// played against a server that listens.
type wireCase struct {
	row  int
	name string
	want string // as of badCase, or "closed"
	but  []exception
	when func(*voice) bool
	lack note
	text func(v *voice) string
}

func (c *wireCase) badCase() badCase {
	return badCase{row: c.row, name: c.name, want: c.want, but: c.but, when: c.when, lack: c.lack}
}

// head is a good request without its body and the empty line before it, with more headers.
func head(v *voice, lines ...string) string {
	w := v.write("bad", nil)
	r := v.request(v.secret(), v.body(w), w)
	if are("ga4")(v) {
		r.RequestURI = r.URL.RequestURI()
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\nHost: x\r\n", r.Method, r.RequestURI)
	_ = r.Header.Write(&out)
	for _, l := range lines {
		out.WriteString(l + "\r\n")
	}
	return out.String()
}

const slowHeaders, slowBody, fullHouse = "slow headers", "slow body", "one connection more"

func wireCases() []wireCase {
	return []wireCase{
		{row: 34, name: slowHeaders, want: "closed", text: func(v *voice) string { return head(v) }},
		{row: 34, name: slowBody, want: "400", when: posts, lack: noBody, text: func(v *voice) string { return head(v, "Content-Length: 50", "", "{") }},
		{row: 35, name: fullHouse, want: "503", text: func(*voice) string { return "" }},
		{row: 36, name: "length and chunked", want: "400", but: []exception{{hooks, "401", chunkedCounts}, {clients, "400", chunkedCounts}}, when: posts, lack: noBody, text: func(v *voice) string {
			return head(v, "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close", "", "0", "")
		}},
		{row: 36, name: "two lengths", want: "400", text: func(v *voice) string { return head(v, "Content-Length: 5", "Content-Length: 6", "", "abcdef") }},
		{row: 36, name: "chunk size overflow", want: "400", when: posts, lack: noBody, text: func(v *voice) string {
			return head(v, "Transfer-Encoding: chunked", "", strings.Repeat("f", 17))
		}},
		{row: 38, name: "header of 100 KiB", want: "431", text: func(v *voice) string { return head(v, "X-Long: "+strings.Repeat("x", 100<<10), "") }},
		{row: 38, name: "header of 17 KiB", want: "431", text: func(v *voice) string { return head(v, "X-Long: "+strings.Repeat("x", 17<<10), "") }},
		{row: 38, name: "request line of 64 KiB", want: "431", text: func(v *voice) string {
			return strings.Replace(head(v, ""), " HTTP/1.1", strings.Repeat("y", 64<<10)+" HTTP/1.1", 1)
		}},
	}
}

// playWire plays the cases against three servers: one as it is by default, one that is soon tired of waiting, and one
// that is full.
func playWire(t *testing.T, got *outcomes) {
	usual := newFixture(t, nil)
	tired := newFixture(t, nil)
	tired.collector.timeouts = timeouts{header: 300 * time.Millisecond, read: 600 * time.Millisecond, write: 5 * time.Second, idle: 300 * time.Millisecond}
	full := newFixture(t, func(c *Config) { c.MaxConns = 3 })
	addresses := map[string]string{}
	for name, f := range map[string]*fixture{"": usual, slowHeaders: tired, fullHouse: full} {
		addresses[name], _ = serve(t, f)
	}
	addresses[slowBody] = addresses[slowHeaders]
	for range 3 {
		conn, err := net.Dial("tcp", addresses[fullHouse])
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	var wg sync.WaitGroup
	for _, c := range wireCases() {
		address := addresses[c.name]
		if address == "" {
			address = addresses[""]
		}
		for _, v := range voices() {
			bad := c.badCase()
			want, why, ok := bad.expected(v)
			if !ok {
				got.leftOut(&bad, v, why)
				continue
			}
			wg.Go(func() {
				answer := converse(t, address, c.text(v))
				if answer != want {
					t.Errorf("%d %s, %s: %s, want %s", c.row, c.name, v.name, answer, want)
				}
				got.add(&bad, v, answer, why)
			})
		}
	}
	for range 5 { // who is not slow is served meanwhile
		if status := raw(t, addresses[slowBody], "POST /v1/batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"); status != 400 {
			t.Errorf("another sender: status %d", status)
		}
	}
	if err := full.collector.Ready(); err != nil {
		t.Errorf("a full collector is not ready: %v", err)
	}
	wg.Wait()
	for _, f := range []*fixture{usual, tired, full} {
		if n := counted(t, f.collector.metrics.panics); n != 0 || len(f.kept.recs) != 0 {
			t.Errorf("%v panics, %d records", n, len(f.kept.recs))
		}
	}
	if counted(t, full.collector.metrics.refused) == 0 {
		t.Error("no refused connection is counted")
	}
}

// converse sends a text and reads until the server closes. It returns the first answer's status.
func converse(t *testing.T, address, text string) string {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, text); err != nil && text != "" {
		return "closed" // in the middle of what it does not want
	}
	answer := make([]byte, len("HTTP/1.1 400"))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return "closed"
	}
	return string(answer[len("HTTP/1.1 "):])
}
