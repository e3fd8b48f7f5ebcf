package processors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// commitTimeout bounds one commit; the next flush repeats what it did not reach.
const commitTimeout = 15 * time.Second

// commit writes the positions of the partitions that are still owned. It returns errFenced when the group no longer
// knows this member, and an error for a position that cannot be written; every other failure is counted and logged, and
// the next flush commits further on.
func (s *session) commit(ctx context.Context, parts []flushed) error {
	s.commitMu.Lock()
	defer s.commitMu.Unlock()
	owned, err := s.stillOwned(parts)
	if err != nil || len(owned) == 0 {
		return err
	}
	if errors.Is(context.Cause(s.ctx), errFenced) {
		return context.Cause(s.ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, commitTimeout)
	defer cancel()
	commit := s.commitGroup
	if s.cfg.Bounded {
		commit = s.commitBounded
	}
	err = commit(ctx, owned)
	if err == nil {
		for _, c := range owned {
			c.w.snap.pointed(c.ref)
		}
		s.meter.committed.Inc()
		s.cfg.At(PointCommitted)
		return nil
	}
	s.meter.commitErrors.Inc()
	s.cfg.Log.Warn().Err(err).Str("group", s.cfg.Work.Group).Msg("commit failed")
	if fenced(err) {
		err = fmt.Errorf("%w: %w", errFenced, err)
		s.fail(err)
		return err
	}
	return nil
}

// commitment is what is written for one partition.
type commitment struct {
	w      *worker
	offset int64
	text   string // the metadata
	ref    *SnapshotRef
}

// stillOwned leaves out partitions that were given up after their rows were taken.
func (s *session) stillOwned(parts []flushed) (map[topicPartition]commitment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	owned := make(map[topicPartition]commitment, len(parts))
	for _, p := range parts {
		tp := topicPartition{p.w.a.Topic, p.w.a.Partition}
		if s.workers[tp] != p.w {
			continue
		}
		p.pos.Snapshot = p.w.snap.pointer(p.pos.P)
		text, err := EncodePosition(p.pos)
		if err != nil {
			return nil, fmt.Errorf("%s@%d: %w", p.w.name(), p.pos.C, err)
		}
		owned[tp] = commitment{w: p.w, offset: p.pos.C, text: text, ref: p.pos.Snapshot}
	}
	return owned, nil
}

// commitGroup commits as a member: the group refuses it if the member or its generation is no longer the group's.
func (s *session) commitGroup(ctx context.Context, owned map[topicPartition]commitment) error {
	offsets := make(map[string]map[int32]kgo.EpochOffset)
	for tp, c := range owned {
		if offsets[tp.topic] == nil {
			offsets[tp.topic] = make(map[int32]kgo.EpochOffset)
		}
		offsets[tp.topic][tp.partition] = kgo.EpochOffset{Epoch: -1, Offset: c.offset}
	}
	ctx = kgo.PreCommitFnContext(ctx, func(req *kmsg.OffsetCommitRequest) error { return addPositions(req, owned) })
	var failed error
	s.cl.CommitOffsetsSync(ctx, offsets, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse, err error) {
		if failed = err; err == nil {
			failed = refused(resp)
		}
	})
	return failed
}

// refused returns the first refusal of a commit; the group refuses a fenced member's partitions all alike.
func refused(resp *kmsg.OffsetCommitResponse) error {
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return fmt.Errorf("%s/%d: %w", t.Topic, p.Partition, err)
			}
		}
	}
	return nil
}

// addPositions puts the positions into the request. A member id that has changed since the assignment means that the
// member was expelled and has joined anew without its partitions having been taken away here.
func addPositions(req *kmsg.OffsetCommitRequest, owned map[topicPartition]commitment) error {
	for i := range req.Topics {
		t := &req.Topics[i]
		for j := range t.Partitions {
			c := owned[topicPartition{t.Topic, t.Partitions[j].Partition}]
			if c.w.member != req.MemberID {
				return errFenced
			}
			t.Partitions[j].Metadata = &c.text
		}
	}
	return nil
}

// fenced says whether a commit failed because the member has been replaced.
func fenced(err error) bool {
	for _, e := range []error{errFenced, kerr.IllegalGeneration, kerr.UnknownMemberID, kerr.FencedInstanceID} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// commitBounded commits from outside the group, which Kafka allows while the group has no members.
func (s *session) commitBounded(ctx context.Context, owned map[topicPartition]commitment) error {
	offsets := make(kadm.Offsets)
	for tp, c := range owned {
		offsets.Add(kadm.Offset{Topic: tp.topic, Partition: tp.partition, At: c.offset, LeaderEpoch: -1, Metadata: c.text})
	}
	return s.adm.CommitAllOffsets(ctx, s.cfg.Work.Group, offsets)
}
