package letters

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

const (
	// reachTimeout bounds the first contact with Kafka, whose client would try for minutes.
	reachTimeout = 15 * time.Second
	// fetchBytes is what one fetch may hold; the client has the next one ready beside it.
	fetchBytes = 8 << 20
	// lookEvery is how often the log's start is looked at, and stillness how long nothing may come.
	lookEvery = time.Second
	stillness = 30 * time.Second
)

// span is the offsets to read of one partition: [from, end).
type span struct{ from, end int64 }

// spans are the partitions that hold anything, from since up to their present end.
func spans(ctx context.Context, options []kgo.Opt, since time.Time) (map[int32]span, error) {
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	admin := kadm.NewClient(client)
	starts, err := admin.ListStartOffsets(ctx, schemas.DeadLetterTopic)
	if !since.IsZero() && err == nil {
		starts, err = admin.ListOffsetsAfterMilli(ctx, since.UnixMilli(), schemas.DeadLetterTopic)
	}
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("topic %s (is it there? tidemark apply creates it): %w", schemas.DeadLetterTopic, err)
	}
	ends, err := admin.ListEndOffsets(ctx, schemas.DeadLetterTopic)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("topic %s: %w", schemas.DeadLetterTopic, err)
	}
	parts := map[int32]span{}
	ends.Each(func(end kadm.ListedOffset) {
		start, ok := starts.Lookup(end.Topic, end.Partition)
		if ok && start.Offset >= 0 && start.Offset < end.Offset {
			parts[end.Partition] = span{start.Offset, end.Offset}
		}
	})
	return parts, nil
}

// scan reads the spans and hands over their records, each partition's in order. A partition is done with once a record at or
// beyond the last of its span has come, a control record too, or once the log starts there: retention may delete what is
// about to be read.
func scan(ctx context.Context, options []kgo.Opt, parts map[int32]span, take func(*kgo.Record)) error {
	left := map[int32]int64{}
	from := map[int32]kgo.Offset{}
	for p, s := range parts {
		left[p], from[p] = s.end, kgo.NewOffset().At(s.from)
	}
	if len(left) == 0 {
		return nil
	}
	client, err := kgo.NewClient(append(options[:len(options):len(options)], kgo.KeepControlRecords(), kgo.FetchMaxBytes(fetchBytes), kgo.FetchMaxPartitionBytes(fetchBytes),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{schemas.DeadLetterTopic: from}))...)
	if err != nil {
		return err
	}
	defer client.Close()
	looked, moved := time.Now(), time.Now()
	for len(left) > 0 {
		fetches, err := poll(ctx, client)
		if err != nil {
			return fmt.Errorf("read %s: %w", schemas.DeadLetterTopic, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			end, ok := left[r.Partition]
			if !ok {
				return
			}
			moved = time.Now()
			if r.Offset < end && !r.Attrs.IsControl() {
				take(r)
			}
			if r.Offset >= end-1 {
				leave(client, left, r.Partition)
			}
		})
		if time.Since(looked) < lookEvery {
			continue
		}
		looked = time.Now()
		starts, err := kadm.NewClient(client).ListStartOffsets(ctx, schemas.DeadLetterTopic)
		if err == nil {
			err = starts.Error()
		}
		if err != nil {
			return fmt.Errorf("start of %s: %w", schemas.DeadLetterTopic, err)
		}
		for p, end := range left {
			if start, ok := starts.Lookup(schemas.DeadLetterTopic, p); ok && start.Offset >= end {
				leave(client, left, p)
			}
		}
		if time.Since(moved) > stillness && len(left) > 0 {
			return fmt.Errorf("read %s: Kafka has given nothing of %d partitions for %v, though their logs go on", schemas.DeadLetterTopic, len(left), stillness)
		}
	}
	return nil
}

// leave is done with a partition, which others may go on writing to.
func leave(client *kgo.Client, left map[int32]int64, p int32) {
	delete(left, p)
	client.PauseFetchPartitions(map[string][]int32{schemas.DeadLetterTopic: {p}})
}

// poll returns what has come, or nothing where nothing comes for a while.
func poll(ctx context.Context, client *kgo.Client) (kgo.Fetches, error) {
	short, cancel := context.WithTimeout(ctx, lookEvery)
	defer cancel()
	fetches := client.PollFetches(short)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := fetches.Err(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, err
	}
	return fetches, nil
}
