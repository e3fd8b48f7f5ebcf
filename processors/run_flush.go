package processors

import (
	"context"
	"time"
)

// flushLoop takes rows out of the tasks until the session ends. While one flush waits for the store no other begins;
// the tasks go on until their caps pause the fetch.
func (s *session) flushLoop() error {
	full := time.NewTicker(s.cfg.FlushEvery)
	defer full.Stop()
	headline, stop := s.headlineTicks()
	defer stop()
	for {
		onlyHeadline := false
		select {
		case <-s.ctx.Done():
			return nil
		case <-headline:
			onlyHeadline = true
		case <-full.C:
		case <-s.kick:
		}
		if err := s.flush(s.ctx, s.owned(), onlyHeadline); err != nil && s.ctx.Err() == nil {
			return err
		}
	}
}

// headlineTicks never ticks where nobody watches: in a bounded run, or when switched off.
func (s *session) headlineTicks() (<-chan time.Time, func()) {
	if s.cfg.Bounded || s.cfg.HeadlineEvery < 0 {
		return nil, func() {}
	}
	t := time.NewTicker(s.cfg.HeadlineEvery)
	return t.C, t.Stop
}

// flush stores what the workers' tasks have to hand over and commits their positions, in this order: rows, dead
// letters, watermarks, commit. A headline flush ends after the rows. It returns when all is done, or with the error
// that ended it; what was left then is stored before the next flush takes anything.
func (s *session) flush(ctx context.Context, ws []*worker, headline bool) error {
	select {
	case s.slot <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.slot }()
	if err := s.finishPending(ctx); err != nil {
		return err
	}
	s.pending = s.collect(ws, headline)
	return s.finishPending(ctx)
}

func (s *session) finishPending(ctx context.Context) error {
	b := s.pending
	if b == nil {
		return nil
	}
	if err := s.store(ctx, b); err != nil {
		return err
	}
	s.pending = nil
	s.meter.stored(b)
	s.keeper.hand(b)
	if b.headline {
		return nil
	}
	if err := s.commit(ctx, b.parts); err != nil {
		return err
	}
	for w, held := range b.held {
		s.settled(w, held)
	}
	return nil
}

// store does the steps of a batch that are still open, each until it succeeds.
func (s *session) store(ctx context.Context, b *batch) error {
	for b.step < len(steps) {
		step := steps[b.step]
		if err := s.retry(ctx, step.name, func(ctx context.Context) error { return step.do(s, ctx, b) }); err != nil {
			return err
		}
		b.step++
	}
	return nil
}
