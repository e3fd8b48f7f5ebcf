package processors

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 10 * time.Second
)

// retry does one step of storing or assigning until it succeeds, fails for good, or ctx ends; then it returns the last
// error. Sending the same rows again is safe whatever became of them the first time.
func (s *session) retry(ctx context.Context, step string, fn func(context.Context) error) error {
	for wait := firstBackoff; ; wait = min(2*wait, maxBackoff) {
		err := fn(ctx)
		if err == nil || s.cfg.Permanent(err) || ctx.Err() != nil {
			return err
		}
		s.meter.retries.WithLabelValues(step).Inc()
		pause := wait/2 + rand.N(wait/2)
		s.cfg.Log.Warn().Err(err).Str("group", s.cfg.Work.Group).Str("step", step).Dur("again_in", pause).Msg("will be repeated")
		if sleep(ctx, pause) != nil {
			return err
		}
	}
}

// sleep waits for d, or returns ctx's error where that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
