package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

const (
	beatEvery     = time.Second
	beatTimeout   = 5 * time.Second
	recountEvery  = time.Minute      // how soon new partitions get heartbeats
	beatTolerance = 10 * time.Second // longer without a full beat, Kafka counts as away
)

// Heartbeats moves the time of partitions in which nothing happens: each second one empty record into every partition
// of every family topic. Any number of collectors may do so at once; more heartbeats say nothing new.
type Heartbeats struct {
	kafka  *Kafka
	log    zerolog.Logger
	beats  *prometheus.CounterVec
	counts map[string]int
	fresh  time.Time    // of counts
	last   atomic.Int64 // Unix nanoseconds of the last full beat
	// Tell, where it is set before Run, is told how each round ended.
	Tell func(error)
}

// NewHeartbeats registers its counter; nothing is sent before Run.
func NewHeartbeats(k *Kafka, log zerolog.Logger, reg prometheus.Registerer) (*Heartbeats, error) {
	beats := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "tidemark", Subsystem: "ingest", Name: "heartbeats_total",
		Help: "Rounds of heartbeats over all partitions, by result."}, []string{"result"})
	if err := reg.Register(beats); err != nil {
		return nil, err
	}
	return &Heartbeats{kafka: k, log: log, beats: beats}, nil
}

// Run sends heartbeats until ctx ends, and returns nil. A failed round is counted and logged, and the next one is tried:
// without heartbeats idle partitions hold the watermark back, nothing is lost.
func (h *Heartbeats) Run(ctx context.Context) error {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	failing := false
	for {
		err := h.beat(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if h.Tell != nil {
			h.Tell(err)
		}
		if (err != nil) != failing { // the log tells changes, the counter the rest
			failing = err != nil
			h.log.Warn().Err(err).Bool("failing", failing).Msg("heartbeats")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Ready returns an error while Kafka takes no heartbeats.
func (h *Heartbeats) Ready() error {
	last := h.last.Load()
	if last == 0 {
		return errors.New("kafka has acknowledged no heartbeat yet")
	}
	if age := time.Since(time.Unix(0, last)); age > beatTolerance {
		return fmt.Errorf("kafka has acknowledged no heartbeat for %s", age.Round(time.Second))
	}
	return nil
}

// beat sends one round and waits for its acknowledgements.
func (h *Heartbeats) beat(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, beatTimeout)
	defer cancel()
	defer func() {
		result := "ok"
		if err != nil {
			result = "failed"
		}
		h.beats.WithLabelValues(result).Inc()
	}()
	if time.Since(h.fresh) > recountEvery {
		counts, err := countPartitions(ctx, h.kafka.client, familyTopics())
		if err != nil {
			return err
		}
		h.counts, h.fresh = counts, time.Now()
	}
	if err := h.kafka.Produce(ctx, heartbeats(h.counts)); err != nil {
		h.fresh = time.Time{}
		return err
	}
	h.last.Store(time.Now().UnixNano())
	return nil
}

func heartbeats(counts map[string]int) []*kgo.Record {
	var recs []*kgo.Record
	for topic, n := range counts {
		for p := range n {
			recs = append(recs, &kgo.Record{Topic: topic, Partition: int32(p), Value: []byte{},
				Headers: []kgo.RecordHeader{{Key: schemas.HeartbeatHeader}}})
		}
	}
	return recs
}
