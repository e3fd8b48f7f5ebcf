package processors

import (
	"sync"
	"time"
)

// snapState is what a worker knows of its snapshots.
type snapState struct {
	asked time.Time // when one was last taken; used by the flush only

	mu        sync.Mutex
	ref       *SnapshotRef // the newest
	committed *SnapshotRef // the newest that a commit points at
	at        time.Time    // when ref was taken; before the first one, when the worker began
}

// written notes a snapshot that is safe, taken at a time.
func (s *snapState) written(ref *SnapshotRef, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ref, s.at = ref, at
}

// takenUp notes the snapshot that the worker began with.
func (s *snapState) takenUp(ref *SnapshotRef) { s.ref, s.committed = ref, ref }

// pointer is what a commit of position p may carry: only what is not ahead of it.
func (s *snapState) pointer(p int64) *SnapshotRef {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ref == nil || s.ref.Next > p {
		return s.committed
	}
	return s.ref
}

// pointed notes what an accepted commit carries.
func (s *snapState) pointed(ref *SnapshotRef) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.committed = ref
}

// freeSlot is the set of keys that the newest commit does not point into: what it points at must outlive a compaction
// until another commit points elsewhere.
func (s *snapState) freeSlot() uint8 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.committed == nil {
		return 0
	}
	return 1 - s.committed.Slot
}

// age is how long ago the newest snapshot was taken.
func (s *snapState) age(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Sub(s.at)
}

// keepsSnapshots says whether snapshots are configured.
func (s *session) keepsSnapshots() bool {
	return s.cfg.SnapshotTopic != "" && s.cfg.SnapshotEvery >= 0 && !s.cfg.Bounded
}
