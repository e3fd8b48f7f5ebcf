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
	recent   []piece // candidates for copies
	highest  map[target]schemas.Millis
	sent     Sent

	mu   sync.Mutex
	errs []error
}

// piece is the record of one event.
type piece struct {
	record *kgo.Record
	id     string
}

// run keeps to the rate by the clock: each tick writes what is due since the start.
func (w *writer) run(ctx context.Context) error {
	const step = 20 * time.Millisecond
	began := time.Now()
	tick := time.NewTicker(step)
	defer tick.Stop()
	total := w.load.Past + w.load.Live
	written, beats := 0, 0
	for elapsed := time.Duration(0); elapsed < total || w.wanted(); elapsed = time.Since(began) {
		if live := elapsed - w.load.Past; live >= time.Duration(beats)*time.Second {
			w.produce(ctx, w.load.heartbeats()...)
			w.sent.Heartbeats += 2 * int(w.load.Partitions)
			beats++
		}
		for due := w.load.due(elapsed); written < due; written++ {
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

// due is how many happenings there should be by then: beyond the two phases, where a fault takes its time, a quarter of
// the rate goes on, so that the faults find work and a slow machine no mountain of it.
func (l Load) due(elapsed time.Duration) int {
	full := min(elapsed, l.Past+l.Live)
	return int((full + (elapsed-full)/4).Seconds() * float64(l.Rate))
}

// wanted says whether the second phase must go on.
func (w *writer) wanted() bool {
	if w.load.Until == nil {
		return false
	}
	select {
	case <-w.load.Until:
		return false
	default:
		return true
	}
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
	mix := w.load.Mix
	at := clock - mix.delay(w.rng)
	if live && w.rng.Float64() < mix.Future {
		at = schemas.MillisOf(time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	pieces, err := w.pieces(w.shoppers.next(at, clock), at)
	if err != nil {
		return err
	}
	for _, p := range pieces {
		if w.rng.Float64() < mix.Broken {
			w.sent.Broken++
			w.produce(ctx, mix.spoil(w.rng, p.record))
		}
		w.send(ctx, p)
		w.remember(p)
		for range mix.copies(w.rng) {
			w.sent.Duplicates++
			w.send(ctx, w.recent[w.rng.IntN(len(w.recent))])
		}
	}
	return nil
}

func (w *writer) pieces(done happening, at schemas.Millis) ([]piece, error) {
	var all []piece
	for i := range done.clicks {
		click := &done.clicks[i]
		record, err := w.load.record(schemas.Clickstream.Topic(), click.AnonymousID, click)
		if err != nil {
			return nil, err
		}
		all = append(all, piece{record, click.EventID})
	}
	for i := range done.orders {
		order := &done.orders[i]
		record, err := w.load.record(schemas.Orders.Topic(), order.OrderID, order)
		if err != nil {
			return nil, err
		}
		all = append(all, piece{record, order.EventID})
	}
	for _, p := range all {
		var err error
		if p.record.Value, err = w.load.Mix.change(w.rng, p.record.Value); err != nil {
			return nil, err
		}
	}
	w.count(all, at, max(0, len(done.clicks)-1))
	return all, nil
}

// count notes what the new events are to their partitions; copies is how many of them repeat an id of the same step.
func (w *writer) count(records []piece, at schemas.Millis, copies int) {
	w.sent.Events += len(records) - copies
	w.sent.Duplicates += copies
	if at > schemas.MillisOf(time.Now()) {
		w.sent.Future += len(records) - copies
		return
	}
	for _, p := range records {
		key := target{p.record.Topic, p.record.Partition}
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

func (w *writer) remember(p piece) {
	if len(w.recent) < memory {
		w.recent = append(w.recent, p)
		return
	}
	w.recent[w.rng.IntN(memory)] = p
}

// send writes an event, in a record of its own because another copy may still be under way.
func (w *writer) send(ctx context.Context, p piece) {
	r := &kgo.Record{Topic: p.record.Topic, Partition: p.record.Partition, Key: p.record.Key, Value: p.record.Value}
	w.client.Produce(ctx, r, func(_ *kgo.Record, err error) {
		if err == nil {
			w.load.Ledger.Acked(p.record.Topic, p.id)
		}
		w.note(err)
	})
}

func (w *writer) produce(ctx context.Context, records ...*kgo.Record) {
	for _, record := range records {
		w.client.Produce(ctx, record, func(_ *kgo.Record, err error) { w.note(err) })
	}
}

func (w *writer) note(err error) {
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.errs = append(w.errs, err)
	}
}

// failures returns the first few errors of records that were not acknowledged.
func (w *writer) failures() []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.errs[:min(len(w.errs), 3)]
}
