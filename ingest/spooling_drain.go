package ingest

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/ingest/spool"
)

// Run sends what is in the spool until ctx ends, and returns nil; what is left then stays for the next start. There is one
// Run at a time.
func (s *Spooling) Run(ctx context.Context) error {
	delivered := false
	for ctx.Err() == nil {
		batch, err := s.queue.Head(drainBytes)
		switch {
		case err == nil && len(batch.Entries) == 0:
			if delivered {
				s.comeBack()
			}
			delivered = false
			select {
			case <-ctx.Done():
			case <-s.wake:
			}
			continue
		case err == nil:
			err = s.send(ctx, batch)
		}
		if delivered = err == nil; !delivered && ctx.Err() == nil {
			s.log.Warn().Err(err).Msg("the spool cannot be sent yet")
			pause(ctx, drainPause)
		}
	}
	return nil
}

// send produces a batch and removes it once all of it is acknowledged. It waits for that as long as it takes: a second try
// beside the first would only add copies. What was sent and not acknowledged at the end of ctx is sent again at the next
// start.
func (s *Spooling) send(ctx context.Context, batch spool.Batch) error {
	recs, ok := decodeEntries(batch.Entries)
	var err error
	if ok {
		err = s.produce(ctx, recs)
	}
	switch {
	case ok && err == nil:
		return s.queue.Advance(batch)
	case ok && !refusedForGood(err):
		return err
	case len(batch.Entries) == 1:
		return s.queue.SetAside(batch)
	}
	// One entry that nobody can send holds up none of the others.
	for _, single := range batch.Split() {
		if err := s.send(ctx, single); err != nil {
			return err
		}
	}
	return nil
}

func (s *Spooling) produce(ctx context.Context, recs []*kgo.Record) error {
	ctx, cancel := withGrace(ctx, drainGrace)
	defer cancel()
	if err := s.kafka.Produce(ctx, recs); err != nil {
		return err
	}
	s.acknowledged()
	s.metrics.drained.Add(float64(len(recs)))
	return nil
}

// withGrace is a context that ends some time after ctx, for work that is better ended than broken off.
func withGrace(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		pause(longer, grace)
		cancel()
	})
	return longer, func() { stop(); cancel() }
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// decodeEntries lists the records of a batch in order; ok is false where an entry is not ours.
func decodeEntries(entries [][]byte) (recs []*kgo.Record, ok bool) {
	for _, e := range entries {
		if recs, ok = decodeEntry(recs, e); !ok {
			return nil, false
		}
	}
	return recs, true
}
