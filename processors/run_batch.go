package processors

import (
	"context"
	"fmt"
	"time"

	"tidemark/schemas"
)

// batch is what one flush has taken out of the tasks and must bring to safety.
type batch struct {
	headline bool
	began    time.Time
	blocks   []schemas.Block
	parts    []flushed         // without those that replay: they have nothing to commit
	held     map[*worker]int64 // bytes of each task after the flush
	keeping  bool              // some of parts hold a snapshot to write
	step     int               // of steps, the first that is not done
}

// flushed is one partition's share of a batch beside its rows.
type flushed struct {
	w      *worker
	pos    Position
	mark   Mark
	dead   []Dead
	oldest schemas.Millis // append time of its oldest new record; 0 where it has none
	kept   *kept          // its state, where a snapshot is due
}

// steps are done in this order, so that a watermark is never ahead of its rows and a commit never ahead of either.
var steps = [...]struct {
	name string
	do   func(*session, context.Context, *batch) error
}{
	{"rows", (*session).storeRows},
	{"dead letters", (*session).storeDead},
	{"watermarks", (*session).storeWatermarks},
}

// collect takes out of each task what has changed. Each task stands still only while its own turn lasts.
func (s *session) collect(ws []*worker, headline bool) *batch {
	b := &batch{headline: headline, began: time.Now(), held: make(map[*worker]int64, len(ws))}
	var due map[*worker]bool
	if !headline {
		due = s.keeper.due(ws)
	}
	b.keeping = due != nil
	for _, w := range ws {
		f, part, ok := w.flush(headline, due[w])
		if !ok {
			continue
		}
		s.meter.count(w.a.Topic, f.Stats)
		if f.ChainsLeft > 0 {
			s.meter.chains.Add(float64(f.ChainsLeft))
			s.cfg.Log.Warn().Str("group", s.cfg.Work.Group).Str("partition", w.name()).Int("chains", f.ChainsLeft).
				Msg("too many keys never pause: a change of owner may cut their sessions elsewhere; find and filter the robots")
		}
		b.held[w] = w.held.Load()
		b.blocks = append(b.blocks, f.Blocks...)
		if f.Replaying {
			continue
		}
		b.parts = append(b.parts, part)
	}
	return b
}

// flush takes the task's changes, and its state where a snapshot is due. It is not ok for a task that has panicked, now or
// before.
func (w *worker) flush(headline, keep bool) (f Flush, p flushed, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken {
		return f, p, false
	}
	defer func() {
		if r := recover(); r != nil {
			w.broken, ok = true, false
			w.s.fail(fmt.Errorf("%s@%d: task panicked while flushing: %T", w.name(), w.next.Load(), r))
		}
	}()
	f = w.task.Flush(headline)
	w.m.Store(int64(f.M))
	w.held.Store(w.task.Bytes())
	p = flushed{w: w, pos: f.Position, mark: w.markAt(f.M, f.Ver), dead: f.Dead, oldest: w.fresh.taken(headline)}
	if keep && !f.Replaying {
		p.kept = w.s.keeper.take(w)
	}
	return f, p, true
}

func (s *session) storeRows(ctx context.Context, b *batch) error {
	if len(b.blocks) == 0 {
		return nil
	}
	s.cfg.At(PointBefore)
	if err := s.cfg.Sink.Insert(ctx, b.blocks); err != nil {
		return err
	}
	s.cfg.At(PointAcked)
	return nil
}

func (s *session) storeDead(ctx context.Context, b *batch) error {
	for i := range b.parts {
		p := &b.parts[i]
		if len(p.dead) == 0 {
			continue
		}
		if err := s.cfg.DeadLetters(ctx, p.w.a.Topic, p.w.a.Partition, p.dead); err != nil {
			return fmt.Errorf("dead letters of %s from offset %d on: %w", p.w.name(), p.dead[0].Offset, err)
		}
		p.dead = nil
	}
	return nil
}

func (s *session) storeWatermarks(ctx context.Context, b *batch) error {
	if b.headline {
		return nil
	}
	marks := make([]Mark, 0, len(b.parts))
	for _, p := range b.parts {
		marks = append(marks, p.mark)
	}
	return s.storeMarks(ctx, marks)
}
