package wire

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/processors"
	"tidemark/schemas"
)

// Closing is a sink of the archive that ends spans of imported events. Collectors beat into the live topics only, so the
// last span of an import would stay open until the next one: its end must stand in the log, or two workers might see it at
// different records. So the owner of such a partition appends one heartbeat.
type Closing struct {
	processors.Sink
	// Produce appends records and waits for Kafka's answer.
	Produce func(ctx context.Context, recs []*kgo.Record) error
	After   time.Duration // how long events may wait in an open span

	mu   sync.Mutex
	last map[partition]time.Time // of the heartbeats
}

type partition struct {
	topic  string
	number int32
}

// beatPause is the least time between two heartbeats into one partition.
const beatPause = time.Minute

// Insert passes the blocks on and then beats where open spans have waited too long.
func (c *Closing) Insert(ctx context.Context, blocks []schemas.Block) error {
	if err := c.Sink.Insert(ctx, blocks); err != nil {
		return err
	}
	if recs := c.due(blocks, time.Now()); len(recs) > 0 {
		return c.Produce(ctx, recs)
	}
	return nil
}

// due makes a heartbeat for each history partition whose open span has waited too long at now.
func (c *Closing) due(blocks []schemas.Block, now time.Time) (recs []*kgo.Record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil {
		c.last = map[partition]time.Time{}
	}
	for i := range blocks {
		s := blocks[i].Span
		if s == nil || s.Next != 0 || s.Waiting == 0 || !strings.HasSuffix(s.Topic, ".history") || now.Sub(s.Waiting.Time()) < c.After {
			continue
		}
		key := partition{s.Topic, s.Partition}
		if now.Sub(c.last[key]) < beatPause {
			continue
		}
		c.last[key] = now
		recs = append(recs, &kgo.Record{Topic: s.Topic, Partition: s.Partition, Value: []byte{},
			Headers: []kgo.RecordHeader{{Key: schemas.HeartbeatHeader}}})
	}
	return recs
}
