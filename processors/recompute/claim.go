package recompute

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// A claim is the right to write rows of a metric under a revision. Whoever has it beats; who has not beaten for a lease
// is taken for dead, and stops by itself should it come back. Whether another beats is seen by the clock of the one who
// looks; only a claim older than buried is taken for dead at once, since no two clocks are that far apart.
const (
	beatEvery = 3 * time.Second
	lease     = 30 * time.Second
	buried    = 10 * time.Minute
)

// maxRevision is the last that a version has room for.
const maxRevision = 1<<24 - 1

type claim struct {
	r      *Recompute
	row    processors.Claim
	beaten atomic.Int64 // Unix milliseconds
	mu     sync.Mutex   // guards row's counts while it beats
	stop   context.CancelFunc
	ended  chan struct{}
}

// takeRevision claims the next revision of the metric, and waits until recomputes before it have ended: so of two rows of
// one key, the one with the higher revision has seen at least as much.
func (r *Recompute) takeRevision(ctx context.Context, metric string, from, to int64, noWait bool) (*claim, error) {
	c := &claim{r: r, ended: make(chan struct{})}
	for won := false; !won; {
		next, err := r.nextRevision(ctx, metric)
		if err != nil {
			return nil, err
		}
		c.row = processors.Claim{
			Metric: metric, Revision: next, Claim: rand.Uint64(), State: processors.ClaimAsked,
			From: schemas.Millis(from), To: schemas.Millis(to), Started: r.now(),
		}
		if won, err = c.alone(ctx); err != nil {
			return nil, err
		}
	}
	beating, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	go c.beat(beating)
	if err := c.awaitOthers(ctx, noWait); err != nil {
		return nil, errors.Join(err, c.finish(ctx, err, &Report{}))
	}
	c.mu.Lock()
	c.row.State = processors.ClaimRunning
	c.mu.Unlock()
	return c, nil
}

func (r *Recompute) nextRevision(ctx context.Context, metric string) (uint32, error) {
	type row struct {
		Last uint64 `ch:"last"`
	}
	rows, err := clickhouse.Select[row](ctx, r.Sink, "SELECT max(revision) AS last FROM revisions WHERE metric = {metric:String}", clickhouse.Param{Name: "metric", Value: metric})
	if err != nil {
		return 0, err
	}
	if rows[0].Last >= maxRevision {
		return 0, fmt.Errorf("metric %s has used up its %d revisions: give the metric a new name", metric, maxRevision)
	}
	return uint32(rows[0].Last) + 1, nil
}

// alone stores the claim and reports whether nobody else claimed the revision. Both store before they look, so of two at
// least one sees the other; who sees another takes a later revision.
func (c *claim) alone(ctx context.Context) (bool, error) {
	if err := c.write(ctx); err != nil {
		return false, err
	}
	type row struct {
		N uint64 `ch:"n"`
	}
	rows, err := clickhouse.Select[row](ctx, c.r.Sink, "SELECT uniqExact(claim) AS n FROM revisions WHERE metric = {metric:String} AND revision = {revision:UInt64}",
		clickhouse.Param{Name: "metric", Value: c.row.Metric}, clickhouse.Param{Name: "revision", Value: uint64(c.row.Revision)})
	if err != nil || rows[0].N == 1 {
		return err == nil, err
	}
	c.row.State = processors.ClaimLost
	if err := c.write(ctx); err != nil {
		return false, err
	}
	select {
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case <-time.After(rand.N(500 * time.Millisecond)):
		return false, nil
	}
}

// awaitOthers waits for recomputes of the metric under earlier revisions; with noWait no longer than it takes to see that they
// live.
func (c *claim) awaitOthers(ctx context.Context, noWait bool) error {
	type row struct {
		Revision uint64 `ch:"revision"`
		At       int64  `ch:"beat"`
	}
	type sign struct {
		at   int64
		seen time.Time
	}
	signs := map[uint64]sign{} // of life, by revision
	for n := 0; ; n++ {
		rows, err := clickhouse.Select[row](ctx, c.r.Sink, "SELECT revision, toUnixTimestamp64Milli(r.at) AS beat FROM revisions AS r FINAL WHERE metric = {metric:String} AND revision < {revision:UInt64} AND state IN ('claimed', 'running') AND toUnixTimestamp64Milli(r.at) > {alive:Int64} ORDER BY revision",
			clickhouse.Param{Name: "metric", Value: c.row.Metric}, clickhouse.Param{Name: "revision", Value: uint64(c.row.Revision)},
			clickhouse.Param{Name: "alive", Value: time.Now().Add(-buried).UnixMilli()})
		if err != nil {
			return err
		}
		beats := false
		alive := slices.DeleteFunc(rows, func(o row) bool {
			s, ok := signs[o.Revision]
			beats = beats || ok && s.at != o.At
			if !ok || s.at != o.At {
				signs[o.Revision] = sign{o.At, time.Now()}
			}
			return time.Since(signs[o.Revision].seen) > lease
		})
		if len(alive) == 0 {
			return nil
		}
		if beats && noWait {
			return fmt.Errorf("%w: revision %d", ErrBusy, alive[0].Revision)
		}
		if n%30 == 1 {
			c.r.Log.Info().Str("metric", c.row.Metric).Uint64("revision", alive[0].Revision).Msg("waiting for another recompute of the metric")
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
}

// beat keeps the claim alive until it ends.
func (c *claim) beat(ctx context.Context) {
	defer close(c.ended)
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.write(ctx); err != nil && ctx.Err() == nil {
			c.r.Log.Warn().Err(err).Str("metric", c.row.Metric).Msg("cannot keep the claim of a revision alive")
		}
	}
}

// write stores the claim as it is now. The lease begins before the write, since nobody knows when it was done.
func (c *claim) write(ctx context.Context) error {
	c.mu.Lock()
	row := c.row
	c.mu.Unlock()
	now := time.Now()
	row.At = schemas.MillisOf(now)
	if err := c.r.Sink.Insert(ctx, []schemas.Block{processors.ClaimBlock(row)}); err != nil {
		return err
	}
	c.beaten.Store(now.UnixMilli())
	return nil
}

// holds returns until when the claim holds, or an error once another recompute may have begun.
func (c *claim) holds() (until time.Time, err error) {
	beaten := time.UnixMilli(c.beaten.Load())
	if silent := time.Since(beaten); silent > lease/2 {
		return until, fmt.Errorf("revision %d was given up after %s without a sign of life: this process stood still, or ClickHouse did; run it again", c.row.Revision, silent.Round(time.Second))
	}
	return beaten.Add(lease), nil
}

// finish ends the claim, whatever became of it. It works after ctx has ended too.
func (c *claim) finish(ctx context.Context, failed error, rep *Report) error {
	c.stop()
	<-c.ended
	c.row.State = processors.ClaimDone
	if failed != nil {
		c.row.State = processors.ClaimFailed
	}
	c.row.Events, c.row.Rows, c.row.Tombstones = rep.Events, rep.Rows, rep.Tombstones
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return c.write(ctx)
}
