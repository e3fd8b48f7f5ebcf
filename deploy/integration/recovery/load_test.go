//go:build integration

package recovery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// Load writes clickstream events at a steady rate, as collectors do: visitors who come, look around for some forty
// events and go, with disorder of up to three seconds and one copy among a hundred events. Everything is two hours old, so
// that the heartbeats at the end, which are of now, close every session and window.
type Load struct {
	Rate       int // events per second
	Partitions int32

	Written atomic.Int64
}

const (
	perVisit = 40
	disorder = 3000 // ms
	behind   = 2 * time.Hour
	ticks    = 100 // per second
)

// Run writes until ctx ends, and returns once everything is acknowledged.
func (l *Load) Run(ctx context.Context, brokers []string) error {
	cl, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(5*time.Millisecond), kgo.MaxBufferedRecords(200_000))
	if err != nil {
		return err
	}
	defer cl.Close()
	enc, err := schemas.NewEncoder[schemas.Click]()
	if err != nil {
		return err
	}
	v := &visitors{Rand: rand.New(rand.NewPCG(1, 2)), active: make([]string, max(100, l.Rate)), recent: make([]*kgo.Record, 2000)}
	var failed atomic.Pointer[error]
	promise := func(_ *kgo.Record, err error) {
		if err != nil {
			failed.Store(&err)
		}
	}
	tick := time.NewTicker(time.Second / ticks)
	defer tick.Stop()
	began := time.Now()
	for ctx.Err() == nil && failed.Load() == nil {
		now := <-tick.C
		for due := int64(now.Sub(began).Seconds() * float64(l.Rate)); l.Written.Load() < due; l.Written.Add(1) {
			cl.Produce(context.WithoutCancel(ctx), v.record(enc, now.Add(-behind).UnixMilli(), l.Partitions), promise)
		}
	}
	l.heartbeats(cl, promise)
	flushing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	err = cl.Flush(flushing)
	if f := failed.Load(); f != nil {
		err = errors.Join(err, *f)
	}
	return err
}

// heartbeats ends the log.
func (l *Load) heartbeats(cl *kgo.Client, promise func(*kgo.Record, error)) {
	for _, topic := range []string{schemas.Clickstream.Topic(), schemas.Orders.Topic()} {
		for p := range l.Partitions {
			cl.Produce(context.Background(), &kgo.Record{Topic: topic, Partition: p, Headers: []kgo.RecordHeader{{Key: schemas.HeartbeatHeader}}}, promise)
		}
	}
}

// visitors makes the events.
type visitors struct {
	*rand.Rand
	active []string
	recent []*kgo.Record // for copies
	visits int
	events int
}

func (v *visitors) record(enc *schemas.Encoder[schemas.Click], now int64, partitions int32) *kgo.Record {
	at := v.events % len(v.recent)
	v.events++
	if old := v.recent[v.IntN(len(v.recent))]; old != nil && v.IntN(100) == 0 {
		return &kgo.Record{Topic: old.Topic, Partition: old.Partition, Key: old.Key, Value: old.Value}
	}
	slot := v.IntN(len(v.active))
	if v.active[slot] == "" || v.IntN(perVisit) == 0 {
		v.visits++
		v.active[slot] = fmt.Sprintf("visitor-%08d-%08x", v.visits, v.Uint32())
	}
	e := v.click(v.active[slot], now-v.Int64N(disorder))
	r := &kgo.Record{
		Topic: schemas.Clickstream.Topic(), Partition: int32(xxhash.Sum64String(e.AnonymousID) % uint64(partitions)),
		Key: []byte(e.AnonymousID), Value: enc.Append(make([]byte, 0, 512), &e),
	}
	v.recent[at] = r
	return r
}

func (v *visitors) click(visitor string, at int64) schemas.Click {
	types := [...]string{
		schemas.ClickPageView, schemas.ClickPageView, schemas.ClickPageView, schemas.ClickViewItem, schemas.ClickViewItem, schemas.ClickAddToCart,
		schemas.ClickBeginCheckout, schemas.ClickViewPromotion, schemas.ClickSelectPromotion, schemas.ClickPurchase,
	}
	e := schemas.Click{
		Envelope: schemas.Envelope{
			EventID: fmt.Sprintf("%016x%08x", v.Uint64(), v.events), Type: types[v.IntN(len(types))], OccurredAt: schemas.Millis(at),
			Shop: [...]string{"chaos", "sdk"}[v.IntN(2)], Market: "de", Source: "recovery",
		},
		AnonymousID: visitor, Page: fmt.Sprintf("/p/%d", v.IntN(5000)), PageType: [...]string{"home", "list", "product", "cart"}[v.IntN(4)],
		Channel: [...]string{"", "email", "paid_search", "social"}[v.IntN(4)], Campaign: [...]string{"", "winter", "spring"}[v.IntN(3)],
		Device: [...]string{"mobile", "desktop"}[v.IntN(2)], Locale: "de-DE", SessionID: visitor[:16], Slot: [...]string{"", "top", "side"}[v.IntN(3)],
	}
	if e.Type == schemas.ClickPurchase {
		e.OrderID, e.Value, e.Currency = e.EventID, schemas.Money(v.Int64N(200_000_000)), "EUR"
	}
	return e
}
