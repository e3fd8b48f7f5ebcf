package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// MaxRecord is the largest value that the collector puts into one record, in bytes; it leaves room below Kafka's
// default message.max.bytes of 1,048,588.
const MaxRecord = 1_000_000

const (
	linger        = 5 * time.Millisecond // a request waits for its acknowledgements, so this is latency
	bufferedBytes = 64 << 20             // beyond it Produce waits, so that a slow Kafka slows the senders
)

// Kafka is the Producer on a real client: idempotent, acks=all, partition by murmur2 of the key as Kafka's own clients
// do. Safe for many goroutines.
type Kafka struct {
	client *kgo.Client
	stamps *stamps // nil where the broker stamps
}

// KafkaConfig says where Kafka is and who stamps the records.
type KafkaConfig struct {
	// Options are the client's connection options: seed brokers, TLS, SASL, dialer.
	Options []kgo.Opt
	// StampTime is for a broker that does not know LogAppendTime: timestamps are set here, under one lock per partition
	// and never backwards. It holds only while this producer is the topics' only writer.
	StampTime bool
	// Topics are those that StampTime is for; nil means the families' live topics and the dead letters'.
	Topics []string
	// Now is the clock of StampTime; nil means time.Now.
	Now func() time.Time
}

// NewKafka connects. With StampTime every topic that it is for must exist; ctx bounds that check.
func NewKafka(ctx context.Context, cfg KafkaConfig) (*Kafka, error) {
	opts := []kgo.Opt{
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.RecordPartitioner(partitioner(cfg.StampTime)),
		kgo.ProducerLinger(linger),
		kgo.MaxBufferedBytes(bufferedBytes),
		kgo.ProducerBatchMaxBytes(MaxRecord + 40_000),
	}
	client, err := kgo.NewClient(append(opts, cfg.Options...)...)
	if err != nil {
		return nil, fmt.Errorf("kafka client: %w", err)
	}
	k := &Kafka{client: client}
	if cfg.StampTime {
		if cfg.Topics == nil {
			cfg.Topics = topics()
		}
		if k.stamps, err = newStamps(ctx, client, cfg.Topics, cfg.Now); err != nil {
			client.Close()
			return nil, err
		}
	}
	return k, nil
}

// Close ends the client; what is still buffered is given up.
func (k *Kafka) Close() { k.client.Close() }

// Produce implements Producer.
func (k *Kafka) Produce(ctx context.Context, recs []*kgo.Record) error {
	done := make(chan error, len(recs)) // one answer each, so that a late one never blocks the client
	answer := func(r *kgo.Record, err error) {
		if err != nil {
			err = fmt.Errorf("%s/%d: %w", r.Topic, r.Partition, err)
		}
		done <- err
	}
	for _, r := range recs {
		if k.stamps != nil {
			k.stamps.produce(ctx, r, answer)
			continue
		}
		k.client.Produce(ctx, r, answer)
	}
	var failed error
	for range recs {
		select {
		case err := <-done:
			if failed == nil { // a batch mostly fails for one reason
				failed = err
			}
		case <-ctx.Done():
			return errors.Join(ErrUnacknowledged, ctx.Err())
		}
	}
	return failed
}

// topics are all that the collector writes to.
func topics() []string { return append(familyTopics(), schemas.DeadLetterTopic) }

func familyTopics() []string {
	live, _ := schemas.FamilyTopics()
	return live
}

// countPartitions asks the cluster how many partitions each topic has. A topic that is missing is an error.
func countPartitions(ctx context.Context, client *kgo.Client, names []string) (map[string]int, error) {
	found, err := kadm.NewClient(client).ListTopics(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("list topics %v: %w", names, err)
	}
	out := make(map[string]int, len(names))
	for _, name := range slices.Sorted(slices.Values(names)) {
		d, ok := found[name]
		if !ok || d.Err != nil || len(d.Partitions) == 0 {
			return nil, fmt.Errorf("topic %s is missing; create the topics first, for example with tidemark apply: %w", name, d.Err)
		}
		out[name] = len(d.Partitions)
	}
	return out, nil
}
