package rollup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// build computes periods in batches. Each is in force when it is done.
func (r *Runner) build(ctx context.Context, p *plan, shop *schemas.Shop, periods []period) error {
	done := 0
	for _, batch := range batches(periods, cmp.Or(p.spec.Rollup.Batch, batchPeriods)) {
		seen, err := r.landed(ctx, p.spec, p.now)
		if err != nil {
			return err
		}
		ver := r.version()
		if err := r.compute(ctx, p.spec, shop, batch, seen, ver); err != nil {
			return err
		}
		rows, err := r.publish(ctx, p, shop, batch, seen, ver)
		if err != nil {
			return err
		}
		done += len(batch)
		r.gauges.built(p.spec.Name, len(batch))
		r.Progress(Progress{Rollup: p.spec.Name, Shop: shop.ID, Done: done, Of: len(periods), Rows: rows})
	}
	return nil
}

// marks is how many versions lie within one tick of versions: each runner has one of its own, drawn at its start.
const marks = 4096

// version gives out a higher one each time, also where the clock has gone back, and another than a second runner does.
func (r *Runner) version() uint64 {
	tick := max(r.ver/marks+1, uint64(r.Now().UnixNano())/marks)
	r.ver = tick*marks + r.mark
	return r.ver
}

// compute writes the rows of a batch under a version that nobody reads yet.
func (r *Runner) compute(ctx context.Context, s *processors.Spec, shop *schemas.Shop, batch []period, seen schemas.Millis, ver uint64) error {
	begins, ends := make([]int64, len(batch)), make([]int64, len(batch))
	for i, d := range batch {
		begins[i], ends[i] = int64(d.begins), int64(d.ends)
	}
	return r.Sink.Exec(ctx, statement(s),
		param("shop", shop.ID), param("market", shop.Market), param("zone", shop.Location.String()), param("currency", shop.Currency),
		param("begins", begins), param("ends", ends), param("from", slices.Min(begins)), param("to", slices.Max(ends)), param("now", int64(seen)), param("ver", ver))
}

// statement is the SQL that computes periods of a rollup.
func statement(s *processors.Spec) string {
	columns := []string{"window_start", "shop", "market"}
	values := []string{"window_start", "{shop:String}", "{market:String}"}
	columns, values = append(columns, s.Dims[2:]...), append(values, s.Dims[2:]...)
	columns, values = append(columns, "ver"), append(values, "{ver:UInt64}")
	for _, m := range s.Measures {
		switch m.Kind {
		case processors.KindUniq:
			columns = append(columns, m.Name, m.Name+"_state")
			values = append(values, "finalizeAggregation("+m.Name+"_state)", m.Name+"_state")
		case processors.KindMoney:
			columns, values = append(columns, m.Name), append(values, "CAST("+m.Name+", 'Decimal(38, 6)')")
		case processors.KindQuantile:
			columns, values = append(columns, m.Name), append(values, "CAST("+m.Name+", 'Map(Int32, UInt64)')")
		default:
			columns, values = append(columns, m.Name), append(values, "toInt64("+m.Name+")")
		}
	}
	return fmt.Sprintf(`INSERT INTO %s (%s)
WITH periods AS (
  SELECT {shop:String} AS shop, fromUnixTimestamp64Milli(p.1, 'UTC') AS begins, fromUnixTimestamp64Milli(p.2, 'UTC') AS ends
  FROM (SELECT arrayJoin(arrayZip({begins:Array(Int64)}, {ends:Array(Int64)})) AS p)
)
SELECT %s FROM (
%s
)`, s.TableName(), strings.Join(columns, ", "), strings.Join(values, ", "), s.Rollup.SQL)
}

// publish makes the batch's version the one that is read.
func (r *Runner) publish(ctx context.Context, p *plan, shop *schemas.Shop, batch []period, seen schemas.Millis, ver uint64) (uint64, error) {
	type row struct {
		Period int64  `ch:"p"`
		Rows   uint64 `ch:"n"`
	}
	found, err := clickhouse.Select[row](ctx, r.Sink, "SELECT toUnixTimestamp64Milli(window_start) AS p, count() AS n FROM "+p.spec.TableName()+
		" WHERE shop = {shop:String} AND ver = {ver:UInt64} GROUP BY p", param("shop", shop.ID), param("ver", ver))
	if err != nil {
		return 0, err
	}
	rows, total := map[schemas.Millis]uint64{}, uint64(0)
	for _, f := range found {
		rows[schemas.Millis(f.Period)] = f.Rows
		total += f.Rows
	}
	runs := make([]processors.RunRow, len(batch))
	for i, d := range batch {
		runs[i] = r.run(p, shop, d, seen, ver)
		runs[i].Rows = rows[d.begins]
	}
	return total, r.Sink.Insert(ctx, []schemas.Block{processors.RunBlock(runs)})
}

// run is the entry of a period that has just been computed.
func (r *Runner) run(p *plan, shop *schemas.Shop, d period, seen schemas.Millis, ver uint64) processors.RunRow {
	first := p.now
	if before, ok := p.runs[d.begins]; ok {
		first = before.First
	}
	return processors.RunRow{
		Rollup: p.spec.Name, Shop: shop.ID, Period: d.begins, Ends: d.ends, Ver: ver, Seen: seen, At: p.now, First: first,
		Complete: d.ends+schemas.Millis(settle.Milliseconds()) <= seen, Hash: p.spec.RollupHash(),
	}
}

// drop leaves periods without rows.
func (r *Runner) drop(ctx context.Context, p *plan, shop *schemas.Shop, periods []period) error {
	if len(periods) == 0 {
		return nil
	}
	runs, ver := make([]processors.RunRow, len(periods)), r.version()
	for i, d := range periods {
		runs[i] = r.run(p, shop, d, p.now, ver)
	}
	return r.Sink.Insert(ctx, []schemas.Block{processors.RunBlock(runs)})
}

// landed is the moment up to which the events of a rollup's families have all been stored: the land group's watermark in
// their live topics. A topic in which nothing was ever appended, not even a heartbeat, holds nothing back: without a live
// pipeline, as after an import alone, it is now.
func (r *Runner) landed(ctx context.Context, s *processors.Spec, now schemas.Millis) (schemas.Millis, error) {
	var topics []string
	for _, family := range r.families(s) {
		topics = append(topics, schemas.Family[struct{}]{Name: family}.Topic())
	}
	type row struct {
		M int64  `ch:"m"`
		N uint64 `ch:"n"`
	}
	found, err := clickhouse.Select[row](ctx, r.Sink, "SELECT toUnixTimestamp64Milli(min(w.m)) AS m, count() AS n FROM v_watermarks AS w WHERE w.`group` = {group:String} AND has({topics:Array(String)}, w.topic) AND w.topic IN "+
		"(SELECT topic FROM v_watermarks WHERE `group` = {group:String} GROUP BY topic HAVING toUnixTimestamp64Milli(max(m)) > 0)",
		param("group", processors.ConsumerGroup("land")), param("topics", topics))
	if err != nil {
		return 0, err
	}
	if len(found) == 0 || found[0].N == 0 {
		return now, nil
	}
	return min(now, schemas.Millis(found[0].M)), nil
}

// families are those that a rollup rests on, by itself or by way of others.
func (r *Runner) families(s *processors.Spec) []string {
	out := slices.Clone(s.Rollup.Sources)
	for _, name := range s.Rollup.After {
		if before, err := r.named(name); err == nil {
			out = append(out, r.families(before)...)
		}
	}
	return out
}
