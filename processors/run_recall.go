package processors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// recallTimeout bounds the reading of one snapshot; replaying takes over then.
const recallTimeout = 15 * time.Second

// maxSnapshotBytes bounds what a snapshot may unpack to.
const maxSnapshotBytes = 1 << 30

// Why a snapshot could not be read.
var (
	errSnapshotMissing = errors.New("the snapshot's records are no longer in the topic")
	errSnapshotUnread  = errors.New("the snapshot could not be read in time")
)

// sources of a task's state, as the metrics name them.
const (
	fromSnapshot = "snapshot"
	fromReplay   = "replay"
	fromNothing  = "none" // the group had no position
)

// recalled is a task with its state, and the first record that it needs.
type recalled struct {
	task   Task
	first  int64
	source string
	ref    *SnapshotRef // nil where the state comes from elsewhere
}

// recall makes the task of an assignment, with the state of a snapshot where there is one that serves. Whatever is wrong
// with a snapshot, the log is as good: then the task replays from first.
func (s *session) recall(ctx context.Context, a Assignment, first int64) (recalled, error) {
	task, err := s.newTask(a)
	if err != nil {
		return recalled{}, err
	}
	if a.Position == nil {
		return recalled{task: task, first: first, source: fromNothing}, nil
	}
	snap, able := task.(Snapshotter)
	if s.keeper == nil || !able || a.Position.Snapshot == nil {
		return recalled{task: task, first: first, source: fromReplay}, nil
	}
	next, err := s.restore(ctx, a, snap)
	if err == nil {
		return recalled{task: task, first: next, source: fromSnapshot, ref: a.Position.Snapshot}, nil
	}
	s.meter.snapshotsUnused.WithLabelValues(unusedReason(err)).Inc()
	s.cfg.Log.Warn().Err(err).Str("group", s.cfg.Work.Group).Str("topic", a.Topic).Int32("partition", a.Partition).
		Str("reason", unusedReason(err)).Msg("snapshot not used, replaying instead")
	task, err = s.newTask(a)
	return recalled{task: task, first: first, source: fromReplay}, err
}

// newTask makes one task at a time, as whoever gave the work may expect.
func (s *session) newTask(a Assignment) (Task, error) {
	s.making.Lock()
	defer s.making.Unlock()
	return s.cfg.Work.NewTask(a)
}

// restore gives the task the snapshot that its position points at. After an error the task is of no use.
func (s *session) restore(ctx context.Context, a Assignment, task Snapshotter) (next int64, err error) {
	began := time.Now()
	ref := a.Position.Snapshot
	switch {
	case ref.Next > a.Position.P:
		return 0, ErrSnapshotAhead
	case ref.Next < a.Position.C || ref.Next < a.LogStart:
		return 0, ErrSnapshotOld
	}
	packed, err := s.fetchSnapshot(ctx, ref)
	if err != nil {
		return 0, err
	}
	unzip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxSnapshotBytes))
	if err != nil {
		return 0, err
	}
	defer unzip.Close()
	b, err := unzip.DecodeAll(packed, nil)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrSnapshotDamaged, err)
	}
	next, err = s.restoreSafely(task, b)
	if err == nil && next != ref.Next {
		err = fmt.Errorf("%w: it ends at %d, not %d", ErrSnapshotDamaged, next, ref.Next)
	}
	s.meter.snapshotSeconds.WithLabelValues("restore").Observe(time.Since(began).Seconds())
	return next, err
}

// restoreSafely keeps a defect in the reading of snapshots from ending the work: the log is as good.
func (s *session) restoreSafely(task Snapshotter, b []byte) (next int64, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: reading it panicked: %T", ErrSnapshotDamaged, p)
		}
	}()
	return task.Restore(b)
}

// fetchSnapshot reads the chunks that ref points at.
func (s *session) fetchSnapshot(ctx context.Context, ref *SnapshotRef) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, recallTimeout)
	defer cancel()
	cl, err := kgo.NewClient(append(slices.Clone(s.cfg.Client),
		kgo.WithLogger(clientLog{s.cfg.Log}), kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{s.cfg.SnapshotTopic: {ref.Partition: kgo.NewOffset().At(ref.First)}}),
		kgo.FetchMaxWait(500*time.Millisecond), kgo.FetchMaxBytes(16<<20), kgo.FetchMaxPartitionBytes(8<<20))...)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	c := newChunks(ref)
	for !c.complete() {
		fetches := cl.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil, errSnapshotUnread
		}
		if err := c.take(fetches); err != nil {
			return nil, err
		}
	}
	return c.packed()
}

// take adds what a poll has brought. It fails once the chunks cannot become complete any more.
func (c *chunks) take(fetches kgo.Fetches) (err error) {
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		var lost *kgo.ErrDataLoss
		switch {
		case p.Err == nil:
		case errors.Is(p.Err, kerr.OffsetOutOfRange), errors.Is(p.Err, kerr.UnknownTopicOrPartition), errors.Is(p.Err, kerr.UnknownTopicID), errors.As(p.Err, &lost):
			err = fmt.Errorf("%w: %w", errSnapshotMissing, p.Err)
		case !kerr.IsRetriable(p.Err):
			err = p.Err
		}
		for _, r := range p.Records {
			if err == nil && r.Offset <= c.ref.Last {
				err = c.add(r.Value)
			}
			if err == nil && r.Offset >= c.ref.Last && !c.complete() {
				err = errSnapshotMissing
			}
		}
		if err == nil && p.Err == nil && p.HighWatermark <= c.ref.Last && !c.complete() {
			err = errSnapshotMissing
		}
	})
	return err
}

// unusedReason names why a snapshot was not used, for the metric.
func unusedReason(err error) string {
	for reason, is := range map[string][]error{
		"damaged": {ErrSnapshotDamaged, errNoChunk}, "version": {ErrSnapshotVersion}, "part": {ErrSnapshotPart},
		"catalogue": {ErrSnapshotCatalogue}, "ahead": {ErrSnapshotAhead}, "old": {ErrSnapshotOld}, "missing": {errSnapshotMissing}, "unread": {errSnapshotUnread},
	} {
		if slices.ContainsFunc(is, func(e error) bool { return errors.Is(err, e) }) {
			return reason
		}
	}
	return "other"
}
