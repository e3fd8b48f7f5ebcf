package processors

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// errFinished ends the loops of a bounded run that has reached every end.
var errFinished = errors.New("every partition has reached its end")

// runBounded works through the logs as they are now and closes every window at the end.
func (s *session) runBounded(ctx context.Context) error {
	cs, err := s.boundedClaims()
	if err != nil || len(cs) == 0 {
		return err
	}
	s.left.Store(int64(len(cs)))
	if err := s.assign(s.ctx, cs); err != nil {
		return err
	}
	s.setJoined(true)
	s.cl.AddConsumePartitions(s.unread())
	s.work()
	if cause := context.Cause(s.ctx); !errors.Is(cause, errFinished) {
		return cause
	}
	if err := s.flush(ctx, s.owned(), false); err != nil {
		return fmt.Errorf("last flush of the bounded run of group %q: %w", s.cfg.Work.Group, err)
	}
	return nil
}

// boundedClaims claims all partitions, from their first offset to their present end.
func (s *session) boundedClaims() (cs []claim, err error) {
	b, err := s.bounds(s.ctx, s.cfg.Work.Topics)
	if err != nil {
		return nil, fmt.Errorf("bounded run of group %q: %w", s.cfg.Work.Group, err)
	}
	for topic, ps := range b.start {
		for p := range ps {
			tp := topicPartition{topic, p}
			_, end, err := b.of(tp)
			if err != nil {
				return nil, fmt.Errorf("bounded run of group %q: %w", s.cfg.Work.Group, err)
			}
			cs = append(cs, claim{topicPartition: tp, offset: -1, until: end})
		}
	}
	return cs, nil
}

// unread lists where to begin in the partitions that hold anything.
func (s *session) unread() map[string]map[int32]kgo.Offset {
	from := make(map[string]map[int32]kgo.Offset)
	for _, w := range s.owned() {
		if w.next.Load() >= w.until {
			continue
		}
		if from[w.a.Topic] == nil {
			from[w.a.Topic] = make(map[int32]kgo.Offset)
		}
		from[w.a.Topic][w.a.Partition] = kgo.NewOffset().At(w.liveAt)
	}
	return from
}

// finished is called once for every worker of a bounded run that has closed its task.
func (s *session) finished() {
	if s.left.Add(-1) == 0 {
		s.fail(errFinished)
	}
}
