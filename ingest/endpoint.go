package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"github.com/google/uuid"
)

const (
	logPeriod  = time.Second
	maxHeaders = 100
	maxURL     = 2048
)

// answer is what a dialect's handler returns for an accepted request. The body is nothing, an image, or JSON.
type answer struct {
	status int
	body   any
}

func (a *answer) write(w http.ResponseWriter) {
	switch body := a.body.(type) {
	case nil:
		w.WriteHeader(a.status)
	case image:
		w.Header().Set("Content-Type", "image/gif")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, string(body))
	default:
		writeJSON(w, a.status, a.body)
	}
}

// endpoint wraps a dialect's handler: what guard gives, method, origin, header limits, rate by address.
func (c *Collector) endpoint(dialect, method string, handle func(*http.Request) (answer, error)) http.Handler {
	return c.guard(dialect, func(w http.ResponseWriter, r *http.Request, id string) int {
		return c.respond(w, r, id, dialect, method, handle)
	})
}

// guard gives a handler, which returns the status that it has answered, what all have: request id, recover, metrics.
func (c *Collector) guard(dialect string, serve func(w http.ResponseWriter, r *http.Request, id string) (status int)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		id := uuid.NewString()
		w.Header().Set("X-Request-Id", id)
		status := c.recovered(w, r, id, dialect, serve)
		c.metrics.answered(dialect, status, time.Since(began).Seconds())
	})
}

func (c *Collector) recovered(w http.ResponseWriter, r *http.Request, id, dialect string, serve func(http.ResponseWriter, *http.Request, string) int) (status int) {
	defer func() {
		if p := recover(); p != nil {
			c.metrics.panics.Inc()
			// The stack names our functions; the panic's value could quote the request.
			c.cfg.Log.Error().Str("request", id).Bytes("stack", debug.Stack()).Msg("panic in a request")
			for _, name := range []string{"Cache-Control", "ETag", "Content-Encoding"} { // of what was to be answered
				w.Header().Del(name)
			}
			status = http.StatusInternalServerError
			refuse(status, "internal").write(w, dialect, id)
		}
	}()
	return serve(w, r, id)
}

func (c *Collector) respond(w http.ResponseWriter, r *http.Request, id, dialect, method string, handle func(*http.Request) (answer, error)) (status int) {
	if c.allowOrigin(w, r, method) {
		w.WriteHeader(http.StatusNoContent)
		return http.StatusNoContent
	}
	no := c.admit(r, method)
	if no == nil {
		out, err := handle(r)
		if err == nil {
			out.write(w)
			return out.status
		}
		if !errors.As(err, &no) { // only the producer's errors are none
			no = &refusal{status: http.StatusServiceUnavailable, code: "kafka_unavailable", retry: retryAfter}
			c.log.Warn().Str("request", id).Str("dialect", dialect).Err(err).Msg("answered 503: records not acknowledged")
		}
	}
	if no.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", method)
	}
	no.write(w, dialect, id)
	return no.status
}

// admit refuses what needs no look into the body.
func (c *Collector) admit(r *http.Request, method string) *refusal {
	if r.Method != method {
		return refuse(http.StatusMethodNotAllowed, "method")
	}
	longest := maxURL
	if method == http.MethodGet {
		longest = maxQuery
	}
	if len(r.RequestURI) > longest {
		return refuse(http.StatusRequestURITooLong, "url_too_long")
	}
	n := 0
	for _, values := range r.Header {
		n += len(values)
	}
	if n > maxHeaders {
		return refuse(http.StatusRequestHeaderFieldsTooLarge, "too_many_headers")
	}
	if wait := c.addrs.take(clientAddress(r, c.cfg.TrustedProxies), 1, c.cfg.Now()); wait > 0 {
		return &refusal{status: http.StatusTooManyRequests, code: "rate", retry: wait}
	}
	return nil
}

// allowOrigin adds the allow headers for a listed origin, and says whether the request is its preflight. Credentials
// are never allowed: a write key is in the request itself.
func (c *Collector) allowOrigin(w http.ResponseWriter, r *http.Request, method string) (preflight bool) {
	origin := r.Header.Get("Origin")
	if !c.listed(origin) {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	if r.Method != http.MethodOptions {
		h.Set("Access-Control-Expose-Headers", "Retry-After") // else a script cannot see how long to wait
		return false
	}
	h.Set("Access-Control-Allow-Methods", method)
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Content-Encoding, X-Write-Key")
	h.Set("Access-Control-Max-Age", "600")
	return true
}

// listed says whether pages of that origin may read answers.
func (c *Collector) listed(origin string) bool {
	return origin != "" && slices.Contains(c.cfg.Origins, origin)
}

// withBody reads the body and hands it over when its turn has come. From then on the request lives on without its
// sender: a browser that closes the page has no use for the answer, but its events are good.
func (c *Collector) withBody(r *http.Request, packed bool, max limits, use func(context.Context, *loan, []byte) (answer, error)) (answer, error) {
	body := c.bodies.Get().(*bytes.Buffer)
	defer func() {
		if body.Cap() <= pooledBody {
			c.bodies.Put(body)
		}
	}()
	body.Reset()
	l := loan{memory: c.memory}
	defer l.giveBack()
	if no := readBody(r, packed, body, &l, max); no != nil {
		return answer{}, no
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), c.cfg.AckTimeout)
	defer cancel()
	leave, no := c.memory.enter(ctx, body.Len())
	if no != nil {
		return answer{}, no
	}
	defer leave()
	return use(ctx, &l, body.Bytes())
}
