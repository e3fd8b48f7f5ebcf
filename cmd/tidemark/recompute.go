package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tidemark/processors/metrics"
	"tidemark/processors/recompute"
)

// recomputeCmd rebuilds closed windows by hand.
type recomputeCmd struct {
	clickhouseFlags `embed:""`
	Metric          []string `placeholder:"NAME" help:"Metric to recompute; may be given several times. Without it all are."`
	From            string   `placeholder:"TIME" help:"First window: RFC 3339, or a date (midnight UTC)."`
	To              string   `placeholder:"TIME" help:"Windows before this time: RFC 3339, or a date. Without it all closed windows. A session counts in the window of its last event + 30 minutes, so give some hours more than the events that changed."`
	Offline         bool     `help:"No process runs on this database, now or later, from the log that the raw events came from (a restore): every window counts as closed."`
}

// Run rebuilds metric by metric and prints what was done. What was done when it is interrupted stays, and a second run
// repeats the rest.
func (c recomputeCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	from, err := moment("--from", c.From)
	if err != nil {
		return err
	}
	to := time.Now().Add(24 * time.Hour)
	if c.To != "" {
		if to, err = moment("--to", c.To); err != nil {
			return err
		}
	}
	if !to.After(from) {
		return usagef("--to must be later than --from")
	}
	names, err := c.metrics()
	if err != nil {
		return err
	}
	sink, err := c.open(nil)
	if err != nil {
		return err
	}
	defer sink.Close() // nothing is pending
	if err := reach(ctx, sink); err != nil {
		return err
	}
	r, err := recompute.New(recompute.Config{Sink: sink, Catalogue: metrics.All(), Log: log, Progress: progressLine(log)})
	if err != nil {
		return err
	}
	for _, name := range names {
		rep, err := r.Rebuild(ctx, recompute.Job{Metric: name, From: from, To: to, Offline: c.Offline})
		if err != nil {
			return err
		}
		printReport(out, rep)
	}
	return nil
}

// metrics are the names asked for, in the order of the catalogue.
func (c recomputeCmd) metrics() (names []string, err error) {
	known := map[string]bool{}
	all := metrics.All().Streams()
	for i := range all {
		known[all[i].Name] = true
		names = append(names, all[i].Name)
	}
	for _, m := range c.Metric {
		if !known[m] {
			return nil, usagef("--metric %s: there is no such metric; there are %s", m, strings.Join(names, ", "))
		}
	}
	if len(c.Metric) > 0 {
		names = c.Metric
	}
	return names, nil
}

// moment reads RFC 3339 or a date.
func moment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, usagef("%s is missing: give a time such as 2026-03-01T08:00:00Z, or a date", flag)
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("%s: %q is neither a time such as 2026-03-01T08:00:00Z nor a date", flag, text)
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
