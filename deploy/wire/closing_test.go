package wire

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/embedded"
	"tidemark/ingest"
	"tidemark/processors"
	"tidemark/schemas"
)

// spans is a sink that keeps the spans handed over.
type spans struct{ closed, open []schemas.Span }

func (s *spans) Insert(_ context.Context, blocks []schemas.Block) error {
	for i := range blocks {
		if span := blocks[i].Span; span.Next > 0 {
			s.closed = append(s.closed, *span)
		} else {
			s.open = append(s.open, *span)
		}
	}
	return nil
}

func (s *spans) Watermark(context.Context, string, uint64) (schemas.Millis, error) { return 0, nil }

// TestClosingEndsAnImport: the last span of an import, into which nobody beats, is closed by a heartbeat in the log, one
// and no more; the accounts of land count the same events with and without it.
func TestClosingEndsAnImport(t *testing.T) {
	ctx := t.Context()
	broker, err := embedded.OpenKafka(ctx, embedded.KafkaConfig{Data: t.TempDir(), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	client := []kgo.Opt{kgo.SeedBrokers(broker.Addr())}
	kafka, err := ingest.NewKafka(ctx, ingest.KafkaConfig{Options: client})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(kafka.Close)
	topic := schemas.Orders.HistoryTopic()
	event := []byte(`{"event_id":"a","occurred_at":1262304000000,"received_at":1262304000000,"shop":"berlin","source":"erp","type":"order_placed","order_id":"o"}`)
	if err := kafka.Produce(ctx, []*kgo.Record{{Topic: topic, Partition: 0, Key: []byte("o"), Value: event}}); err != nil {
		t.Fatal(err)
	}
	log := read(t, client, topic, 1)
	task := archiveOf(t, topic, log[0].partition)
	got := &spans{}
	sink := &Closing{Sink: got, Produce: kafka.Produce, After: time.Minute}
	task.Apply([]processors.Record{log[0].Record})
	for range 3 { // it has not waited long, then long, then there has just been a heartbeat
		if err := sink.Insert(ctx, task.Flush(false).Blocks); err != nil {
			t.Fatal(err)
		}
		sink.After = 0
	}
	if len(got.closed) != 0 || len(got.open) != 3 {
		t.Fatalf("%+v", got)
	}
	log = read(t, client, topic, 2)
	if !log[1].Heartbeat || log[1].partition != log[0].partition || log[1].Offset != 1 {
		t.Fatalf("not a heartbeat into the same partition: %+v", log[1])
	}
	beat := log[1].Record
	beat.Time = max(beat.Time, log[0].Time+schemas.Millis(processors.DefaultArchiveCuts().Every.Milliseconds())) // later, as After says
	task.Apply([]processors.Record{beat})
	if err := sink.Insert(ctx, task.Flush(false).Blocks); err != nil {
		t.Fatal(err)
	}
	if len(got.closed) != 1 || got.closed[0].Next != 1 || got.closed[0].Events != 1 || got.open[3].Waiting != 0 {
		t.Errorf("%+v", got)
	}
	read(t, client, topic, 2) // no second heartbeat
	with, without := accounted(t, topic, log[0].Record, beat), accounted(t, topic, log[0].Record)
	if with != without || with != 1 {
		t.Errorf("land's accounts have %d events with the heartbeat and %d without", with, without)
	}
}

// accounted is how many events land accounts for.
func accounted(t *testing.T, topic string, recs ...processors.Record) (n int64) {
	t.Helper()
	work := processors.LandWork(processors.ConsumerGroup("land"))
	task, err := work.NewTask(processors.Assignment{Topic: topic, Part: 7, Group: work.Group})
	if err != nil {
		t.Fatal(err)
	}
	task.Apply(recs)
	f := task.Flush(false)
	if next := f.Ver & processors.OffsetMask; int(next) != len(recs) || len(f.Dead) > 0 {
		t.Errorf("land stands at %d of %d, with %d dead letters", next, len(recs), len(f.Dead)) // an import waits for the end of the topic
	}
	for _, b := range f.Blocks {
		if b.Table.Name == "accounts" {
			for _, v := range b.Data[slices.Index(b.Names, "produced")].([]int64) {
				n += v
			}
		}
	}
	return n
}

// TestClosingLeavesLiveTopics: collectors beat there.
func TestClosingLeavesLiveTopics(t *testing.T) {
	c := &Closing{After: time.Second}
	now := time.Now()
	old := schemas.MillisOf(now.Add(-time.Hour))
	for _, s := range []schemas.Span{{Topic: schemas.Orders.Topic(), Waiting: old}, {Topic: schemas.Orders.HistoryTopic(), Waiting: old, Next: 5},
		{Topic: schemas.Orders.HistoryTopic()}, {Topic: schemas.Orders.HistoryTopic(), Waiting: schemas.MillisOf(now)}} {
		if recs := c.due([]schemas.Block{{Span: &s}}, now); len(recs) != 0 {
			t.Errorf("%+v got a heartbeat", s)
		}
	}
	late := schemas.Span{Topic: schemas.Orders.HistoryTopic(), Partition: 2, Waiting: old}
	one, soon, again := c.due([]schemas.Block{{Span: &late}}, now), c.due([]schemas.Block{{Span: &late}}, now.Add(59*time.Second)), c.due([]schemas.Block{{Span: &late}}, now.Add(beatPause))
	if len(one) != 1 || one[0].Partition != 2 || len(soon) != 0 || len(again) != 1 {
		t.Errorf("%d, %d and %d heartbeats", len(one), len(soon), len(again))
	}
}

// TestClosingSaysWhatFailed: rows that are not stored come before heartbeats, and a heartbeat that is not written is an error.
func TestClosingSaysWhatFailed(t *testing.T) {
	lost := errors.New("lost")
	c := &Closing{Sink: &spans{}, Produce: func(context.Context, []*kgo.Record) error { return lost }}
	s := schemas.Span{Topic: schemas.Orders.HistoryTopic(), Waiting: 1}
	if err := c.Insert(t.Context(), []schemas.Block{{Span: &s}}); !errors.Is(err, lost) {
		t.Error(err)
	}
}

// logged is a record and its partition.
type logged struct {
	processors.Record
	partition int32
}

// read reads a topic that must have n records, and no more.
func read(t *testing.T, client []kgo.Opt, topic string, n int) (out []logged) {
	t.Helper()
	c, err := kgo.NewClient(append(slices.Clone(client), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for began := time.Now(); len(out) < n || time.Since(began) < time.Second; {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		c.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			out = append(out, logged{processors.Record{Offset: r.Offset, Time: schemas.MillisOf(r.Timestamp), Value: r.Value, Heartbeat: processors.IsHeartbeat(r)}, r.Partition})
		})
		cancel()
		if time.Since(began) > 20*time.Second {
			break
		}
	}
	if len(out) != n {
		t.Fatalf("%s has %d records, want %d", topic, len(out), n)
	}
	return out
}

// archiveOf is the archive's task for a partition.
func archiveOf(t *testing.T, topic string, partition int32) processors.Task {
	t.Helper()
	work, err := processors.ArchiveWork(processors.ConsumerGroup("archive"), processors.DefaultArchiveCuts())
	if err != nil {
		t.Fatal(err)
	}
	task, err := work.NewTask(processors.Assignment{Topic: topic, Partition: partition, Part: 7})
	if err != nil {
		t.Fatal(err)
	}
	return task
}
