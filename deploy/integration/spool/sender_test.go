//go:build integration

package spool

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"tidemark/deploy/integration/chaos"
	"tidemark/schemas"
)

const (
	visitorsEach = 10
	badEvery     = 25 // one of so many batches holds a line that cannot be read
	againEvery   = 10 // one of so many is sent twice, as by a client that has not seen the answer
)

// tally is what the senders saw.
type tally struct {
	ledger *chaos.Ledger

	mu       sync.Mutex
	sent     map[string]int // events acknowledged, by family; those sent twice count twice
	unkept   int            // answers 503 to clickstream
	refused  int            // answers 503 to orders
	retry    int            // of them with Retry-After
	bad      int            // lines that cannot be read
	slowest  time.Duration  // answer 2xx to clickstream
	failures []string
}

// sender is one client. It sends the next batch only after the one before was acknowledged, so the events of each of its
// visitors have an order.
type sender struct {
	url, name string
	tally     *tally
	n         int // events of each visitor so far
}

// clicks sends clickstream until the channel closes. Half of the visitors' events happened a while ago, so that some are late.
func (s *sender) clicks(ctx context.Context, done <-chan struct{}) {
	kinds := []string{schemas.ClickPageView, schemas.ClickViewPromotion, schemas.ClickSelectPromotion, schemas.ClickViewItem}
	for batch := 0; wait(ctx, done, 50*time.Millisecond); batch++ {
		var body bytes.Buffer
		var ids []string
		for v := range visitorsEach {
			at := time.Now().Add(-time.Duration(v%2) * 100 * time.Second)
			id := fmt.Sprintf("%s-v%d-%06d", s.name, v, s.n)
			ids = append(ids, id)
			line(&body, &schemas.Click{
				Envelope:    schemas.Envelope{EventID: id, Type: kinds[s.n%len(kinds)], OccurredAt: schemas.MillisOf(at)},
				AnonymousID: fmt.Sprintf("%s-v%d", s.name, v), Page: "/p/1", PageType: "product", Channel: "direct",
			})
		}
		s.n++
		if batch%badEvery == badEvery-1 {
			body.WriteString(`{"event_id":"bad","type":"page_view","anonymous_id":"a"}` + "\n")
			s.tally.add(func(t *tally) { t.bad++ })
		}
		s.deliver(ctx, schemas.Clickstream.Name, body.Bytes(), ids)
		if batch%againEvery == 0 {
			s.deliver(ctx, schemas.Clickstream.Name, body.Bytes(), ids)
		}
	}
}

// orders sends orders, each placed and paid.
func (s *sender) orders(ctx context.Context, done <-chan struct{}) {
	for ; wait(ctx, done, 100*time.Millisecond); s.n++ {
		var body bytes.Buffer
		var ids []string
		order := fmt.Sprintf("%s-o%06d", s.name, s.n)
		for _, kind := range []string{schemas.OrderPlaced, schemas.OrderPaid} {
			ids = append(ids, kind+"-"+order)
			line(&body, &schemas.Order{
				Envelope: schemas.Envelope{EventID: kind + "-" + order, Type: kind, OccurredAt: schemas.MillisOf(time.Now())},
				OrderID:  order, Buyer: "buyer-" + order, Currency: "EUR", Total: 5 * schemas.MicrosPerUnit,
			})
		}
		s.deliver(ctx, schemas.Orders.Name, body.Bytes(), ids)
	}
}

func line(body *bytes.Buffer, event any) {
	text, err := json.Marshal(event)
	if err != nil {
		panic(err) // of our own types
	}
	body.Write(append(text, '\n'))
}

func wait(ctx context.Context, done <-chan struct{}, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-done:
		return false
	case <-time.After(d):
		return true
	}
}

// deliver repeats a batch until it is acknowledged, as clients do: after Retry-After where it is given.
func (s *sender) deliver(ctx context.Context, family string, body []byte, ids []string) {
	topic := schemas.Family[struct{}]{Name: family}.Topic()
	for ctx.Err() == nil {
		began := time.Now()
		status, retry, err := s.post(ctx, family, body)
		pause := 100 * time.Millisecond
		switch {
		case err != nil: // the collector is being killed
		case status/100 == 2:
			for _, id := range ids {
				s.tally.ledger.Acked(topic, id)
			}
			s.tally.add(func(t *tally) {
				t.sent[family] += len(ids)
				if family == schemas.Clickstream.Name {
					t.slowest = max(t.slowest, time.Since(began))
				}
			})
			return
		case status != http.StatusServiceUnavailable:
			s.tally.add(func(t *tally) { t.failures = append(t.failures, fmt.Sprint(family, " ", status)) })
			return
		default:
			s.tally.add(func(t *tally) {
				if family == schemas.Clickstream.Name {
					t.unkept++
					return
				}
				t.refused++
				if retry > 0 {
					t.retry++
				}
			})
			pause = time.Duration(max(1, retry)) * time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func (s *sender) post(ctx context.Context, family string, body []byte) (status, retry int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/events?family="+family, bytes.NewReader(body))
	if err != nil {
		return 0, 0, err
	}
	request.SetBasicAuth("sk_chaos_secret_0001", "")
	request.Header.Set("Content-Type", "application/x-ndjson")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return 0, 0, err
	}
	retry, _ = strconv.Atoi(answer.Header.Get("Retry-After"))
	return answer.StatusCode, retry, nil
}

func (t *tally) add(change func(*tally)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(t)
}
