package processors

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// revokeTimeout bounds the last flush of revoked partitions. It must stay well below the group's rebalance timeout
// (60 s by default), after which the whole member is expelled.
const revokeTimeout = 20 * time.Second

// onRevoked stores and commits the last of the partitions that go to another member, then forgets them. The group waits
// meanwhile: nobody else has them yet. If the store does not answer in time the next owner replays from the last commit.
func (s *session) onRevoked(_ context.Context, _ *kgo.Client, revoked map[string][]int32) {
	ws := s.pick(revoked)
	if len(ws) == 0 {
		return
	}
	stopAll(ws)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), revokeTimeout)
	defer cancel()
	if err := s.flush(ctx, ws, false); err != nil {
		s.cfg.Log.Warn().Err(err).Str("group", s.cfg.Work.Group).Int("partitions", len(ws)).Msg("revoked partitions go without a last commit, their next owner replays")
	}
	s.drop(ws)
}

// onLost forgets partitions that others may own already. Nothing is committed.
func (s *session) onLost(_ context.Context, _ *kgo.Client, lost map[string][]int32) {
	ws := s.pick(lost)
	s.setJoined(false)
	if len(ws) == 0 {
		return
	}
	s.meter.lost.Add(float64(len(ws)))
	s.cfg.Log.Warn().Str("group", s.cfg.Work.Group).Int("partitions", len(ws)).Msg("partitions lost, dropping their state")
	s.drop(ws)
}

// drop ends the workers and forgets them. It waits for a commit under way, so that none is sent for them afterwards.
func (s *session) drop(ws []*worker) {
	stopAll(ws)
	s.commitMu.Lock()
	defer s.commitMu.Unlock()
	for _, w := range ws {
		s.release(w)
	}
	s.mu.Lock()
	for _, w := range ws {
		delete(s.workers, topicPartition{w.a.Topic, w.a.Partition})
	}
	s.holders.Store(int64(len(s.workers)))
	s.mu.Unlock()
	s.refreshReady()
	notify(s.wake)
}

func (s *session) pick(parts map[string][]int32) (ws []*worker) {
	for topic, ps := range parts {
		for _, p := range ps {
			if w := s.worker(topic, p); w != nil {
				ws = append(ws, w)
			}
		}
	}
	return ws
}
