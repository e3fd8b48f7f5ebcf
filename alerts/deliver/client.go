package deliver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	defaultTimeout  = 5 * time.Second        // of one request
	defaultPatience = 15 * time.Second       // of one call with its repeats
	firstPause      = 200 * time.Millisecond // doubles after each failure
	longestPause    = 5 * time.Second
	longestAnswer   = 1 << 20 // bytes of an answer that are read
)

// refusedError says that the other side has understood and will not take it: repeating is no use.
type refusedError struct{ status int }

func (e *refusedError) Error() string {
	return fmt.Sprintf("answered %d %s: check address, token and version of the receiver", e.status, http.StatusText(e.status))
}

// endpoint is one address that is asked for something.
type endpoint struct {
	name     string // in logs, errors and metrics; no secrets
	base     *url.URL
	client   *http.Client
	patience time.Duration
	metrics  *meter
	away     atomic.Bool // the last call has failed
}

// newEndpoint checks an address. The error does not show it.
func newEndpoint(name, address string, timeout, patience time.Duration, m *meter) (*endpoint, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s: the address must begin with http:// or https:// and name a host, for example http://127.0.0.1:9093", strings.TrimSpace(name))
	}
	m.preset(name)
	return &endpoint{
		name: name, base: u, patience: patience, metrics: m,
		client: &http.Client{
			Timeout: timeout,
			// A redirect would carry message and signature to an address that nobody configured.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// try repeats a step with growing pauses until it succeeds, is refused, or patience or ctx end. Where the last call has
// failed already it makes one attempt only: what is away must not hold up what is not. It returns the last failure, named.
func (e *endpoint) try(ctx context.Context, step func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, e.patience)
	defer cancel()
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := step(ctx)
		e.metrics.count(e.name, err)
		if err == nil {
			e.away.Store(false)
			return nil
		}
		var refused *refusedError
		if errors.As(err, &refused) || e.away.Load() || !sleep(ctx, pause) {
			e.away.Store(true)
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// do sends one request and returns the body of an answer with status 2xx.
func (e *endpoint) do(ctx context.Context, method string, u *url.URL, header http.Header, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the request cannot be made")
	}
	req.Header = header
	res, err := e.client.Do(req)
	if err != nil {
		return nil, withoutAddress(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, longestAnswer))
	switch {
	case res.StatusCode/100 == 2 && err != nil:
		return nil, fmt.Errorf("reading the answer: %w", err)
	case res.StatusCode/100 == 2:
		return answer, nil
	case res.StatusCode >= 500, res.StatusCode == http.StatusRequestTimeout, res.StatusCode == http.StatusTooManyRequests:
		return nil, fmt.Errorf("answered %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	}
	return nil, &refusedError{status: res.StatusCode}
}

// withoutAddress drops what the HTTP client says of the URL.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func jsonHeader() http.Header {
	return http.Header{"Content-Type": {"application/json"}, "User-Agent": {"tidemark"}}
}
