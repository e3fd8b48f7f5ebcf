package processors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"golang.org/x/sync/errgroup"
)

// claim is a partition handed to this process, with what the group has committed for it.
type claim struct {
	topicPartition
	offset   int64 // committed offset; -1 where there is none
	metadata string
	until    int64 // bounded run: where to stop; -1 otherwise
}

// unusable marks an error that only somebody outside can cure.
type unusable struct{ error }

func (u unusable) Unwrap() error { return u.error }

func (s *session) onAssigned(_ context.Context, _ *kgo.Client, added map[string][]int32) {
	s.setJoined(len(added) == 0)
}

// onOffsets runs between the assignment of partitions and the first fetch from them. It returns an error only when the
// membership ends meanwhile, or when Run is about to end.
func (s *session) onOffsets(ctx context.Context, _ *kgo.Client, resp *kmsg.OffsetFetchResponse) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	if err := s.assign(ctx, claims(resp)); err != nil {
		return err
	}
	s.setJoined(true)
	return nil
}

func claims(resp *kmsg.OffsetFetchResponse) (cs []claim) {
	for _, g := range resp.Groups {
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				if kerr.ErrorForCode(p.ErrorCode) != nil {
					continue // the client reports these through the poll
				}
				c := claim{topicPartition: topicPartition{t.Topic, p.Partition}, offset: max(p.Offset, -1), until: -1}
				if p.Metadata != nil {
					c.metadata = *p.Metadata
				}
				cs = append(cs, c)
			}
		}
	}
	return cs
}

// assign makes and starts the workers of the claimed partitions. It repeats what fails until ctx ends: until the store
// answers, the partitions wait while the others run on. An error that repetition does not cure ends the session.
func (s *session) assign(ctx context.Context, cs []claim) error {
	var ws []*worker
	var unfit unusable
	err := s.retry(ctx, "assign", func(ctx context.Context) (err error) {
		if ws, err = s.prepare(ctx, cs); errors.As(err, &unfit) {
			return nil
		}
		return err
	})
	if unfit.error != nil {
		err = unfit.error
	}
	if err != nil {
		if ctx.Err() == nil {
			s.fail(err)
		}
		return err
	}
	s.start(ws)
	return nil
}

// prepare makes the workers and tells the store of their partitions, so that nothing counts as complete without them.
func (s *session) prepare(ctx context.Context, cs []claim) ([]*worker, error) {
	if len(cs) == 0 {
		return nil, nil
	}
	b, err := s.bounds(ctx, topicsOf(cs))
	if err != nil {
		return nil, err
	}
	ws, marks := make([]*worker, len(cs)), make([]Mark, len(cs))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(recallers)
	for i, c := range cs {
		g.Go(func() (err error) {
			if ws[i], err = s.newWorker(gctx, c, b); err == nil {
				marks[i] = ws[i].mark()
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return ws, s.storeMarks(ctx, marks)
}

// recallers is how many snapshots are read at a time: each is in memory twice.
const recallers = 4

// start registers the workers and sets them going.
func (s *session) start(ws []*worker) {
	s.mu.Lock()
	for _, w := range ws {
		s.workers[topicPartition{w.a.Topic, w.a.Partition}] = w
	}
	s.holders.Store(int64(len(s.workers)))
	s.mu.Unlock()
	for _, w := range ws {
		go w.run()
		e := s.cfg.Log.Info().Str("group", s.cfg.Work.Group).Str("partition", w.name()).Int64("from", w.next.Load()).Int64("live_at", w.liveAt)
		e.Bool("position", w.a.Position != nil).Str("state", w.source).Msg("assigned")
	}
	notify(s.wake)
}

func topicsOf(cs []claim) (topics []string) {
	seen := map[string]bool{}
	for _, c := range cs {
		if !seen[c.topic] {
			seen[c.topic] = true
			topics = append(topics, c.topic)
		}
	}
	return topics
}

func (s *session) newWorker(ctx context.Context, c claim, b logBounds) (*worker, error) {
	began := time.Now()
	a, first, err := s.assignment(ctx, c, b)
	if err != nil {
		return nil, err
	}
	r, err := s.recall(ctx, a, first)
	if err != nil {
		return nil, unusable{fmt.Errorf("%s/%d@%d: making the task of group %q: %w", c.topic, c.partition, first, s.cfg.Work.Group, err)}
	}
	if err := s.checkStart(c, r.first, b); err != nil {
		return nil, unusable{err}
	}
	member, _ := s.cl.GroupMetadata()
	return newWorker(s, a, r, member, began, c.until), nil
}

// startOffsets makes the client fetch from where the tasks begin, which a snapshot puts behind the committed offset.
func (s *session) startOffsets(_ context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	for topic, ps := range offsets {
		for p := range ps {
			if w := s.worker(topic, p); w != nil && w.source == fromSnapshot {
				ps[p] = kgo.NewOffset().At(w.first)
			}
		}
	}
	return offsets, nil
}
