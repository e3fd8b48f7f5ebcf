package processors

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// poll hands fetched records to the workers. It never waits for one of them: a worker that falls behind has its
// partition paused. Between a poll and AllowRebalance no partition changes hands, so every record finds its worker.
func (s *session) poll() error {
	for s.ctx.Err() == nil {
		if !s.wanted() {
			select {
			case <-s.wake:
			case <-s.ctx.Done():
			}
			continue
		}
		err := s.take(s.cl.PollFetches(s.ctx))
		s.cl.AllowRebalance()
		if err != nil {
			return err
		}
	}
	return nil
}

// wanted says whether any worker can use more records. While all are busy the fetched ones wait in the client.
func (s *session) wanted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	idle := len(s.workers) == 0
	for _, w := range s.workers {
		idle = idle || w.hungry()
	}
	return idle
}

func (s *session) take(fetches kgo.Fetches) (err error) {
	if !fetches.Empty() {
		s.cfg.At(PointPolled)
	}
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		if p.Err != nil {
			err = errors.Join(err, s.fetchError(p.Topic, p.Partition, p.Err))
		}
		if w := s.worker(p.Topic, p.Partition); w != nil {
			w.end.Store(p.HighWatermark)
			w.give(p.Records)
			s.throttle(w)
		}
	})
	return err
}

// fetchError returns nil for what the client or the group cures by itself.
func (s *session) fetchError(topic string, partition int32, err error) error {
	var group *kgo.ErrGroupSession
	var lost *kgo.ErrDataLoss
	switch {
	case s.ctx.Err() != nil, errors.Is(err, context.Canceled), errors.Is(err, kgo.ErrClientClosed):
		return nil
	case errors.Is(err, kerr.FencedInstanceID):
		return fmt.Errorf("%w: %w", errFenced, err)
	case errors.As(err, &group), kerr.IsRetriable(err) && !errors.Is(err, kerr.OffsetOutOfRange):
		s.cfg.Log.Warn().Err(err).Str("group", s.cfg.Work.Group).Str("topic", topic).Int32("partition", partition).Msg("fetch failed, the client tries again")
		return nil
	case errors.Is(err, kerr.OffsetOutOfRange), errors.As(err, &lost):
		return fmt.Errorf("%s/%d: the log no longer holds the records that group %q reads next: if retention took them, lengthen it and reset the group's offsets to earliest; "+
			"if the log was truncated, recompute the metrics from raw events: %w", topic, partition, s.cfg.Work.Group, err)
	}
	return fmt.Errorf("%s/%d: fetching for group %q: %w", topic, partition, s.cfg.Work.Group, err)
}
