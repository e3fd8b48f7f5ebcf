package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/restore"
	"tidemark/processors/metrics"
	"tidemark/processors/recompute"
	"tidemark/schemas"
	"tidemark/sinks/archive"
	"tidemark/sinks/clickhouse"
)

// restoreFlags pick what comes back from an archive.
type restoreFlags struct {
	Archive string   `placeholder:"PLACE" help:"Restore from this archive: a folder, or s3://bucket/prefix?endpoint=https://host."`
	Check   bool     `help:"Only read the archive, and name what is damaged or missing; needs no ClickHouse."`
	Family  []string `placeholder:"NAME" help:"Restore only these families."`
	OnlyOf  []string `name:"only-shop" placeholder:"ID" help:"Restore only these shops."`
	From    string   `placeholder:"TIME" help:"Restore events from this time on: 2026-01-31, or RFC 3339."`
	To      string   `placeholder:"TIME" help:"Restore events before this time."`
}

// restoreCmd is import --archive.
type restoreCmd struct {
	restoreFlags    `embed:""`
	clickhouseFlags `embed:""`
}

// Run restores, and fails where the archive is damaged.
func (c restoreCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	return restoreArchive(ctx, c.restoreFlags, c.clickhouseFlags, log, out)
}

func restoreArchive(ctx context.Context, f restoreFlags, ch clickhouseFlags, log zerolog.Logger, out output) error {
	filter, err := f.filter()
	if err != nil {
		return err
	}
	store, err := archive.Open(f.Archive)
	if err != nil {
		return usage{err}
	}
	c := restore.Config{Archive: archive.New(store), Filter: filter, Catalogue: metrics.All(), Progress: restoreProgress(log)}
	if !f.Check {
		sink, err := ch.open(nil)
		if err != nil {
			return err
		}
		defer sink.Close() // nothing is pending
		if err := reach(ctx, sink); err != nil {
			return err
		}
		if c.Rebuild, err = restoredMetrics(sink, log); err != nil {
			return err
		}
		c.Sink = sink
	}
	began := time.Now()
	report, err := restore.Run(ctx, c)
	return printRestore(report, err, time.Since(began), out)
}

// printRestore prints the report. Damage is a failure, said after everything that could be read was restored.
func printRestore(r restore.Report, err error, took time.Duration, out output) error {
	_, _ = fmt.Fprintf(out, "%d parts, %d spans (%d there already), %d files, %d bytes, %d rows, %d watermarks, %s\n",
		r.Parts, r.Spans, r.Known, r.Files, r.Bytes, r.Rows, r.Marks, took.Round(time.Millisecond))
	for _, p := range r.Problems {
		_, _ = fmt.Fprintln(out, "damaged:", p)
	}
	for _, name := range r.Unfinished {
		_, _ = fmt.Fprintln(out, "no manifest (a span that was being written, or whose manifest is gone):", name)
	}
	if err == nil && len(r.Problems) > 0 {
		return fmt.Errorf("the archive is damaged in %d places; everything else was read", len(r.Problems))
	}
	return err
}

// restoredMetrics recomputes with the stream's own code.
func restoredMetrics(sink *clickhouse.Sink, log zerolog.Logger) (func(context.Context, string, time.Time, time.Time) error, error) {
	r, err := recompute.New(recompute.Config{Sink: sink, Catalogue: metrics.All(), Log: log})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, metric string, from, to time.Time) error {
		report, err := r.Rebuild(ctx, recompute.Job{Metric: metric, From: from, To: to})
		log.Info().Str("metric", metric).Int64("windows", report.Windows).Int64("rows", report.Rows).Dur("took", report.Took).Msg("recomputed")
		return err
	}, nil
}

func restoreProgress(log zerolog.Logger) func(restore.Report) {
	last := time.Now()
	return func(r restore.Report) {
		if time.Since(last) < 5*time.Second {
			return
		}
		last = time.Now()
		log.Info().Int("parts", r.Parts).Int("done", r.PartsDone).Int64("spans", r.Spans).Int64("rows", r.Rows).Int64("bytes", r.Bytes).Msg("restoring")
	}
}

func (f restoreFlags) filter() (archive.Filter, error) {
	out := archive.Filter{Families: f.Family, Shops: f.OnlyOf}
	for _, name := range f.Family {
		if !slices.Contains(schemas.FamilyNames(), name) {
			return out, usagef("--family %q: there are %v", name, schemas.FamilyNames())
		}
	}
	for _, t := range []struct {
		flag, text string
		to         *schemas.Millis
	}{{"--from", f.From, &out.From}, {"--to", f.To, &out.To}} {
		if t.text == "" {
			continue
		}
		at, err := time.Parse(time.DateOnly, t.text)
		if err != nil {
			at, err = time.Parse(time.RFC3339, t.text)
		}
		if err != nil {
			return out, usagef("%s %q: write it like 2026-01-31 or 2026-01-31T08:00:00+08:00", t.flag, t.text)
		}
		*t.to = schemas.MillisOf(at)
	}
	return out, nil
}
