// Package clickhouse stores rows in ClickHouse and creates the tables and views that hold them. It is the only user
// of clickhouse-go.
//
// Guarantee: Insert returns nil only after the server has acknowledged every block. Every other outcome leaves it open
// which rows are stored; since all tables are upserts by version, sending the same blocks again is always right. Whether
// that can help is said by the error: one table of ClickHouse's codes decides.
package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"tidemark/schemas"
	"tidemark/sinks"
)

// parallel is how many inserts of one call run at the same time.
const parallel = 4

// Sink writes to one ClickHouse database. It is safe for concurrent use.
type Sink struct {
	conn   driver.Conn
	conf   *ch.Options
	counts *counts
}

// Ping asks the server for a sign of life and for the database.
func (s *Sink) Ping(ctx context.Context) error {
	if err := s.conn.Ping(ctx); err != nil {
		return s.explain(ctx, "ping", "", err)
	}
	return nil
}

// Insert stores all blocks, one INSERT per table and column list, several tables at a time, and waits for all; one that
// fails does not keep the others from being stored. Its error answers sinks.Permanent, and then says what to do.
func (s *Sink) Insert(ctx context.Context, blocks []schemas.Block) error {
	batches, err := group(blocks)
	if err != nil {
		return err
	}
	errs := make([]error, len(batches))
	var eg errgroup.Group
	eg.SetLimit(parallel)
	for i, b := range batches {
		eg.Go(func() error {
			errs[i] = s.store(ctx, b)
			return nil
		})
	}
	_ = eg.Wait() // always nil: the errors are in errs
	return errors.Join(errs...)
}

// store inserts one batch.
func (s *Sink) store(ctx context.Context, b *batch) error {
	began := time.Now()
	if err := s.send(ctx, b); err != nil {
		return s.explain(ctx, "insert into "+b.table.Name, b.table.Name, err)
	}
	s.counts.stored(b.table.Name, b.rows, time.Since(began))
	return nil
}

// settings of every insert. Upserts need no deduplication, which would drop rows that were erased and come again; a
// block that spans many months, as imported history does, is no mistake.
func settings() ch.Settings {
	return ch.Settings{"async_insert": 0, "insert_deduplicate": 0, "max_partitions_per_insert_block": 0}
}

func (s *Sink) send(ctx context.Context, b *batch) error {
	// Over HTTP the column types come from the catalogue, which saves a DESCRIBE per insert; the native protocol
	// brings the server's own.
	ctx = ch.Context(ctx, ch.WithSettings(settings()), ch.WithColumnNamesAndTypes(b.columns))
	to, err := s.conn.PrepareBatch(ctx, b.query)
	if err != nil {
		return err
	}
	defer to.Close() // nothing to do after Send
	if err := b.fill(to); err != nil {
		return err
	}
	return to.Send()
}

// explain counts a failure, gives it its class, and adds what to do about a permanent one. A cancelled ctx is the
// caller's doing and no failure.
func (s *Sink) explain(ctx context.Context, what, table string, err error) error {
	what = fmt.Sprintf("ClickHouse at %s: %s", strings.Join(s.conf.Addr, ","), what)
	if errors.Is(ctx.Err(), context.Canceled) {
		return sinks.Failed(what, context.Cause(ctx))
	}
	c, advice := classify(err)
	s.counts.failures.WithLabelValues(table, string(c)).Inc()
	if c == permanent {
		return sinks.Refused(what, fmt.Errorf("%w: %s", err, advice))
	}
	return sinks.Failed(what, err)
}
