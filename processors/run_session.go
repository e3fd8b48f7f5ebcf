package processors

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/sync/errgroup"
)

// leaveTimeout bounds the goodbye to the group; a member that never says it is expelled by its session timeout.
const leaveTimeout = 5 * time.Second

// session is one membership of the group, from joining to leaving.
//
// Three parties work in it: the poller hands records to the workers' queues, each worker applies its own to its task,
// and the flusher takes rows out of all tasks. The client's own goroutines call in when partitions come and go.
type session struct {
	cfg   Config
	meter *meter
	cl    *kgo.Client
	adm   *kadm.Client
	ctx   context.Context // ends with the session
	fail  context.CancelCauseFunc

	mu      sync.Mutex // guards joined and workers
	joined  bool
	workers map[topicPartition]*worker
	holders atomic.Int64 // number of workers, between whom memory is shared

	slot    chan struct{} // held by the flush in flight; there is only one
	pending *batch        // what an interrupted flush has not stored yet; guarded by slot
	kick    chan struct{} // asks for a flush out of turn
	wake    chan struct{} // tells the poller that a worker wants records

	// commitMu lets no partition be given up between the check that it is still owned and the answer to its commit.
	commitMu sync.Mutex

	keeper *keeper    // nil where no snapshots are kept
	making sync.Mutex // guards Work.NewTask

	left atomic.Int64 // bounded run: partitions that have not reached their end
}

type topicPartition struct {
	topic     string
	partition int32
}

func runSession(ctx context.Context, cfg Config, m *meter) error {
	sctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	s := &session{
		cfg: cfg, meter: m, ctx: sctx, fail: fail,
		workers: make(map[topicPartition]*worker),
		slot:    make(chan struct{}, 1), kick: make(chan struct{}, 1), wake: make(chan struct{}, 1),
	}
	cl, err := kgo.NewClient(s.options()...)
	if err != nil {
		return fmt.Errorf("kafka client of group %q: %w", cfg.Work.Group, err)
	}
	s.cl, s.adm = cl, kadm.NewClient(cl)
	defer s.close()
	if s.keeper, err = newKeeper(s); err != nil {
		return err
	}
	m.watch(s)
	defer m.watch(nil)
	if err := s.checkTopics(sctx); err != nil {
		return stopped(ctx, err)
	}
	if cfg.Bounded {
		return s.runBounded(ctx)
	}
	cl.AddConsumeTopics(cfg.Work.Topics...)
	s.work()
	if ctx.Err() == nil {
		return context.Cause(sctx)
	}
	return s.drain()
}

// work polls, flushes and measures until the session ends.
func (s *session) work() {
	var g errgroup.Group
	loops := []func() error{s.poll, s.flushLoop, s.watchEnds}
	if s.keeper != nil {
		loops = append(loops, s.keeper.run)
	}
	for _, loop := range loops {
		g.Go(func() error {
			if err := loop(); err != nil {
				s.fail(err)
			}
			return nil
		})
	}
	_ = g.Wait() // the loops report through fail
}

// drain stores and commits what the tasks hold, so that the next owner has little to replay.
func (s *session) drain() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), s.cfg.DrainTimeout)
	defer cancel()
	ws := s.owned()
	stopAll(ws)
	if err := s.flush(ctx, ws, false); err != nil && !errors.Is(err, errFenced) {
		return fmt.Errorf("group %q stopped before its last rows were stored; they will be replayed: %w", s.cfg.Work.Group, err)
	}
	return nil
}

// close drops all tasks and leaves the group.
func (s *session) close() {
	s.fail(nil)
	s.setJoined(false)
	s.drop(s.owned())
	s.keeper.close()
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	s.cl.AllowRebalance()
	if err := s.cl.LeaveGroupContext(ctx); err != nil && !s.cfg.Bounded {
		s.cfg.Log.Debug().Err(err).Str("group", s.cfg.Work.Group).Msg("leaving the group failed")
	}
	s.cl.CloseAllowingRebalance()
	s.cl.AllowRebalance() // Close polls once more, and its own goroutine that leaves the group may still wait for that
}

// stopped turns an error that only says that ctx has ended into nil.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// owned lists the workers of the partitions that this process holds, in no particular order.
func (s *session) owned() []*worker {
	s.mu.Lock()
	defer s.mu.Unlock()
	ws := make([]*worker, 0, len(s.workers))
	for _, w := range s.workers {
		ws = append(ws, w)
	}
	return ws
}

func (s *session) worker(topic string, partition int32) *worker {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.workers[topicPartition{topic, partition}]
}

func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
