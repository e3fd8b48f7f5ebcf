package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/wire"
	"tidemark/ingest/history"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/recompute"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// recomputeImported works an import into every metric of its family: over the whole range of the file, also where
// everything was stored before, so that an import that was interrupted here is made good by giving it again.
func recomputeImported(ctx context.Context, o *history.Outcome, do rebuild) error {
	r := o.Report
	if r.Events == 0 {
		return nil
	}
	topic := schemas.Family[struct{}]{Name: r.Family}.Topic()
	for _, d := range metrics.All() {
		if d.Topic != topic {
			continue
		}
		from, to := affected(&d.Spec, r.From.Time(), r.To.Time())
		if err := do(ctx, d.Name, from, to, wire.Parts(o.Topic)); err != nil {
			return fmt.Errorf("the events are stored, but metric %s does not show them all: %w; give the same command again", d.Name, err)
		}
	}
	return nil
}

// affected is the range in which windows begin that an event between first and last may belong to. It is generous: a
// recompute of a window that nothing was imported into changes nothing.
func affected(s *processors.Spec, first, last time.Time) (from, to time.Time) {
	size := time.Duration(s.Window.SizeMS()) * time.Millisecond
	from, to = first.Add(-size), last.Add(size)
	if s.Group == processors.GroupSlow {
		to = to.Add(sessionsEnd)
	}
	return from, to
}

// sessionsEnd is how long after its first event a session may count: the cap of sessions and their gap.
const sessionsEnd = 5 * time.Hour

// An import shares its machine with what it feeds. Slices of history have hardly two events per window, so that their
// windows and not the events take the memory; the limit makes the collector clean up earlier, and refuses nothing.
const (
	importSlice  = 100_000
	importMemory = 384 << 20
)

// rebuilder is how metrics are recomputed.
func rebuilder(sink *clickhouse.Sink, log zerolog.Logger) (rebuild, error) {
	r, err := recompute.New(recompute.Config{Sink: sink, Catalogue: metrics.All(), Log: log, SliceRows: importSlice})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, metric string, from, to time.Time, parts []uint64) error {
		report, err := r.Rebuild(ctx, recompute.Job{Metric: metric, From: from, To: to, Parts: parts})
		if err == nil {
			log.Info().Str("metric", metric).Int64("windows", report.Windows).Int64("rows", report.Rows).Int64("tombstones", report.Tombstones).Dur("took", report.Took).Msg("recomputed")
		}
		return err
	}, nil
}
