package fault

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Trouble handles an insert in the target's place. It calls next to let the target do it.
type Trouble func(v *Valve, next http.Handler, w http.ResponseWriter, r *http.Request)

// Valve stands between a program and ClickHouse's HTTP interface, at an address of its own. It can be shut, so that
// connections are refused, and can be told to trouble the inserts that pass. Its methods may be called at any time.
type Valve struct {
	addr  string
	proxy *httputil.ReverseProxy

	mu      sync.Mutex
	server  *http.Server // nil while shut
	trouble Trouble
	inserts int
	hits    int
	codes   map[string]int
}

// NewValve opens a valve on a free port of loopback in front of target.
func NewValve(target *url.URL) (*Valve, error) {
	base := &url.URL{Scheme: target.Scheme, Host: target.Host}
	v := &Valve{addr: "127.0.0.1:0", codes: make(map[string]int)}
	v.proxy = &httputil.ReverseProxy{
		Rewrite: func(out *httputil.ProxyRequest) { out.SetURL(base) },
		ModifyResponse: func(answer *http.Response) error {
			if code := answer.Header.Get("X-ClickHouse-Exception-Code"); code != "" {
				v.mu.Lock()
				v.codes[code]++
				v.mu.Unlock()
			}
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	return v, v.Open()
}

// Addr is where the program finds the valve; it stays the same over Shut and Open.
func (v *Valve) Addr() string { return v.addr }

// Open lets connections in again.
func (v *Valve) Open() error {
	var listener net.Listener
	var err error
	for range 50 { // somebody may have borrowed the port for a connection of theirs
		if listener, err = net.Listen("tcp", v.addr); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		return fmt.Errorf("opening the valve again: %w", err)
	}
	v.addr = listener.Addr().String()
	server := &http.Server{Handler: v, ReadHeaderTimeout: time.Minute}
	v.mu.Lock()
	v.server = server
	v.mu.Unlock()
	go func() { _ = server.Serve(listener) }() // ends with Shut
	return nil
}

// Shut breaks every connection and has new ones refused.
func (v *Valve) Shut() error {
	v.mu.Lock()
	server := v.server
	v.server = nil
	v.mu.Unlock()
	if server == nil {
		return errors.New("the valve is shut already")
	}
	return server.Close()
}

// Set gives every insert from now on to trouble; nil lets them pass.
func (v *Valve) Set(trouble Trouble) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.trouble = trouble
}

// Hit counts an insert that was troubled; a Trouble calls it.
func (v *Valve) Hit() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.hits++
}

// Hits is how many inserts were troubled: the proof that the fault happened.
func (v *Valve) Hits() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.hits
}

// Inserts is how many have arrived.
func (v *Valve) Inserts() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.inserts
}

// Code is how many answers of the target carried this code of an exception.
func (v *Valve) Code(code string) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.codes[code]
}

// Codes lists how many answers carried which code of an exception.
func (v *Valve) Codes() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return fmt.Sprint(v.codes)
}

// ServeHTTP implements http.Handler. What the target was given is not taken back when the program goes away.
func (v *Valve) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	insert := strings.HasPrefix(r.URL.Query().Get("query"), "INSERT")
	v.mu.Lock()
	trouble := v.trouble
	if insert {
		v.inserts++
	}
	v.mu.Unlock()
	r = r.WithContext(context.WithoutCancel(r.Context()))
	if !insert || trouble == nil {
		v.proxy.ServeHTTP(w, r)
		return
	}
	trouble(v, v.proxy, w, r)
}
