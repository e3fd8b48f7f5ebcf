package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/wire"
	"tidemark/ingest/history"
	"tidemark/processors/metrics"
	"tidemark/processors/recompute"
	"tidemark/schemas"
)

// importCmd brings in history from files, or raw events from an archive.
type importCmd struct {
	Input           string `arg:"" optional:"" help:"CSV, NDJSON or Parquet file, also packed with gzip or zstandard; - reads standard input."`
	Mapping         string `placeholder:"FILE" help:"What the columns mean (YAML; docs/import.md has examples)."`
	Shop            string `placeholder:"ID" help:"Shop of shops.yaml that the history belongs to."`
	Shops           string `placeholder:"FILE" help:"shops.yaml."`
	DryRun          bool   `help:"Only read the file and report; needs neither Kafka nor ClickHouse."`
	Bad             string `placeholder:"FILE" help:"Where refused lines go; INPUT.bad.csv where not given, none for nowhere."`
	Format          string `enum:"auto,csv,ndjson,parquet" default:"auto" help:"Format of the input: ${enum}; auto looks at its first bytes."`
	NoRecompute     bool   `help:"Do not work the imported or restored events into the metrics."`
	restoreFlags    `embed:""`
	kafkaFlags      `embed:""`
	clickhouseFlags `embed:""`
}

// An import shares its machine with what it feeds. Slices of history have hardly two events per window, so that their
// windows and not the events take the memory; the limit makes the collector clean up earlier, and refuses nothing.
const (
	importSlice  = 100_000
	importMemory = 384 << 20
)

// Run imports one file, or only reports what would become of it; or it restores an archive.
func (c importCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	if err := c.oneSource(); err != nil {
		return err
	}
	if c.Archive != "" {
		return c.restore(ctx, log, out)
	}
	in, scan, err := c.open(log)
	if err != nil {
		return err
	}
	defer in.Close() // only read
	if !c.DryRun {
		return c.write(ctx, in, scan, log, out)
	}
	done := watch(scan.Progress, os.Stderr, log)
	report, err := history.Scan(ctx, in, scan, func(history.Event) error { return nil })
	done()
	return errors.Join(show(report, scan.Shop, out), err)
}

// open checks the settings, and opens what they name.
func (c importCmd) open(log zerolog.Logger) (*history.Input, history.ScanConfig, error) {
	scan := history.ScanConfig{Now: time.Now(), DryRun: c.DryRun, Progress: &history.Progress{}}
	switch {
	case c.Input == "":
		return nil, scan, usagef("no input is named: give a file, - for standard input, or --archive PLACE")
	case c.Mapping == "":
		return nil, scan, usagef("no mapping is named: give --mapping FILE, which says what the columns mean (docs/import.md has examples)")
	case c.Shop == "":
		return nil, scan, usagef("no shop is named: give --shop ID, one of those in shops.yaml")
	}
	shops, err := openShops(c.Shops, log)
	if err != nil {
		return nil, scan, err
	}
	var known bool
	if scan.Shop, known = shops.Shops().ByID(c.Shop); !known {
		return nil, scan, usagef("--shop: %s has no shop %q", c.Shops, c.Shop)
	}
	if scan.Bad, err = c.bad(); err != nil {
		return nil, scan, err
	}
	mapping, err := history.LoadMapping(c.Mapping)
	if err != nil {
		return nil, scan, usage{err}
	}
	in, err := history.Open(c.Input, c.Format, mapping, os.Stdin)
	if err != nil {
		return nil, scan, usage{err}
	}
	if err := in.Prepare(scan.Shop); err != nil {
		return nil, scan, usage{errors.Join(err, in.Close())}
	}
	return in, scan, nil
}

// bad is the file for refused lines.
func (c importCmd) bad() (string, error) {
	switch {
	case c.Bad == "none", c.Bad == "" && c.Input == history.Stdin:
		return "", nil
	case c.Bad != "" && sameFile(c.Bad, c.Input):
		return "", usagef("--bad names the input itself: give another file")
	}
	return cmp.Or(c.Bad, c.Input+".bad.csv"), nil
}

// sameFile says whether two names lead to one file that is there.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// write imports the file, waits for land and rebuilds the metrics.
func (c importCmd) write(ctx context.Context, in *history.Input, scan history.ScanConfig, log zerolog.Logger, out output) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	sink, err := c.clickhouseFlags.open(nil)
	if err != nil {
		return err
	}
	defer sink.Close() // nothing is pending
	if err := reach(ctx, sink); err != nil {
		return err
	}
	debug.SetMemoryLimit(importMemory)
	family := in.Family()
	done := watch(scan.Progress, os.Stderr, log)
	outcome, err := history.Run(ctx, in, history.Config{
		ScanConfig: scan, Client: options, Log: log,
		Known: wire.KnownEvents(sink, family, scan.Shop.ID), Landed: wire.Landed(sink),
	})
	done()
	if outcome != nil {
		err = errors.Join(show(outcome.Report, scan.Shop, out), err)
		for partition, span := range outcome.Wrote {
			log.Info().Str("topic", outcome.Topic.Name).Int32("partition", partition).Int64("first", span.First).Int64("last", span.Last).Msg("written")
		}
	}
	if err != nil || c.NoRecompute {
		return err
	}
	do, err := rebuilder(sink, importSlice, log, out)
	if err != nil {
		return err
	}
	return recomputeImported(ctx, outcome, do)
}

// recomputeImported works an import into every metric of its family: over the whole range of the file, also where
// everything was stored before, so that an import that was interrupted here is made good by giving it again.
func recomputeImported(ctx context.Context, o *history.Outcome, do rebuild) error {
	r := o.Report
	if r.Events == 0 {
		return nil
	}
	topic := schemas.Family[struct{}]{Name: r.Family}.Topic()
	for _, d := range metrics.All().Streams() {
		if d.Topic != topic {
			continue
		}
		from, to := d.Affected(int64(r.From), int64(r.To))
		job := recompute.Job{Metric: d.Name, From: time.UnixMilli(from), To: time.UnixMilli(to), Parts: wire.Parts(o.Topic)}
		if err := do(ctx, job); err != nil {
			return fmt.Errorf("the events are stored, but metric %s does not show them all: %w; give the same command again", d.Name, err)
		}
	}
	return nil
}

// show prints the report, if there is one.
func show(r *history.Report, shop *schemas.Shop, out output) error {
	if r == nil {
		return nil
	}
	return r.Text(out, shop.Location)
}
