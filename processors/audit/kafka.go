package audit

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/processors"
)

// span is what is to be read of one partition.
type span struct {
	part   uint64
	minute int64 // of the record read last
	end    int64 // offset
}

// readLog counts the events of each minute in Kafka's log, as far as it still holds them. It keeps only counts.
func (c *Config) readLog(ctx context.Context, f *facts) error {
	cl, err := kgo.NewClient(append(c.Client[:len(c.Client):len(c.Client)], kgo.KeepControlRecords(), kgo.FetchMaxBytes(16<<20))...)
	if err != nil {
		return err
	}
	defer cl.Close()
	f.log, f.logFrom = map[cell]int64{}, map[uint64]int64{}
	spans, start, err := c.spans(ctx, kadm.NewClient(cl), f)
	if err != nil {
		return fmt.Errorf("offsets of the range: %w", err)
	}
	cl.AddConsumePartitions(start)
	for n, told := 0, 0; len(spans) > 0; {
		fetches := cl.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return fmt.Errorf("read Kafka's log: %w", err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			n++
			f.logRecord(r, spans)
		})
		if n >= told+500_000 {
			told = n
			c.Progress(fmt.Sprintf("Kafka's log: %d records, %d partitions to go", n, len(spans)))
		}
	}
	return nil
}

// logRecord counts a record, and ends its span with its last one.
func (f *facts) logRecord(r *kgo.Record, spans map[tp]*span) {
	k := tp{r.Topic, r.Partition}
	s := spans[k]
	if s == nil {
		return
	}
	if r.Offset < s.end {
		s.minute = max(s.minute, r.Timestamp.UnixMilli()/minuteMS*minuteMS)
		if !r.Attrs.IsControl() && !processors.IsHeartbeat(r) {
			f.log[cell{s.part, s.minute}]++
		}
	}
	if r.Offset >= s.end-1 {
		delete(spans, k)
	}
}

type tp struct {
	topic     string
	partition int32
}

// spans finds the offsets of the range. A minute that the log's beginning has cut is not compared.
func (c *Config) spans(ctx context.Context, adm *kadm.Client, f *facts) (map[tp]*span, map[string]map[int32]kgo.Offset, error) {
	topics, err := adm.ListTopics(ctx, c.topics()...)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, t := range topics.Sorted() {
		switch {
		case errors.Is(t.Err, kerr.UnknownTopicOrPartition): // a family that nobody uses
		case t.Err != nil:
			return nil, nil, fmt.Errorf("topic %s: %w", t.Topic, t.Err)
		default:
			names = append(names, t.Topic)
		}
	}
	if len(names) == 0 {
		return nil, nil, errors.New("none of the event topics is there: are these the right brokers?")
	}
	begins, err1 := adm.ListStartOffsets(ctx, names...)
	from, err2 := adm.ListOffsetsAfterMilli(ctx, c.From.UnixMilli(), names...)
	to, err3 := adm.ListOffsetsAfterMilli(ctx, c.To.UnixMilli(), names...)
	for _, err := range []error{err1, err2, err3, begins.Error(), from.Error(), to.Error()} {
		if err != nil {
			return nil, nil, err
		}
	}
	spans, start := map[tp]*span{}, map[string]map[int32]kgo.Offset{}
	from.Each(func(o kadm.ListedOffset) {
		part := processors.Part(topics[o.Topic].ID, o.Partition)
		begin, _ := begins.Lookup(o.Topic, o.Partition)
		end, _ := to.Lookup(o.Topic, o.Partition)
		f.logFrom[part] = c.From.UnixMilli()
		switch {
		case o.Timestamp < 0 && begin.Offset > 0 && o.Offset == begin.Offset: // retention has emptied the log
			delete(f.logFrom, part)
		case o.Offset == begin.Offset && begin.Offset > 0:
			f.logFrom[part] = (o.Timestamp/minuteMS + 1) * minuteMS
		}
		if o.Offset >= end.Offset {
			return
		}
		spans[tp{o.Topic, o.Partition}] = &span{part: part, end: end.Offset}
		if start[o.Topic] == nil {
			start[o.Topic] = map[int32]kgo.Offset{}
		}
		start[o.Topic][o.Partition] = kgo.NewOffset().At(o.Offset)
	})
	return spans, start, nil
}
