package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/wire"
	"tidemark/ingest/history"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// recomputeImported works an import into every metric of its family: over the whole range of the file, also where
// everything was stored before, so that an import that was interrupted here is made good by giving it again.
func recomputeImported(ctx context.Context, o *history.Outcome, do rebuild, log zerolog.Logger) error {
	r := o.Report
	if r.Events == 0 {
		return nil
	}
	if do == nil {
		log.Warn().Msg("the events are stored, but this build cannot recompute: the metrics do not show them yet")
		return nil
	}
	topic := schemas.Family[struct{}]{Name: r.Family}.Topic()
	for _, d := range metrics.All() {
		if d.Topic != topic {
			continue
		}
		began := time.Now()
		if err := do(ctx, d.Name, r.From.Time(), r.To.Time().Add(time.Millisecond), wire.Parts(o.Topic)); err != nil {
			return fmt.Errorf("the events are stored, but metric %s does not show them all: %w; give the same command again", d.Name, err)
		}
		log.Info().Str("metric", d.Name).Dur("took", time.Since(began)).Msg("recomputed")
	}
	return nil
}

// rebuilder is how metrics are recomputed; nil where this build cannot.
func rebuilder(*clickhouse.Sink, zerolog.Logger) rebuild { return nil }
