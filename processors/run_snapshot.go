package processors

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// keeper writes the snapshots of a session's tasks, beside everything else: no flush and no commit waits for it. What
// fails is counted, and tried again with the state of a later flush.
type keeper struct {
	s    *session
	cl   *kgo.Client
	zip  *zstd.Encoder
	jobs chan []*kept

	busy  atomic.Bool // from the moment that snapshots are taken until they are written, so that few are in memory
	spare []byte      // used by whoever has set busy
	parts int32       // partitions of the topic; 0 before they are known
}

// kept is the state of one task, on its way to the topic.
type kept struct {
	w    *worker
	b    []byte
	next int64
}

// snapshotTimeout bounds the writing of one snapshot.
const snapshotTimeout = 30 * time.Second

// newKeeper returns nil where the work keeps no snapshots.
func newKeeper(s *session) (*keeper, error) {
	if !s.keepsSnapshots() {
		return nil, nil
	}
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	cl, err := kgo.NewClient(append(slices.Clone(s.cfg.Client),
		kgo.WithLogger(clientLog{s.cfg.Log}), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.RecordDeliveryTimeout(snapshotTimeout))...)
	if err != nil {
		return nil, fmt.Errorf("kafka client for snapshots: %w", err)
	}
	return &keeper{s: s, cl: cl, zip: zip, jobs: make(chan []*kept, 1)}, nil
}

// due picks the tasks whose state the flush should keep: those whose last snapshot is the oldest, and no more at a time
// than makes a round of all within the interval.
func (k *keeper) due(ws []*worker) map[*worker]bool {
	if k == nil || k.s.ctx.Err() != nil || k.busy.Load() {
		return nil
	}
	now := time.Now()
	var due []*worker
	for _, w := range ws {
		if w.keeps && w.live.Load() && now.Sub(w.snap.asked) >= k.s.cfg.SnapshotEvery {
			due = append(due, w)
		}
	}
	if len(due) == 0 {
		return nil
	}
	slices.SortFunc(due, func(a, b *worker) int { return a.snap.asked.Compare(b.snap.asked) })
	most := 1 + int64(len(ws))*int64(k.s.cfg.FlushEvery)/max(1, int64(k.s.cfg.SnapshotEvery))
	picked := make(map[*worker]bool)
	for _, w := range due[:min(int64(len(due)), most)] {
		w.snap.asked, picked[w] = now, true
	}
	k.busy.Store(true)
	return picked
}

// take keeps the task's state. The caller holds the worker's lock and has just flushed.
func (k *keeper) take(w *worker) *kept {
	began := time.Now()
	b, next := w.task.(Snapshotter).Snapshot(k.spare[:0])
	k.spare = nil
	if b == nil {
		return nil
	}
	k.s.meter.snapshotSeconds.WithLabelValues("take").Observe(time.Since(began).Seconds())
	return &kept{w: w, b: b, next: next}
}

// hand gives what a batch has kept to the writer, once the batch's rows are stored.
func (k *keeper) hand(b *batch) {
	if k == nil || !b.keeping {
		return
	}
	b.keeping = false
	var jobs []*kept
	for _, p := range b.parts {
		if p.kept != nil {
			jobs = append(jobs, p.kept)
		}
	}
	if len(jobs) == 0 {
		k.busy.Store(false)
		return
	}
	k.jobs <- jobs // has room: busy allows one batch at a time
}

// run writes until the session ends.
func (k *keeper) run() error {
	for {
		select {
		case <-k.s.ctx.Done():
			return nil
		case jobs := <-k.jobs:
			for _, j := range jobs {
				k.write(j)
			}
			k.spare = jobs[0].b
			k.busy.Store(false)
		}
	}
}

func (k *keeper) write(j *kept) {
	began := time.Now()
	ref, size, err := k.store(j)
	if err != nil {
		if k.s.ctx.Err() == nil {
			k.s.meter.snapshots.WithLabelValues("failed").Inc()
			k.s.cfg.Log.Warn().Err(err).Str("group", k.s.cfg.Work.Group).Str("partition", j.w.name()).Msg("snapshot not written, the next owner has more to replay")
		}
		return
	}
	k.s.meter.snapshots.WithLabelValues("written").Inc()
	k.s.meter.snapshotBytes.WithLabelValues("state").Add(float64(len(j.b)))
	k.s.meter.snapshotBytes.WithLabelValues("written").Add(float64(size))
	k.s.meter.snapshotSeconds.WithLabelValues("write").Observe(time.Since(began).Seconds())
	j.w.snap.written(ref, began)
}

// store writes the chunks of one snapshot and says where they are.
func (k *keeper) store(j *kept) (ref *SnapshotRef, size int, err error) {
	ctx, cancel := context.WithTimeout(k.s.ctx, snapshotTimeout)
	defer cancel()
	if err := k.countPartitions(ctx); err != nil {
		return nil, 0, err
	}
	packed := k.zip.EncodeAll(j.b, nil)
	group := k.s.cfg.Work.Group
	ref = &SnapshotRef{
		Partition: int32((uint64(crc32.ChecksumIEEE([]byte(group))) + uint64(j.w.a.Partition)) % uint64(k.parts)),
		Next:      j.next, Sum: crc32.Checksum(packed, castagnoli), Slot: j.w.snap.freeSlot(),
	}
	recs := chunksOf(packed, snapshotKey(group, j.w.a, ref.Slot), ref.Sum)
	if len(recs) > maxChunks {
		return nil, 0, fmt.Errorf("the state takes %d bytes, more than a snapshot may", len(packed))
	}
	for _, r := range recs {
		r.Topic, r.Partition = k.s.cfg.SnapshotTopic, ref.Partition
	}
	if err := k.cl.ProduceSync(ctx, recs...).FirstErr(); err != nil {
		k.parts = 0
		return nil, 0, fmt.Errorf("topic %s: %w", k.s.cfg.SnapshotTopic, err)
	}
	ref.First, ref.Last, ref.Chunks = recs[0].Offset, recs[len(recs)-1].Offset, len(recs)
	if ref.Last < ref.First {
		return nil, 0, errors.New("the chunks were not stored in their order")
	}
	return ref, len(packed), nil
}

// countPartitions asks how many partitions the topic has, until it is known.
func (k *keeper) countPartitions(ctx context.Context) error {
	if k.parts > 0 {
		return nil
	}
	topic := k.s.cfg.SnapshotTopic
	meta, err := kadm.NewClient(k.cl).Metadata(ctx, topic)
	if err == nil {
		err = meta.Topics.Error()
	}
	if err != nil {
		return fmt.Errorf("topic %s is not usable (tidemark apply creates it): %w", topic, err)
	}
	if k.parts = int32(len(meta.Topics[topic].Partitions)); k.parts == 0 {
		return fmt.Errorf("topic %s has no partitions: tidemark apply creates it", topic)
	}
	return nil
}

func (k *keeper) close() {
	if k != nil {
		k.cl.Close()
		_ = k.zip.Close() // encodes no stream
	}
}
