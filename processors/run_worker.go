package processors

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// chunk is how many records are applied at a time; between chunks a flush may take the task.
const chunk = 1024

// worker feeds one partition's records to its task, in a goroutine of its own.
type worker struct {
	s        *session
	a        Assignment
	member   string // id in the group at the assignment
	liveAt   int64  // offset from which on records are new to the group
	until    int64  // bounded run: the offset to stop at; -1 otherwise
	assigned time.Time
	first    int64  // offset of the first record to apply
	source   string // where the task's state comes from
	keeps    bool   // the task's state can be kept
	snap     snapState

	q    *queue
	quit chan struct{}
	gone chan struct{} // closed when the goroutine has ended
	stop func()        // closes quit, once

	mu     sync.Mutex // guards task and what belongs to its state
	task   Task
	recs   []Record // scratch
	fresh  freshness
	broken bool // the task panicked; nothing it holds may be used
	closed bool // a bounded run has reached its end

	next  atomic.Int64 // offset of the next record to apply
	end   atomic.Int64 // end of the log, as last heard
	held  atomic.Int64 // bytes of the task
	floor atomic.Int64 // bytes that it may hold in any case, see settled
	m     atomic.Int64 // highest event time as of the last flush
	live  atomic.Bool  // next has reached liveAt

	pauseMu sync.Mutex // guards paused and dropped
	paused  bool
	dropped bool
}

func newWorker(s *session, a Assignment, r recalled, member string, began time.Time, until int64) *worker {
	w := &worker{
		s: s, a: a, task: r.task, member: member, liveAt: r.first, until: until, assigned: began, first: r.first, source: r.source,
		q: newQueue(), quit: make(chan struct{}), gone: make(chan struct{}),
	}
	w.stop = sync.OnceFunc(func() { close(w.quit) })
	if a.Position != nil {
		w.liveAt = a.Position.P
	}
	w.next.Store(r.first)
	_, w.keeps = r.task.(Snapshotter)
	w.snap.takenUp(r.ref)
	w.snap.at = began
	return w
}

func (w *worker) name() string { return fmt.Sprintf("%s/%d", w.a.Topic, w.a.Partition) }

// give queues records that were fetched; their memory goes back to the client once they are applied.
func (w *worker) give(recs []*kgo.Record) {
	if len(recs) > 0 {
		w.q.push(recs)
	}
}

// run applies batches until it is stopped. What is still queued then is dropped: the next owner reads it.
func (w *worker) run() {
	defer close(w.gone)
	if err := w.apply(nil); err != nil { // what starts at its end is done
		w.s.fail(err)
		return
	}
	for {
		select {
		case <-w.quit:
			return
		case <-w.q.ready:
		}
		for batch, ok := w.q.pop(); ok; batch, ok = w.q.pop() {
			if !w.applyBatch(batch) {
				return
			}
		}
	}
}

func (w *worker) applyBatch(batch []*kgo.Record) (ok bool) {
	for len(batch) > 0 {
		select {
		case <-w.quit:
			return false
		default:
		}
		part := batch[:min(chunk, len(batch))]
		batch = batch[len(part):]
		size := sizeOf(part)
		if err := w.apply(part); err != nil {
			w.s.fail(err)
			return false
		}
		w.s.cfg.At(PointApplied)
		for _, r := range part {
			r.Recycle()
		}
		w.q.done(size)
		w.s.throttle(w)
	}
	return true
}

// apply gives one chunk to the task. A panic there leaves the task in an unknown state, so it ends Run: the state is
// rebuilt from the log at the next start.
func (w *worker) apply(recs []*kgo.Record) (err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			w.broken = true
			w.s.cfg.Log.Error().Str("partition", w.name()).Bytes("stack", debug.Stack()).Msgf("task panicked: %T", p)
			err = fmt.Errorf("%s@%d: task panicked within the next %d records; see the log for the stack", w.name(), w.next.Load(), len(recs))
		}
	}()
	next := w.convert(recs)
	if len(w.recs) > 0 {
		w.task.Apply(w.recs)
		w.held.Store(w.task.Bytes())
	}
	w.progress(next)
	return nil
}

// progress notes the next offset to apply. The caller holds mu.
func (w *worker) progress(next int64) {
	w.next.Store(next)
	if next >= w.liveAt && !w.live.Load() {
		w.live.Store(true)
		w.s.meter.recovery.WithLabelValues(w.source).Observe(time.Since(w.assigned).Seconds())
		w.s.refreshReady()
	}
	if w.until >= 0 && next >= w.until && !w.closed {
		w.closed = true
		w.task.Close()
		w.s.finished()
	}
}

// stopAll ends the goroutines and waits for them; the tasks stay, for a last flush.
func stopAll(ws []*worker) {
	for _, w := range ws {
		w.stop()
	}
	for _, w := range ws {
		<-w.gone
	}
}
