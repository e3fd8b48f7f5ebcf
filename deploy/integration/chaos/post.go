package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"tidemark/schemas"
)

// Post describes events that are sent to collectors over HTTP, as a shop's server does: in batches, each again until it
// is answered 2xx. Its copies are whole batches.
type Post struct {
	Seed   uint64
	Rate   int // happenings per second
	For    time.Duration
	Until  <-chan struct{}
	URLs   []string // of collectors, one is picked for each try
	Most   int      // each batch is sent 1 to Most times; 0 is 1
	Ledger *Ledger
}

// batch is the lines of one request, and what to note when it is acknowledged.
type batch struct {
	family, topic string
	body          bytes.Buffer
	ids           []string
}

// Run sends until For has passed and Until is closed, and returns when all is acknowledged.
func (p Post) Run(ctx context.Context) (Sent, error) {
	rng := rand.New(rand.NewPCG(p.Seed, 1))
	s := newShoppers(rng)
	var sent Sent
	const step = 50 * time.Millisecond
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, 8)
	began, done := time.Now(), 0
	for time.Since(began) < p.For || open(p.Until) {
		if err := sleep(ctx, step); err != nil {
			return sent, err
		}
		due := Load{Rate: p.Rate, Live: p.For}.due(time.Since(began)) - done
		due = min(due, 100) // a batch may hold 500 events
		done += due
		batches, err := p.fill(s, rng, due)
		if err != nil {
			return sent, err
		}
		for _, b := range batches {
			sent.Events += len(b.ids)
			for range 1 + rng.IntN(max(1, p.Most)) {
				at := p.URLs[rng.IntN(len(p.URLs))]
				slots <- struct{}{}
				all.Go(func() {
					defer func() { <-slots }()
					if err := p.deliver(ctx, at, b); err != nil {
						mu.Lock()
						failed = err
						mu.Unlock()
					}
				})
			}
		}
	}
	all.Wait()
	return sent, failed
}

func open(until <-chan struct{}) bool {
	select {
	case <-until:
		return false
	default:
		return until != nil
	}
}

// fill makes the batches of some happenings, one per family.
func (p Post) fill(s *shoppers, rng *rand.Rand, happenings int) ([]*batch, error) {
	clicks := &batch{family: schemas.Clickstream.Name, topic: schemas.Clickstream.Topic()}
	orders := &batch{family: schemas.Orders.Name, topic: schemas.Orders.Topic()}
	mix := Usual()
	for range happenings {
		now := schemas.MillisOf(time.Now())
		made := s.next(now-mix.delay(rng), now)
		for i := range made.clicks {
			if err := clicks.add(made.clicks[i].EventID, &made.clicks[i]); err != nil {
				return nil, err
			}
		}
		for i := range made.orders {
			if err := orders.add(made.orders[i].EventID, &made.orders[i]); err != nil {
				return nil, err
			}
		}
	}
	var all []*batch
	for _, b := range []*batch{clicks, orders} {
		if len(b.ids) > 0 {
			all = append(all, b)
		}
	}
	return all, nil
}

func (b *batch) add(id string, event any) error {
	line, err := json.Marshal(event)
	if err != nil {
		return err
	}
	b.ids = append(b.ids, id)
	b.body.Write(line)
	b.body.WriteByte('\n')
	return nil
}

// acknowledged says that no line was refused. 207 may only mean that a line repeats one of its batch.
func acknowledged(status int, text []byte) bool {
	return status == http.StatusOK || status == http.StatusMultiStatus && bytes.Contains(text, []byte(`"quarantined":0,`))
}

// deliver tries until the batch is acknowledged. An answer that names refused lines ends it with an error: the sender's
// events are all good.
func (p Post) deliver(ctx context.Context, url string, b *batch) error {
	for {
		status, text, err := p.try(ctx, url, b)
		switch {
		case err == nil && acknowledged(status, text):
			for _, id := range b.ids {
				p.Ledger.Acked(b.topic, id)
			}
			return nil
		case err == nil && status/100 != 5 && status != http.StatusTooManyRequests:
			return fmt.Errorf("the collector answered %d: %.500s", status, text)
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

func (p Post) try(ctx context.Context, url string, b *batch) (status int, text []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/events?family="+b.family, bytes.NewReader(b.body.Bytes()))
	if err != nil {
		return 0, nil, err
	}
	request.SetBasicAuth("sk_chaos_secret_0001", "")
	request.Header.Set("Content-Type", "application/x-ndjson")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	return answer.StatusCode, text, err
}
