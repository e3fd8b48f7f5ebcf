// Package fault holds the faults that the integration tests put between a client and the program.
package fault

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// Mode says whether the target sees a request that the client is told has failed.
type Mode int

const (
	// Before answers in the target's place: the target never sees the request.
	Before Mode = iota + 1
	// After forwards the request, waits for the target's answer and throws it away: the target has the events, the
	// client believes that it has not, and sends them again.
	After
)

// Proxy is a reverse proxy that answers some requests with 503 and passes on everything else. Use it as an http.Handler;
// it must not be copied or changed once in use.
type Proxy struct {
	// Target is the base URL behind the proxy.
	Target *url.URL
	// Mode is used for the faulty requests only.
	Mode Mode
	// Method is that of the requests that may fail; POST where empty.
	Method string
	// Count is how many requests fail: the first ones, or, with EveryOther, the first, the third and so on, so that each
	// request of a client that tries again at once fails one time.
	Count      int64
	EveryOther bool
	// RetryAfter, rounded down to seconds, is sent with the 503; below one second the header is left out.
	RetryAfter time.Duration

	seen, hits atomic.Int64
	// landed counts the faulty requests that the target had answered 2xx.
	landed atomic.Int64
}

// Hits returns how many requests have been answered 503 by the proxy: the proof that the fault happened.
func (p *Proxy) Hits() int64 { return p.hits.Load() }

// Landed returns how many of the hits the target itself had answered 2xx; always zero in mode Before.
func (p *Proxy) Landed() int64 { return p.landed.Load() }

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != cmp.Or(p.Method, http.MethodPost) || !p.fails(p.seen.Add(1)) {
		p.forward(w, r)
		return
	}
	if p.Mode == After {
		status, err := p.deliver(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		if status/100 == 2 {
			p.landed.Add(1)
		}
	}
	p.hits.Add(1)
	_, _ = io.Copy(io.Discard, r.Body) // so that the client can finish sending and reads the answer
	if seconds := int(p.RetryAfter / time.Second); seconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

// fails says whether the n-th request does, counted from 1.
func (p *Proxy) fails(n int64) bool {
	if p.EveryOther {
		return n%2 == 1 && n/2 < p.Count
	}
	return n <= p.Count
}

// deliver sends the request on through the same proxy code that the good requests take, into a recorder.
func (p *Proxy) deliver(r *http.Request) (status int, err error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return 0, err
	}
	copied := r.Clone(context.WithoutCancel(r.Context()))
	copied.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	p.forward(answer, copied)
	return answer.Code, nil
}

func (p *Proxy) forward(w http.ResponseWriter, r *http.Request) {
	proxy := httputil.ReverseProxy{Rewrite: func(out *httputil.ProxyRequest) { out.SetURL(p.Target) }}
	proxy.ServeHTTP(w, r)
}
