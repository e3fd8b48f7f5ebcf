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
)

// restoreFlags pick what comes back from an archive.
type restoreFlags struct {
	Archive string   `placeholder:"PLACE" help:"Bring raw events back from this archive instead of a file: a folder, or s3://bucket/prefix?endpoint=https://host (credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY). Everything but ClickHouse may be gone."`
	Check   bool     `help:"With --archive: only read it, and name what is damaged or missing; needs no ClickHouse."`
	Family  []string `placeholder:"NAME" help:"With --archive: only these families."`
	OnlyOf  []string `name:"only-shop" placeholder:"ID" help:"With --archive: only these shops."`
	From    string   `placeholder:"TIME" help:"With --archive: only events from this time on: RFC 3339, or a date (midnight UTC)."`
	To      string   `placeholder:"TIME" help:"With --archive: only events before this time."`
	Offline bool     `help:"With --archive: the log that was archived is gone for good, so no process will go on from it: the windows that were open at its end are counted too."`
}

// oneSource refuses flags of a file beside an archive, and the other way round.
func (c importCmd) oneSource() error {
	if c.Archive == "" {
		if c.Check || c.Offline || len(c.Family) > 0 || len(c.OnlyOf) > 0 || c.From != "" || c.To != "" {
			return usagef("--check, --family, --only-shop, --from, --to and --offline belong to --archive PLACE: name the archive")
		}
		return nil
	}
	switch {
	case c.Input != "":
		return usagef("%s and --archive: import a file or restore an archive, not both at once", c.Input)
	case c.Mapping != "" || c.Shop != "" || c.Bad != "" || c.Format != "auto":
		return usagef("--mapping, --shop, --bad and --format are for files; with --archive give --only-shop ID to restore one shop")
	case c.DryRun:
		return usagef("--dry-run is for files: with --archive give --check, which only reads")
	case c.NoRecompute && c.Offline:
		return usagef("--offline says how to recompute: leave out --no-recompute")
	}
	return nil
}

// restore brings an archive back, and fails where it is damaged.
func (c importCmd) restore(ctx context.Context, log zerolog.Logger, out output) error {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	store, err := archive.Open(c.Archive)
	if err != nil {
		return usage{err}
	}
	work := restore.Config{Archive: archive.New(store), Filter: filter, Catalogue: metrics.All(), Progress: restoreProgress(log)}
	if !c.Check {
		sink, err := c.clickhouseFlags.open(nil)
		if err != nil {
			return err
		}
		defer sink.Close() // nothing is pending
		if err := reach(ctx, sink); err != nil {
			return err
		}
		work.Sink = sink
		if !c.NoRecompute {
			do, err := rebuilder(sink, 0, log, out)
			if err != nil {
				return err
			}
			// The restored watermarks say how far the stream had come, so that the windows open then are left to the processes
			// that go on from the log; offline says that there are none.
			work.Rebuild = func(ctx context.Context, metric string, from, to time.Time) error {
				return do(ctx, recompute.Job{Metric: metric, From: from, To: to, Offline: c.Offline})
			}
		}
	}
	began := time.Now()
	report, err := restore.Run(ctx, work)
	if err = printRestore(report, err, time.Since(began), out); err == nil && !c.Check {
		log.Info().Msg("restored; figures by day and month come from tidemark rollup, which computes everything in a new database")
	}
	return err
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
		at, err := moment(t.flag, t.text)
		if err != nil {
			return out, err
		}
		*t.to = schemas.MillisOf(at)
	}
	if out.From > 0 && out.To > 0 && out.To <= out.From {
		return out, usagef("--to must be later than --from")
	}
	return out, nil
}
