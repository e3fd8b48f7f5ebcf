package chaos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"tidemark/deploy/integration/rig"
	"tidemark/schemas"
)

// Run is one round: a load and a fault together, then the wait until everything in the log has been counted.
type Run struct {
	Brokers    []string
	ClickHouse rig.ClickHouse // the database that the crew writes to
	Crew       *Crew
	Load       func(ctx context.Context) (Sent, error)
	// Beat writes heartbeats until its context ends.
	Beat func(ctx context.Context) error
	// Fault runs beside the load and returns when the last fault is over.
	Fault func(ctx context.Context) error
	// CatchUp is how long the programs may take after the load has ended, Patience how long one of them may drain.
	CatchUp, Patience time.Duration
	Logf              func(format string, args ...any)
}

// Outcome is what a round leaves for the comparison.
type Outcome struct {
	Sent Sent
	Log  []Record // everything up to the moment when the groups had caught up
}

// Do runs the round. The crew must be at work; it is stopped, with SIGTERM, before Do returns, so that the tables no
// longer change.
func (r Run) Do(ctx context.Context) (out Outcome, err error) {
	both, ctxBoth := errgroup.WithContext(ctx)
	both.Go(func() error { return r.Fault(ctxBoth) })
	both.Go(func() (err error) {
		out.Sent, err = r.Load(ctxBoth)
		return err
	})
	if err := both.Wait(); err != nil {
		return out, err
	}
	r.Logf("load written: %+v", out.Sent)
	// The last heartbeats carry today's time, which closes every window and session of the first phase.
	beating, stop := context.WithCancel(ctx)
	beaten := make(chan error, 1)
	go func() { beaten <- r.Beat(beating) }()
	err = sleep(ctx, 3*time.Second)
	stop()
	if err := errors.Join(err, <-beaten); err != nil {
		return out, err
	}
	ends, err := EndOffsets(ctx, r.Brokers, schemas.Clickstream.Topic(), schemas.Orders.Topic())
	if err != nil {
		return out, err
	}
	if out.Log, err = ReadLog(ctx, r.Brokers, ends); err != nil {
		return out, err
	}
	if err := r.awaitCounted(ctx, out.Log, ends); err != nil {
		return out, err
	}
	return out, r.Crew.LeaveAll(ctx, r.Patience)
}

// awaitCounted waits until both groups' watermarks, and the raw tables, have reached the end of the log.
func (r Run) awaitCounted(ctx context.Context, log []Record, ends Ends) error {
	began := time.Now()
	for {
		missing, err := r.missing(ctx, log, ends)
		if err == nil && len(missing) == 0 {
			r.Logf("caught up %.1fs after the last record", time.Since(began).Seconds())
			return nil
		}
		if died := r.Crew.Check(); died != nil {
			return died
		}
		if time.Since(began) > r.CatchUp {
			return fmt.Errorf("not caught up after %v (%v): %v", r.CatchUp, err, missing)
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// missing lists what has not been counted yet. The offset of the last record that a group has read is the low part of
// its row's version.
func (r Run) missing(ctx context.Context, log []Record, ends Ends) ([]string, error) {
	marks, err := r.ClickHouse.Table(ctx,
		"SELECT `group`, topic, partition, bitAnd(max(ver), 1099511627775) FROM watermarks GROUP BY 1, 2, 3", 3)
	if err != nil {
		return nil, err
	}
	var missing []string
	for at, end := range ends {
		for _, group := range groupsOf(at.topic) {
			key := fmt.Sprintf("%s %s %d", group, at.topic, at.partition)
			if read := marks[key]; len(read) == 0 || number(read[0]) < end-1 {
				missing = append(missing, fmt.Sprintf("%s has read up to %v of %d", key, read, end-1))
			}
		}
	}
	for topic, want := range events(log) {
		rows, err := r.ClickHouse.Query(ctx, "SELECT uniqExact(part, offset) FROM "+rawTable(topic))
		if err != nil {
			return nil, err
		}
		if got := rows[0][0]; got != fmt.Sprint(want) {
			missing = append(missing, fmt.Sprintf("%s has %s of %d", rawTable(topic), got, want))
		}
	}
	slices.Sort(missing)
	return missing, nil
}

// number reads what ClickHouse prints for an integer column; -1 stands for anything else.
func number(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return value
}
