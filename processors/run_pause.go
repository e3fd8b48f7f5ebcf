package processors

// minQueue is what a partition may always queue, unless all together may not: a few fetches.
const minQueue = 2 << 20

// queueShare is how many bytes of records may wait for one task.
func (s *session) queueShare() int64 {
	return max(s.cfg.MaxQueued/max(1, s.holders.Load()), min(s.cfg.MaxQueued, minQueue))
}

// taskShare is how many bytes one task may hold before it must be flushed.
func (s *session) taskShare() int64 { return s.cfg.MaxBytes / max(1, s.holders.Load()) }

// hungry says that w can use more records soon: it is fetched, and its queue is running low.
func (w *worker) hungry() bool {
	return !w.isPaused() && w.q.size() < w.s.queueShare()/4
}

func (w *worker) isPaused() bool {
	w.pauseMu.Lock()
	defer w.pauseMu.Unlock()
	return w.paused
}

// throttle pauses the fetch of a partition whose worker holds too much, and resumes it when enough is gone.
//
// Records that wait shrink as the task works. A task that has grown too large shrinks only by a flush, so one is asked
// for; how long it takes, and nothing else, then holds the partition back. See settled for a task that stays large.
func (s *session) throttle(w *worker) {
	queued, most := w.q.size(), s.queueShare()
	large := w.held.Load() > max(w.floor.Load(), s.taskShare())
	w.pauseMu.Lock()
	switch {
	case !w.paused && !w.dropped && (queued > most || large):
		w.paused = true
		s.cl.PauseFetchPartitions(w.selector())
	case w.paused && queued <= most/2 && !large:
		w.paused = false
		s.cl.ResumeFetchPartitions(w.selector())
	}
	w.pauseMu.Unlock()
	if large {
		notify(s.kick)
	}
	if w.hungry() {
		notify(s.wake)
	}
}

// settled notes what a task holds after a flush that has been stored: the state of its open windows, which no waiting
// makes smaller. It may grow by an eighth before the next flush, so a state above the cap slows the partition down but
// never stops it.
func (s *session) settled(w *worker, held int64) {
	w.floor.Store(held + held/8)
	s.throttle(w)
}

// release resumes the fetch of a partition that is given up: the client would remember the pause for its next owner
// in this process.
func (s *session) release(w *worker) {
	w.pauseMu.Lock()
	defer w.pauseMu.Unlock()
	w.dropped = true
	if w.paused {
		w.paused = false
		s.cl.ResumeFetchPartitions(w.selector())
	}
}

func (w *worker) selector() map[string][]int32 {
	return map[string][]int32{w.a.Topic: {w.a.Partition}}
}
