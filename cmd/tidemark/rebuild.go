package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/rs/zerolog"

	"tidemark/processors/metrics"
	"tidemark/processors/recompute"
	"tidemark/sinks/clickhouse"
)

// rebuild works raw events into the windows of one metric.
type rebuild func(context.Context, recompute.Job) error

// rebuilder recomputes with the stream's own code, shows how far it is and prints what was done. sliceRows is how many raw
// rows are counted at once; 0 stands for the usual number.
func rebuilder(sink *clickhouse.Sink, sliceRows int64, log zerolog.Logger, out output) (rebuild, error) {
	r, err := recompute.New(recompute.Config{Sink: sink, Catalogue: metrics.All(), Log: log, SliceRows: sliceRows, Progress: progressLine(log)})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, job recompute.Job) error {
		report, err := r.Rebuild(ctx, job)
		if err == nil {
			printReport(out, report)
		}
		return err
	}, nil
}

// progressLine shows how far a recompute is: on a terminal in one line, else a log line now and then.
func progressLine(log zerolog.Logger) func(recompute.Progress) {
	const every = 10 * time.Second
	person, last := terminal(os.Stderr), time.Now()
	return func(p recompute.Progress) {
		share := 100 * p.Done.Sub(p.From).Seconds() / max(1, p.To.Sub(p.From).Seconds())
		what := "counting"
		if p.Lead {
			what = "reading what came before"
		}
		switch {
		case person:
			fmt.Fprintf(os.Stderr, "\r\x1b[K%s: %s %3.0f %%, %d events, %d rows", p.Metric, what, share, p.Events, p.Rows)
			if !p.Done.Before(p.To) {
				fmt.Fprint(os.Stderr, "\r\x1b[K")
			}
		case time.Since(last) > every:
			last = time.Now()
			log.Info().Str("metric", p.Metric).Str("doing", what).Float64("percent", share).Int64("events", p.Events).Int64("rows", p.Rows).Msg("recompute")
		}
	}
}

func printReport(out output, r recompute.Report) {
	if r.Revision == 0 {
		_, _ = fmt.Fprintf(out, "%s: no window is closed yet; the first open one begins at %s\n", r.Metric, r.OpenFrom.Format(time.RFC3339))
		return
	}
	_, _ = fmt.Fprintf(out, "%s: %d windows of %s to %s, %d events, %d rows, %d tombstones, revision %d, %s\n", r.Metric, r.Windows,
		r.From.Format(time.RFC3339), r.To.Format(time.RFC3339), r.Events, r.Rows, r.Tombstones, r.Revision, r.Took.Round(time.Millisecond))
	note := func(format string, args ...any) { _, _ = fmt.Fprintf(out, "  "+format+"\n", args...) }
	if !r.OpenFrom.IsZero() {
		note("windows from %s on are still open and were left to the stream", r.OpenFrom.Format(time.RFC3339))
	}
	if !r.Expired.IsZero() {
		note("live events before %s may have been deleted by retention; what was counted of them stays", r.Expired.Format(time.RFC3339))
	}
	if r.Unreadable > 0 {
		note("%d raw events could not be read or counted and were left out", r.Unreadable)
	}
	if r.Doubtful > 0 {
		note("%d sessions belong to chains that never pause for days; they may be cut at other events than before", r.Doubtful)
	}
	for _, why := range r.LeftOut {
		note("left as it was: %s", why)
	}
}
