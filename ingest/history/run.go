package history

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/sync/errgroup"

	"tidemark/ingest"
)

// Config is what Run needs.
type Config struct {
	ScanConfig
	Client []kgo.Opt // connection options of Kafka
	// Known returns those of the events' ids that are stored already.
	Known func(ctx context.Context, events []Event) (map[string]bool, error)
	// Landed returns, by partition, the offset up to which land has stored the topic; partitions of which nothing is known
	// are left out.
	Landed func(ctx context.Context, t Topic) (map[int32]int64, error)
	Log    zerolog.Logger
}

// Topic is the history topic that an import writes to.
type Topic struct {
	Name       string
	ID         [16]byte
	Partitions int32
}

// Outcome is what an import did.
type Outcome struct {
	Report *Report
	Topic  Topic
	Wrote  map[int32]Span // by partition
}

// Span is the offsets that were written to one partition; others may have written between them.
type Span struct{ First, Last int64 }

// errInterrupted tells how to go on.
var errInterrupted = errors.New("interrupted: what was written stays; give the same command again to go on, events that are stored are left out")

// Run imports the file: it puts the events that are not stored yet into the history topic and waits until land has stored
// them. Before it begins it waits for land too: only then does Known know everything that an earlier run wrote, and no
// horizon of duplicates limits how long an interrupted import may rest. Two imports of one file at the same time are not
// kept apart.
//
// When ctx ends, the batch in flight is finished.
func Run(ctx context.Context, in *Input, cfg Config) (*Outcome, error) {
	client, err := kgo.NewClient(cfg.Client...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	topic, stamp, err := findTopic(ctx, admin, historyTopic(in.mapping.Family))
	if err != nil {
		return nil, err
	}
	out := &Outcome{Topic: topic, Wrote: map[int32]Span{}}
	if cfg.Progress == nil {
		cfg.Progress = &Progress{}
	}
	land := &landing{admin: admin, topic: topic, landed: cfg.Landed, progress: cfg.Progress, log: cfg.Log}
	if err := land.wait(ctx); err != nil {
		return out, interrupted(ctx, err)
	}
	kafka, err := ingest.NewKafka(ctx, ingest.KafkaConfig{Options: cfg.Client, StampTime: stamp, Topics: []string{topic.Name}})
	if err != nil {
		return out, err
	}
	defer kafka.Close()
	if err := write(ctx, in, cfg, kafka, out); err != nil {
		return out, interrupted(ctx, err)
	}
	return out, interrupted(ctx, land.wait(ctx))
}

func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// write scans the file and, beside it, writes what is new.
func write(ctx context.Context, in *Input, cfg Config, to ingest.Producer, out *Outcome) error {
	batches := make(chan []Event, 1)
	w := &writer{to: to, known: cfg.Known, topic: out.Topic.Name, progress: cfg.Progress, wrote: out.Wrote}
	var work errgroup.Group
	scanning, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work.Go(func() error {
		for batch := range batches {
			if err := w.write(ctx, batch); err != nil {
				stop(err)
				for range batches { // so that the scan does not wait for ever
				}
				return err
			}
		}
		return nil
	})
	var b batcher
	report, err := Scan(scanning, in, cfg.ScanConfig, func(e Event) error {
		if full := b.add(e); full != nil {
			batches <- full
		}
		return nil
	})
	if err == nil && len(b.events) > 0 {
		batches <- b.events
	}
	close(batches)
	writeErr := work.Wait()
	if report != nil {
		report.Written, report.There = w.written, w.there
		out.Report = report
	}
	if writeErr != nil {
		return writeErr
	}
	return err
}

// A batch is looked up and written together.
const (
	batchEvents = 1000
	batchBytes  = 4 << 20
)

// batcher collects events.
type batcher struct {
	events []Event
	bytes  int
}

// add returns the batch when it is full.
func (b *batcher) add(e Event) []Event {
	b.events = append(b.events, e)
	b.bytes += len(e.Value)
	if len(b.events) < batchEvents && b.bytes < batchBytes {
		return nil
	}
	full := b.events
	*b = batcher{}
	return full
}

// writer puts events into Kafka that are not stored yet.
type writer struct {
	to             ingest.Producer
	known          func(context.Context, []Event) (map[string]bool, error)
	topic          string
	progress       *Progress
	wrote          map[int32]Span
	written, there int64
}

// ackTimeout is how long a batch may take once it has begun, also when the import is being interrupted.
const ackTimeout = 60 * time.Second

func (w *writer) write(ctx context.Context, events []Event) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ackTimeout)
	defer cancel()
	known, err := w.known(ctx, events)
	if err != nil {
		return fmt.Errorf("look for events that are stored already: %w", err)
	}
	var recs []*kgo.Record
	for _, e := range events {
		if !known[e.ID] {
			recs = append(recs, &kgo.Record{Topic: w.topic, Key: []byte(e.Key), Value: e.Value})
		}
	}
	if len(recs) > 0 {
		if err := w.to.Produce(ctx, recs); err != nil {
			return fmt.Errorf("write to Kafka: %w; give the command again to go on", err)
		}
	}
	for _, r := range recs {
		s, any := w.wrote[r.Partition]
		if !any {
			s.First = r.Offset
		}
		w.wrote[r.Partition] = Span{min(s.First, r.Offset), max(s.Last, r.Offset)}
	}
	w.written += int64(len(recs))
	w.there += int64(len(events) - len(recs))
	w.progress.Written.Store(w.written)
	w.progress.There.Store(w.there)
	return nil
}
