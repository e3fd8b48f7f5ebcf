package recompute

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks"
	"tidemark/sinks/clickhouse"
)

// batchRows is about how many rows go into one insert; a window is never divided.
const batchRows = 50_000

// store takes the windows that have closed out of the recount: rows and tombstones first, then what they were built from.
func (w *work) store(ctx context.Context, c *processors.Recount) error {
	first, end := c.Closed()
	if first >= end {
		return nil
	}
	upto := map[uint64]int64{}
	for _, p := range c.Parts() {
		upto[p] = w.at.upto[p]
	}
	stored, err := w.stored(ctx, first, end, without(upto, w.at.faded))
	if err != nil {
		return err
	}
	seen := map[processors.WindowPart]bool{}
	for _, b := range c.Take(stored, batchRows) {
		if err := w.insert(ctx, b.Block); err != nil {
			return err
		}
		w.rep.Rows += int64(b.Rows)
		w.rep.Tombstones += int64(b.Tombstones)
		for _, p := range b.Windows {
			seen[p] = true
		}
	}
	if err := w.marked(ctx, first, end, upto, seen); err != nil {
		return err
	}
	return w.rebuilt(ctx, slices.Collect(maps.Keys(seen)))
}

// stored reads the keys that the table shows, which are buried unless they come out again.
func (w *work) stored(ctx context.Context, first, end int64, upto map[uint64]int64) ([]processors.StoredKey, error) {
	if len(upto) == 0 {
		return nil, nil
	}
	type row struct {
		Start int64    `ch:"start"`
		Part  uint64   `ch:"part"`
		Dims  []string `ch:"dims"`
	}
	dims := make([]string, len(w.def.Dims))
	for i, d := range w.def.Dims {
		dims[i] = "toString(" + d + ")"
	}
	sql := fmt.Sprintf("SELECT toUnixTimestamp64Milli(window_start) AS start, part, CAST([%s] AS Array(String)) AS dims FROM %s FINAL\nWHERE window_start >= %s AND window_start < %s AND %s AND NOT gone",
		strings.Join(dims, ", "), w.def.TableName(), stamp(first), stamp(end), inParts(upto))
	var out []processors.StoredKey
	return out, clickhouse.Each(ctx, w.r.Sink, sql, func(r row) error {
		out = append(out, processors.StoredKey{Start: r.Start, Part: r.Part, Dims: r.Dims})
		return nil
	})
}

// marked adds the windows with open marks: those in which nothing counts, now or before, are done too. Of a metric on sessions
// such a mark may belong to a late event whose whole extent was not asked for, and which is settled here as far as it lies
// within: see markChains.
func (w *work) marked(ctx context.Context, first, end int64, upto map[uint64]int64, into map[processors.WindowPart]bool) error {
	type row struct {
		Start int64  `ch:"start"`
		Part  uint64 `ch:"part"`
	}
	sql := fmt.Sprintf("SELECT DISTINCT toUnixTimestamp64Milli(window_start) AS start, part FROM v_dirty WHERE metric = {metric:String} AND window_start >= %s AND window_start < %s AND %s",
		stamp(first), stamp(end), inParts(upto))
	return clickhouse.Each(ctx, w.r.Sink, sql, func(r row) error {
		into[processors.WindowPart{Start: r.Start, Part: r.Part}] = true
		if w.def.Sessions != nil {
			w.settle = max(w.settle, happened(&w.def.Spec, r.Start))
		}
		return nil
	}, clickhouse.Param{Name: "metric", Value: w.def.Name})
}

// rebuilt notes which windows stand as raw events have them.
func (w *work) rebuilt(ctx context.Context, windows []processors.WindowPart) error {
	rows := make([]processors.Rebuilt, len(windows))
	for i, p := range windows {
		rows[i] = processors.Rebuilt{Metric: w.def.Name, WindowPart: p, Upto: w.at.upto[p.Part], Revision: w.claim.row.Revision, At: w.r.now()}
	}
	w.rep.Windows += int64(len(rows))
	if len(rows) == 0 {
		return nil
	}
	return w.insert(ctx, processors.RebuiltBlock(rows))
}

// insert stores a block while the claim holds; an insert that takes longer than the claim is broken off and tried again.
func (w *work) insert(ctx context.Context, b schemas.Block) error {
	for pause := 200 * time.Millisecond; ; pause *= 3 {
		until, err := w.claim.holds()
		if err != nil {
			return err
		}
		inserting, cancel := context.WithDeadline(ctx, until)
		err = w.r.Sink.Insert(inserting, []schemas.Block{b})
		cancel()
		if err == nil || sinks.Permanent(err) || pause > 20*time.Second {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

func (r *Recompute) now() schemas.Millis { return schemas.MillisOf(r.Now()) }
