package preview

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Bounds of what the cache holds.
const (
	mostAnswers = 512
	mostCells   = 4_000_000 // values of all answers together
)

// cache shares answers between viewers: those who ask the same at the same time wait for one query, and its answer is
// kept for a short while. A query ends early only when nobody waits for it any longer. Errors are shared, not kept.
type cache struct {
	query  Query
	maxAge time.Duration
	limit  time.Duration // of one query
	slots  chan struct{} // queries that may run at a time
	seen   func(outcome string)

	mu      sync.Mutex
	flights map[string]*flight
	answers map[string]Result
	order   []answer // the answers, oldest first
	cells   int
}

// errNoAnswer stands where a query function ends its goroutine instead of returning.
var errNoAnswer = errors.New("preview: the query gave no answer")

type answer struct {
	sql   string
	at    time.Time
	cells int
}

// flight is a query under way. Its fields are read after done is closed.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int // guarded by cache.mu
	result  Result
	err     error
}

func newCache(cfg *Config, seen func(outcome string)) *cache {
	return &cache{
		query: cfg.Query, maxAge: cfg.MaxAge, limit: cfg.Timeout, slots: make(chan struct{}, cfg.Concurrency), seen: seen,
		flights: map[string]*flight{}, answers: map[string]Result{},
	}
}

// get answers the query. The answer is shared: nobody may change it.
func (c *cache) get(ctx context.Context, sql string) (Result, error) {
	c.mu.Lock()
	c.expire(time.Now())
	if r, ok := c.answers[sql]; ok {
		c.mu.Unlock()
		c.seen("hit")
		return r, nil
	}
	outcome := "shared"
	f, ok := c.flights[sql]
	if !ok {
		outcome, f = "miss", c.start(ctx, sql)
	}
	f.waiters++
	c.mu.Unlock()
	c.seen(outcome)

	select {
	case <-f.done:
		return f.result, f.err
	case <-ctx.Done():
		c.leave(sql, f)
		return Result{}, ctx.Err()
	}
}

// start runs the query apart from the viewer who asked first. The lock is held.
func (c *cache) start(ctx context.Context, sql string) *flight {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.limit)
	f := &flight{done: make(chan struct{}), cancel: cancel, err: errNoAnswer}
	c.flights[sql] = f
	go func() {
		defer close(f.done)
		defer c.land(sql, f)
		defer cancel()
		f.result, f.err = c.run(ctx, sql)
	}()
	return f
}

func (c *cache) run(ctx context.Context, sql string) (Result, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
		return c.query(ctx, sql)
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// leave takes a waiter off. The last one ends the query, and whoever asks next begins a new one.
func (c *cache) leave(sql string, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.waiters--; f.waiters > 0 {
		return
	}
	f.cancel()
	if c.flights[sql] == f {
		delete(c.flights, sql)
	}
}

// land ends a flight and keeps its answer.
func (c *cache) land(sql string, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[sql] == f {
		delete(c.flights, sql)
	}
	if _, known := c.answers[sql]; f.err != nil || known {
		return
	}
	a := answer{sql: sql, at: time.Now(), cells: 1 + len(f.result.Rows)*len(f.result.Columns)}
	c.answers[sql], c.order, c.cells = f.result, append(c.order, a), c.cells+a.cells
	for len(c.order) > mostAnswers || c.cells > mostCells {
		c.drop()
	}
}

// expire forgets answers that are too old. The lock is held.
func (c *cache) expire(now time.Time) {
	for len(c.order) > 0 && now.Sub(c.order[0].at) >= c.maxAge {
		c.drop()
	}
}

// drop forgets the oldest answer. The lock is held.
func (c *cache) drop() {
	oldest := c.order[0]
	c.order, c.cells = c.order[1:], c.cells-oldest.cells
	delete(c.answers, oldest.sql)
}
