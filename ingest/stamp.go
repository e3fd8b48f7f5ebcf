package ingest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// stamps sets append times where the broker does not. A partition's lane is locked while a record gets its time and its
// place in the client's buffer, and the client keeps that order to the log; so times never run backwards within a
// partition, not over a restart either, since a lane begins at the newest time that the log holds.
type stamps struct {
	client *kgo.Client
	now    func() time.Time
	lanes  map[string][]lane // by topic, then partition; the map never changes
	byKey  map[string]kgo.TopicPartitioner
}

type lane struct {
	mu   sync.Mutex
	last int64 // Unix milliseconds
}

func newStamps(ctx context.Context, client *kgo.Client, topics []string, now func() time.Time) (*stamps, error) {
	if now == nil {
		now = time.Now
	}
	counts, err := countPartitions(ctx, client, topics)
	if err != nil {
		return nil, err
	}
	newest, err := kadm.NewClient(client).ListMaxTimestampOffsets(ctx, topics...)
	if err == nil {
		err = newest.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("newest record times: %w", err)
	}
	s := &stamps{client: client, now: now, lanes: map[string][]lane{}, byKey: map[string]kgo.TopicPartitioner{}}
	for topic, n := range counts {
		s.lanes[topic] = make([]lane, n)
		s.byKey[topic] = kgo.StickyKeyPartitioner(nil).ForTopic(topic)
		for p := range n {
			if o, ok := newest.Lookup(topic, int32(p)); ok {
				s.lanes[topic][p].last = max(0, o.Timestamp) // -1 where the partition is empty
			}
		}
	}
	return s, nil
}

// produce hands one record to the client. With a full buffer it waits, holding the lane, until there is room or ctx
// ends; answer is called once in any case.
func (s *stamps) produce(ctx context.Context, r *kgo.Record, answer func(*kgo.Record, error)) {
	lanes := s.lanes[r.Topic]
	if lanes == nil {
		answer(r, fmt.Errorf("topic %s was missing at the start; restart the collector after creating it", r.Topic))
		return
	}
	if !isHeartbeat(r) {
		r.Partition = int32(s.byKey[r.Topic].Partition(r, len(lanes)))
	}
	l := &lanes[r.Partition]
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = max(l.last, s.now().UnixMilli())
	r.Timestamp = time.UnixMilli(l.last)
	s.client.Produce(ctx, r, answer)
}
