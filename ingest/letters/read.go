package letters

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/ingest"
	"tidemark/schemas"
)

// Item is one letter of the topic.
type Item struct {
	ingest.Letter
	Key      string
	Sources  []string  // everybody who wrote it, in their order of the alphabet
	Replayed time.Time // when it was last sent again; zero where it never was
}

// Box is what was read.
type Box struct {
	Items      []*Item // the oldest first
	Unreadable int     // records that are neither letter nor mark
	Records    int     // read in all
}

// reachTimeout bounds the first contact with Kafka, whose client would try for minutes.
const reachTimeout = 15 * time.Second

// Read reads the topic up to its present end and returns the letters that the filter takes. It starts where the filter's
// Since lies: no letter is written before it was received.
func Read(ctx context.Context, options []kgo.Opt, f Filter) (*Box, error) {
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	near, cancel := context.WithTimeout(ctx, reachTimeout)
	from, ends, left, err := span(near, kadm.NewClient(client), f.Since)
	cancel()
	if err != nil {
		return nil, err
	}
	box := &Box{}
	byKey := map[string]*Item{}
	replayed := map[string]time.Time{}
	client.AddConsumePartitions(map[string]map[int32]kgo.Offset{schemas.DeadLetterTopic: from})
	for left > 0 {
		fetches := client.PollFetches(ctx)
		if err := cmp.Or(ctx.Err(), fetches.Err()); err != nil {
			return nil, fmt.Errorf("read %s: %w", schemas.DeadLetterTopic, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if end := ends[r.Partition]; r.Offset < end {
				box.take(r, f, byKey, replayed)
				if r.Offset == end-1 {
					left--
				}
			}
		})
	}
	for key, item := range byKey {
		item.Replayed = replayed[key]
		box.Items = append(box.Items, item)
	}
	slices.SortFunc(box.Items, func(a, b *Item) int {
		return cmp.Or(cmp.Compare(a.ReceivedAt, b.ReceivedAt), strings.Compare(a.Key, b.Key))
	})
	if f.Limit > 0 && len(box.Items) > f.Limit {
		box.Items = box.Items[len(box.Items)-f.Limit:]
	}
	return box, nil
}

// take notes one record. The newest letter of a key stands for all.
func (b *Box) take(r *kgo.Record, f Filter, byKey map[string]*Item, replayed map[string]time.Time) {
	b.Records++
	l, at, err := ingest.ParseLetter(r)
	switch key := string(r.Key); {
	case err != nil:
		b.Unreadable++
	case l == nil:
		replayed[key] = at
	case f.takes(key, l):
		item := &Item{Letter: *l, Key: key, Sources: []string{l.Source}}
		if known := byKey[key]; known != nil {
			item.Sources = append(item.Sources, known.Sources...)
			slices.Sort(item.Sources)
			item.Sources = slices.Compact(item.Sources)
		}
		byKey[key] = item
	}
}

// span is the offsets to read, by partition; left counts the partitions that hold anything.
func span(ctx context.Context, admin *kadm.Client, since time.Time) (from map[int32]kgo.Offset, ends map[int32]int64, left int, err error) {
	starts, err := admin.ListStartOffsets(ctx, schemas.DeadLetterTopic)
	if !since.IsZero() && err == nil {
		starts, err = admin.ListOffsetsAfterMilli(ctx, since.UnixMilli(), schemas.DeadLetterTopic)
	}
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return nil, nil, 0, fmt.Errorf("topic %s (is it there? tidemark apply creates it): %w", schemas.DeadLetterTopic, err)
	}
	last, err := admin.ListEndOffsets(ctx, schemas.DeadLetterTopic)
	if err == nil {
		err = last.Error()
	}
	if err != nil {
		return nil, nil, 0, fmt.Errorf("topic %s: %w", schemas.DeadLetterTopic, err)
	}
	from, ends = map[int32]kgo.Offset{}, map[int32]int64{}
	last.Each(func(end kadm.ListedOffset) {
		start, ok := starts.Lookup(end.Topic, end.Partition)
		if !ok || start.Offset < 0 || start.Offset >= end.Offset {
			return
		}
		from[end.Partition], ends[end.Partition] = kgo.NewOffset().At(start.Offset), end.Offset
		left++
	})
	return from, ends, left, nil
}
