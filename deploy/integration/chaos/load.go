// Package chaos runs the real programs on a real Kafka and the real ClickHouse engine, kills them under a load with
// disorder and duplicates, and compares what they stored with an oracle over the log.
package chaos

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// Load describes events written straight to Kafka, with everything that makes counting hard: disorder inside and
// outside the lateness, duplicates, records that cannot be read, times far ahead. The same seed makes the same events
// at the same rate; their times hang on the moment it starts.
//
// It has two phases. In the first, hours of event time are squeezed into Past, hours ago and without heartbeats, so that
// windows and sessions of every length open and close under the eyes of the test. In the second, Live, events happen now
// and every partition gets a heartbeat each second, whose append time closes what the first phase left open.
type Load struct {
	Seed       uint64
	Partitions int32 // of either topic
	Busy       int32 // partitions that get events; 0: all
	Rate       int   // happenings per second; each is one to four records
	Past, Live time.Duration
	// Span is the event time that the first phase covers, and Behind how far before now it ends.
	Span, Behind time.Duration
	// Until, where it is not nil, keeps the second phase going until it is closed.
	Until <-chan struct{}
	// Mix is what makes the load hard; nil is the usual one.
	Mix *Mix
	// Client adds to the options of the Kafka client.
	Client []kgo.Opt
	// Ledger is told of each event that Kafka has acknowledged; it may be nil.
	Ledger *Ledger
}

// Sent counts what a load has written.
type Sent struct {
	Events     int // records with an event, duplicates apart
	Duplicates int // copies of an event: sent again, or told by browser and server both
	Disordered int // events older than one before them
	Late       int // events more than two minutes older than one before them
	Broken     int // records that cannot be read
	Future     int // events of the year 2099
	Heartbeats int
}

// memory is how many records back a copy may lie.
const memory = 4096

// Run writes the load and returns when every record is acknowledged, or one has failed.
func (l Load) Run(ctx context.Context, brokers []string) (Sent, error) {
	options := append([]kgo.Opt{
		kgo.SeedBrokers(brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(5 * time.Millisecond),
	}, l.Client...)
	client, err := kgo.NewClient(options...)
	if err != nil {
		return Sent{}, err
	}
	defer client.Close()
	if l.Mix == nil {
		usual := Usual()
		l.Mix = &usual
	}
	rng := rand.New(rand.NewPCG(l.Seed, 1))
	w := &writer{load: l, client: client, rng: rng, shoppers: newShoppers(rng), highest: make(map[target]schemas.Millis)}
	w.shoppers.prefix = l.Mix.Prefix
	if err := w.run(ctx); err != nil {
		return w.sent, err
	}
	if err := client.Flush(ctx); err != nil {
		return w.sent, err
	}
	return w.sent, errors.Join(w.failures()...)
}

// Heartbeats writes one heartbeat per second into every partition of both topics until ctx ends, as a collector does.
func (l Load) Heartbeats(ctx context.Context, brokers []string) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		return err
	}
	defer client.Close()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := client.ProduceSync(ctx, l.heartbeats()...).FirstErr(); err != nil && ctx.Err() == nil {
			return fmt.Errorf("writing heartbeats: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (l Load) heartbeats() []*kgo.Record {
	var all []*kgo.Record
	for _, topic := range []string{schemas.Clickstream.Topic(), schemas.Orders.Topic()} {
		for partition := range l.Partitions {
			all = append(all, &kgo.Record{
				Topic: topic, Partition: partition, Value: []byte{},
				Headers: []kgo.RecordHeader{{Key: schemas.HeartbeatHeader}},
			})
		}
	}
	return all
}

// target is a partition of a topic.
type target struct {
	topic     string
	partition int32
}

// record makes the record of one event, keyed as the collectors key it.
func (l Load) record(topic, key string, event any) (*kgo.Record, error) {
	value, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	partition := int32(xxhash.Sum64String(key) % uint64(cmp.Or(l.Busy, l.Partitions)))
	return &kgo.Record{Topic: topic, Partition: partition, Key: []byte(key), Value: value}, nil
}
