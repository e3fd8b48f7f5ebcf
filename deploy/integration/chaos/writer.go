package chaos

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// writer is the state of one running load.
type writer struct {
	load     Load
	client   *kgo.Client
	rng      *rand.Rand
	shoppers *shoppers
	recent   []*kgo.Record // candidates for copies
	highest  map[target]schemas.Millis
	sent     Sent

	mu   sync.Mutex
	errs []error
}

// run keeps to the rate by the clock: each tick writes what is due since the start.
func (w *writer) run(ctx context.Context) error {
	const step = 20 * time.Millisecond
	began := time.Now()
	tick := time.NewTicker(step)
	defer tick.Stop()
	total := w.load.Past + w.load.Live
	written, beats := 0, 0
	for elapsed := time.Duration(0); elapsed < total; elapsed = time.Since(began) {
		if live := elapsed - w.load.Past; live >= time.Duration(beats)*time.Second {
			w.produce(ctx, w.load.heartbeats()...)
			w.sent.Heartbeats += 2 * int(w.load.Partitions)
			beats++
		}
		for due := int(elapsed.Seconds() * float64(w.load.Rate)); written < due; written++ {
			if err := w.step(ctx, w.clock(began, elapsed), elapsed >= w.load.Past); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// clock gives the event time at a moment of the run.
func (w *writer) clock(began time.Time, elapsed time.Duration) schemas.Millis {
	if elapsed >= w.load.Past {
		return schemas.MillisOf(began.Add(elapsed))
	}
	done := float64(elapsed) / float64(w.load.Past)
	start := began.Add(w.load.Past - w.load.Behind - w.load.Span)
	return schemas.MillisOf(start.Add(time.Duration(done * float64(w.load.Span))))
}

// step lets one thing happen, some time before the clock, and writes its records and perhaps a copy of an older one.
func (w *writer) step(ctx context.Context, clock schemas.Millis, live bool) error {
	at := clock - w.delay()
	if live && w.rng.Float64() < future {
		at = schemas.MillisOf(time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	records, err := w.records(w.shoppers.next(at, clock), at)
	if err != nil {
		return err
	}
	for _, record := range records {
		if w.rng.Float64() < broken {
			w.sent.Broken++
			w.produce(ctx, &kgo.Record{Topic: record.Topic, Partition: record.Partition, Key: record.Key, Value: []byte(`{"event_id":`)})
		}
		w.produce(ctx, record)
		w.remember(record)
		if w.rng.Float64() < duplicates {
			w.sent.Duplicates++
			w.produce(ctx, clone(w.recent[w.rng.IntN(len(w.recent))]))
		}
	}
	return nil
}

// delay is how long an event was under way: mostly seconds, sometimes most of a minute, seldom too long for a window.
func (w *writer) delay() schemas.Millis {
	longest := int64(3_000)
	switch dice := w.rng.Float64(); {
	case dice > 0.97:
		longest = 900_000
	case dice > 0.80:
		longest = 50_000
	}
	return schemas.Millis(w.rng.Int64N(longest))
}

func (w *writer) records(done happening, at schemas.Millis) ([]*kgo.Record, error) {
	var all []*kgo.Record
	for i := range done.clicks {
		record, err := w.load.record(schemas.Clickstream.Topic(), done.clicks[i].AnonymousID, &done.clicks[i])
		if err != nil {
			return nil, err
		}
		all = append(all, record)
	}
	for i := range done.orders {
		record, err := w.load.record(schemas.Orders.Topic(), done.orders[i].OrderID, &done.orders[i])
		if err != nil {
			return nil, err
		}
		all = append(all, record)
	}
	w.count(all, at, max(0, len(done.clicks)-1))
	return all, nil
}

// count notes what the new events are to their partitions; copies is how many of them repeat an id of the same step.
func (w *writer) count(records []*kgo.Record, at schemas.Millis, copies int) {
	w.sent.Events += len(records) - copies
	w.sent.Duplicates += copies
	if at > schemas.MillisOf(time.Now()) {
		w.sent.Future += len(records) - copies
		return
	}
	for _, record := range records {
		key := target{record.Topic, record.Partition}
		highest := w.highest[key]
		if at < highest {
			w.sent.Disordered++
		}
		if at < highest-120_000 {
			w.sent.Late++
		}
		w.highest[key] = max(highest, at)
	}
}

func (w *writer) remember(record *kgo.Record) {
	if len(w.recent) < memory {
		w.recent = append(w.recent, record)
		return
	}
	w.recent[w.rng.IntN(memory)] = record
}

// clone makes a record that may be produced although the first one is still under way.
func clone(record *kgo.Record) *kgo.Record {
	return &kgo.Record{Topic: record.Topic, Partition: record.Partition, Key: record.Key, Value: record.Value}
}

func (w *writer) produce(ctx context.Context, records ...*kgo.Record) {
	for _, record := range records {
		w.client.Produce(ctx, record, func(_ *kgo.Record, err error) {
			if err != nil {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.errs = append(w.errs, err)
			}
		})
	}
}

// failures returns the first few errors of records that were not acknowledged.
func (w *writer) failures() []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.errs[:min(len(w.errs), 3)]
}
