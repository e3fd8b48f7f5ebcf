// Package load sends batches to a collector over HTTP and measures its answers.
package load

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Batch is how many events one request holds.
const Batch = 100

// idDigits is the width of the numbers that tell events apart.
const idDigits = 12

// Load sends Segment batches as its SDKs do, some 700 bytes per event, each event with an id of its own.
type Load struct {
	URL   string // of the collector
	Key   string // public write key
	Conns int    // connections, each with one request at a time

	template []byte
	places   []int // where the template's numbers begin
	events   atomic.Int64
	client   *http.Client
}

// Result is what a run came to.
type Result struct {
	Events    int64         // in requests answered 200
	Failed    int64         // requests answered otherwise
	Elapsed   time.Duration // from the first request to the last answer
	latencies []time.Duration
}

// Quantile is the latency that the share q of the requests did not exceed.
func (r *Result) Quantile(q float64) time.Duration {
	if len(r.latencies) == 0 {
		return 0
	}
	return r.latencies[min(len(r.latencies)-1, int(q*float64(len(r.latencies))))]
}

// PerSecond is the rate of the events.
func (r *Result) PerSecond() float64 { return float64(r.Events) / r.Elapsed.Seconds() }

// Full sends for a duration as fast as the answers come.
func (l *Load) Full(ctx context.Context, d time.Duration) Result {
	end := time.Now().Add(d)
	return l.run(ctx, func(int) (time.Time, bool) {
		now := time.Now()
		return now, now.Before(end)
	})
}

// Steady sends for a duration at a rate of events per second, whether answers come or not: a request that has to wait for
// a connection has waited, and its latency says so.
func (l *Load) Steady(ctx context.Context, d time.Duration, perSecond float64) Result {
	began := time.Now()
	every := time.Duration(float64(time.Second) * Batch / perSecond)
	return l.run(ctx, func(n int) (time.Time, bool) {
		due := began.Add(time.Duration(n) * every)
		if due.After(began.Add(d)) {
			return due, false
		}
		time.Sleep(time.Until(due))
		return due, true
	})
}

// run sends requests on all connections. next says when the n-th is due, after it is, and whether there is to be one.
func (l *Load) run(ctx context.Context, next func(n int) (due time.Time, more bool)) (out Result) {
	l.prepare()
	var mu sync.Mutex
	var turn atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range l.Conns {
		wg.Go(func() {
			var mine Result
			body := bytes.Clone(l.template)
			for ctx.Err() == nil {
				due, more := next(int(turn.Add(1) - 1))
				if !more {
					break
				}
				if l.send(ctx, body) {
					mine.Events += Batch
					mine.latencies = append(mine.latencies, time.Since(due))
				} else {
					mine.Failed++
				}
			}
			mu.Lock()
			defer mu.Unlock()
			out.Events += mine.Events
			out.Failed += mine.Failed
			out.latencies = append(out.latencies, mine.latencies...)
		})
	}
	wg.Wait()
	out.Elapsed = time.Since(began)
	slices.Sort(out.latencies)
	return out
}

// send posts one batch; body is the caller's own copy of the template.
func (l *Load) send(ctx context.Context, body []byte) bool {
	first := l.events.Add(Batch) - Batch
	var digits [idDigits]byte
	for i, at := range l.places {
		number := strconv.AppendInt(digits[:0], first+int64(i/2), 10) // a visitor and an id for each event
		field := body[at : at+idDigits]
		n := copy(field[idDigits-len(number):], number)
		for j := range idDigits - n {
			field[j] = '0'
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.URL+"/v1/batch", bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.SetBasicAuth(l.Key, "")
	req.Header.Set("Content-Type", "application/json")
	resp, err := l.client.Do(req)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.Body.Close() == nil && err == nil && resp.StatusCode == http.StatusOK
}

// prepare makes the template: two thirds pages, a quarter products, one in ten checkouts.
func (l *Load) prepare() {
	if l.template != nil {
		return
	}
	l.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: l.Conns, DisableCompression: true}}
	hole := strings.Repeat("#", idDigits)
	at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	var events []string
	for i := range Batch {
		what := `"type":"page","properties":{"path":"/products/mug","url":"https://shop.example.com/products/mug?x=1","title":"Mug","referrer":"https://shop.example.com/"}`
		switch {
		case i%10 == 9:
			what = `"type":"track","event":"Checkout Started","properties":{"checkout_id":"c","value":47.97,"currency":"USD","products":[{"product_id":"p-100","sku":"MUG","name":"Mug","price":19.99,"quantity":2},{"product_id":"p-200","sku":"TEA","name":"Tea","price":7.99,"quantity":1}]}`
		case i%3 == 1:
			what = `"type":"track","event":"Product Viewed","properties":{"product_id":"p-100","sku":"MUG-BLUE","name":"Blue mug","category":"kitchen","price":19.99,"quantity":1,"currency":"USD"}`
		}
		events = append(events, fmt.Sprintf(`{"timestamp":"%s","integrations":{},%s,"context":{"campaign":{"name":"spring","source":"newsletter","medium":"email"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36","locale":"en-US","library":{"name":"@segment/analytics-node","version":"3.1.0"}},"anonymousId":"anon-%s","messageId":"load-%s","_metadata":{"nodeVersion":"v20.20.2","jsRuntime":"node"}}`, at, what, hole, hole))
	}
	l.template = []byte(`{"batch":[` + strings.Join(events, ",") + `],"sentAt":"` + at + `"}`)
	for from := 0; ; {
		i := bytes.Index(l.template[from:], []byte(hole))
		if i < 0 {
			return
		}
		l.places = append(l.places, from+i)
		from += i + idDigits
	}
}
