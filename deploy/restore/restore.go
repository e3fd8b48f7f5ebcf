// Package restore brings an archive back into ClickHouse: the raw rows as they were, part, offset, append time and mark
// included, then how far each group had come, then the metrics, recomputed from the rows.
//
// It may be repeated and interrupted: rows are upserts by (part, offset), and spans whose rows are all there are passed
// over. What the archive lacks is named, and no window of a part with damage is called complete.
package restore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/archive"
	"tidemark/sinks/clickhouse"
)

// batchRows is how many rows go into ClickHouse at once, which bounds the memory.
const batchRows = 100_000

// Config says what to restore, and where to.
type Config struct {
	Archive *archive.Archive
	Sink    *clickhouse.Sink // nil only reads and checks
	Filter  archive.Filter
	// Catalogue names the groups that need a watermark, and the metrics.
	Catalogue processors.Catalogue
	// Rebuild recomputes the windows of one metric that begin in [from, to); nil leaves the metrics as they are.
	Rebuild func(ctx context.Context, metric string, from, to time.Time) error
	// Progress is told after each span, in one goroutine; nil where nobody looks.
	Progress func(Report)
}

// Report says what was read and what is wrong.
type Report struct {
	Parts, PartsDone int
	Spans, Known     int64 // known: their rows were in ClickHouse already
	Files            int64 // of the spans of the families asked for
	Bytes            int64
	Rows             int64 // read and, unless only checked, stored
	Marks            int   // watermarks restored
	From, To         time.Time
	Problems         []archive.Problem
	Unfinished       []string // files that no manifest vouches for
}

// run is one restore under way.
type run struct {
	Config
	Report
	held  []schemas.Block
	rows  int
	marks []processors.Mark
}

// Run restores. An error says that it could not go on; damage of the archive is in the report alone.
func Run(ctx context.Context, c Config) (Report, error) {
	r := &run{Config: c}
	if r.Progress == nil {
		r.Progress = func(Report) {}
	}
	err := r.run(ctx)
	return r.Report, err
}

func (r *run) run(ctx context.Context) error {
	parts, err := r.Archive.Parts(ctx)
	if err != nil {
		return err
	}
	if len(parts) == 0 {
		return fmt.Errorf("%s holds no archive: there is no manifest below it", r.Archive)
	}
	r.Parts = len(parts)
	for _, p := range parts {
		if err := r.part(ctx, p); err != nil {
			return err
		}
		r.PartsDone++
	}
	if r.Unfinished, err = r.Archive.Orphans(ctx, parts); err != nil || r.Sink == nil {
		return err
	}
	if err := r.storeMarks(ctx); err != nil {
		return err
	}
	return r.rebuild(ctx)
}

// part restores one partition's log.
func (r *run) part(ctx context.Context, p *archive.Part) error {
	var last *archive.Span
	var stored map[int64]int64
	damage := len(r.Problems)
	problem := func(p archive.Problem) { r.Problems = append(r.Problems, p) }
	err := p.Spans(ctx, problem, func(s *archive.Span) (err error) {
		if stored == nil {
			if stored, err = r.stored(ctx, s.Family, p); err != nil {
				return err
			}
		}
		last = s
		return r.span(ctx, s, stored[s.First], problem)
	})
	if err == nil {
		err = r.flush(ctx)
	}
	if err == nil && last != nil && damage == len(r.Problems) && r.Filter.All() {
		r.mark(&last.Span)
	}
	return err
}

// span reads one span, unless all its rows are stored.
func (r *run) span(ctx context.Context, s *archive.Span, stored int64, problem func(archive.Problem)) error {
	defer func() { r.Progress(r.Report) }()
	r.Spans++
	if !r.Filter.Family(s.Family) {
		return nil
	}
	if from, to, ok := s.Days(); ok {
		if r.From.IsZero() || from.Before(r.From) {
			r.From = from
		}
		if to.After(r.To) {
			r.To = to
		}
	}
	if s.Events > 0 && stored == s.Events {
		r.Known++
		return nil
	}
	r.Files += int64(s.Files())
	r.Bytes += s.Bytes()
	return s.Blocks(ctx, r.Filter, problem, func(b schemas.Block) error {
		r.Rows += int64(b.Rows)
		if r.Sink == nil {
			return nil
		}
		r.held = append(r.held, b)
		if r.rows += b.Rows; r.rows < batchRows {
			return nil
		}
		return r.flush(ctx)
	})
}

// tries and pause are how often an insert that may be repeated is repeated, and the wait before the first time.
const (
	tries = 6
	pause = 500 * time.Millisecond
)

// flush stores what is held.
func (r *run) flush(ctx context.Context) error {
	if len(r.held) == 0 {
		return nil
	}
	err := again(ctx, func() error { return r.Sink.Insert(ctx, r.held) })
	if err == nil {
		r.held, r.rows = nil, 0
	}
	return err
}

// rebuild works the rows into the metrics: into every window that they may count in.
func (r *run) rebuild(ctx context.Context) error {
	if r.Rebuild == nil || r.From.IsZero() {
		return nil
	}
	from, to := r.From, r.To
	if f := r.Filter.From; f > 0 && f.Time().After(from) {
		from = f.Time()
	}
	if t := r.Filter.To; t > 0 && t.Time().Before(to) {
		to = t.Time()
	}
	var errs []error
	for _, d := range r.Catalogue.Streams() {
		if !r.Filter.Family(d.Family) {
			continue
		}
		first, end := d.Affected(from.UnixMilli(), to.UnixMilli())
		if err := r.Rebuild(ctx, d.Name, time.UnixMilli(first), time.UnixMilli(end)); err != nil {
			errs = append(errs, fmt.Errorf("the rows are stored, but metric %s does not show them all: %w", d.Name, err))
		}
	}
	return errors.Join(errs...)
}
