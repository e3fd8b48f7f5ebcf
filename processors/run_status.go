package processors

import "sync/atomic"

// Status lets a health check see into a running Run.
type Status struct {
	ready atomic.Bool
}

// Ready says whether the group has been joined and every assigned partition has caught up with the position that was
// committed for it, so that its rows are live. It turns false again while partitions are handed over.
func (s *Status) Ready() bool { return s.ready.Load() }

// refreshReady recomputes readiness; call it when partitions come, go or turn live.
func (s *session) refreshReady() {
	s.mu.Lock()
	defer s.mu.Unlock()
	ready := s.joined
	for _, w := range s.workers {
		ready = ready && w.live.Load()
	}
	s.cfg.Status.ready.Store(ready)
}

func (s *session) setJoined(joined bool) {
	s.mu.Lock()
	s.joined = joined
	s.mu.Unlock()
	s.refreshReady()
}
