package rollup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// frontier is how far the raw events of a scope reach.
type frontier struct {
	looked schemas.Millis    // when it was read
	nexts  map[uint64]uint64 // by part
	stored map[uint64]uint64 // how far land had stored each part whole
	newest schemas.Millis    // latest event
}

const (
	// recheck is how old an entry of rollup_seen must be to count: no INSERT of raw rows takes longer, so that what was
	// half visible then is looked at again.
	recheck = time.Minute
	slots   = 4 // so that an entry of that age is always there
)

// runs are the newest finished computations of a rollup in a shop, by the begin of the period.
func (r *Runner) runs(ctx context.Context, rollup, shop string) (map[schemas.Millis]processors.RunRow, error) {
	type row struct {
		Period   int64  `ch:"p"`
		Ends     int64  `ch:"e"`
		Ver      uint64 `ch:"ver"`
		Complete bool   `ch:"complete"`
		Rows     uint64 `ch:"rows"`
		First    int64  `ch:"f"`
		Hash     uint64 `ch:"hash"`
	}
	found, err := clickhouse.Select[row](ctx, r.Sink, `SELECT toUnixTimestamp64Milli(period) AS p, toUnixTimestamp64Milli(ends) AS e, ver, complete, rows, toUnixTimestamp64Milli(first) AS f, hash
FROM rollup_runs FINAL WHERE rollup = {rollup:String} AND shop = {shop:String}`, param("rollup", rollup), param("shop", shop))
	if err != nil {
		return nil, err
	}
	out := make(map[schemas.Millis]processors.RunRow, len(found))
	for _, f := range found {
		begins := schemas.Millis(f.Period)
		out[begins] = processors.RunRow{
			Rollup: rollup, Shop: shop, Period: begins, Ends: schemas.Millis(f.Ends), Ver: f.Ver, Complete: f.Complete, Rows: f.Rows, First: schemas.Millis(f.First), Hash: f.Hash,
		}
		r.ver = max(r.ver, f.Ver)
	}
	return out, nil
}

// frontier reads how far the raw events of a shop and family reach now. It reads all of them the first time, and when land
// knows a part that it did not know before: events that were restored were received long ago.
func (r *Runner) frontier(ctx context.Context, shop, family string, now schemas.Millis) (*frontier, error) {
	stored, err := r.stored(ctx, family) // first: what it tells was stored before
	if err != nil {
		return nil, err
	}
	f := r.seen[scope{shop, family}]
	if f == nil {
		f = &frontier{nexts: map[uint64]uint64{}}
	}
	since := max(0, f.looked-schemas.Millis(schemas.Underway.Milliseconds()))
	for part := range stored {
		if _, known := f.stored[part]; !known {
			since = 0
		}
	}
	type row struct {
		Part   uint64 `ch:"part"`
		Next   uint64 `ch:"next"`
		Newest int64  `ch:"newest"`
	}
	found, err := clickhouse.Select[row](ctx, r.Sink, fmt.Sprintf(`SELECT part, max(offset) + 1 AS next, max(toUnixTimestamp64Milli(least(occurred_at, append_time))) AS newest
FROM events_%s WHERE shop = {shop:String} AND received_at >= fromUnixTimestamp64Milli({since:Int64}) GROUP BY part`, family),
		param("shop", shop), param("since", int64(since)))
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		f.nexts[p.Part] = max(f.nexts[p.Part], p.Next)
		f.newest = max(f.newest, schemas.Millis(p.Newest))
	}
	f.looked, f.stored = now, stored
	r.seen[scope{shop, family}] = f
	return f, nil
}

// stored is how far land has stored each part of a family whole. An INSERT is visible month by month: after one that failed
// half, rows behind a gap are seen before those in it.
func (r *Runner) stored(ctx context.Context, family string) (map[uint64]uint64, error) {
	type row struct {
		Part uint64 `ch:"part"`
		Next uint64 `ch:"next"`
	}
	topics := schemas.Family[struct{}]{Name: family}
	found, err := clickhouse.Select[row](ctx, r.Sink, fmt.Sprintf("SELECT part, bitAnd(max(ver), %d) AS next FROM watermarks WHERE `group` = {land:String} AND topic IN ({live:String}, {past:String}) GROUP BY part", processors.OffsetMask),
		param("land", processors.ConsumerGroup("land")), param("live", topics.Topic()), param("past", topics.HistoryTopic()))
	out := make(map[uint64]uint64, len(found))
	for _, f := range found {
		out[f.Part] = f.Next
	}
	return out, err
}

// whole is how far the parts may be taken as read.
func (f *frontier) whole() map[uint64]uint64 {
	out := map[uint64]uint64{}
	for part, next := range f.nexts {
		if whole, ok := f.stored[part]; ok { // a part that was not restored whole has no mark
			next = min(next, whole)
		}
		out[part] = next
	}
	return out
}

// since is from when on events may have been received that were not there when the parts had been read up to before.
func (f *frontier) since(before map[uint64]uint64, at schemas.Millis) schemas.Millis {
	for part := range f.nexts {
		if _, known := before[part]; !known {
			return 0
		}
	}
	return at
}

// feed brings the tables of states up to date that a rollup reads.
func (r *Runner) feed(ctx context.Context, s *processors.Spec, shop string, now schemas.Millis) error {
	for i := range s.Rollup.Feeds {
		f := &s.Rollup.Feeds[i]
		if err := r.fill(ctx, f, shop, now); err != nil {
			return fmt.Errorf("fill %s: %w", f.Table.Name, err)
		}
	}
	return nil
}

func (r *Runner) fill(ctx context.Context, f *processors.Feed, shop string, now schemas.Millis) error {
	before, at, err := r.remembered(ctx, f.Table.Name, shop, now)
	if err != nil {
		return err
	}
	reach, err := r.frontier(ctx, shop, f.Source, now)
	if err != nil {
		return err
	}
	var columns []string
	for _, c := range f.Table.Columns {
		columns = append(columns, c.Name)
	}
	list := strings.Join(columns, ", ")
	sql := fmt.Sprintf("INSERT INTO %s (%s)\n%s\nSELECT %s FROM (\n%s\n)", f.Table.Name, list, fresh(f.Source), list, f.SQL)
	if err := r.Sink.Exec(ctx, sql, freshParams(shop, before, reach.since(before, at))...); err != nil {
		return err
	}
	return r.remember(ctx, f.Table.Name, shop, now, reach.whole())
}

// news finds which moments the events touch that are new to a rollup, and returns how far it has then read.
func (r *Runner) news(ctx context.Context, p *plan, shop string) (map[uint64]uint64, error) {
	parts := map[uint64]uint64{}
	before, at, err := r.remembered(ctx, p.spec.Name, shop, p.now)
	if err != nil {
		return nil, err
	}
	for _, family := range p.spec.Rollup.Sources {
		f, err := r.frontier(ctx, shop, family, p.now)
		if err != nil {
			return nil, err
		}
		p.newest = max(p.newest, f.newest)
		maps.Copy(parts, f.whole())
		touched, err := r.touched(ctx, p.spec, shop, family, before, f.since(before, at))
		if err != nil {
			return nil, err
		}
		p.touched = append(p.touched, touched...)
	}
	return parts, nil
}

// remembered is how far the rollup had read some time ago, and when that was; nothing where it is new.
func (r *Runner) remembered(ctx context.Context, rollup, shop string, now schemas.Millis) (map[uint64]uint64, schemas.Millis, error) {
	type row struct {
		At    int64    `ch:"at_ms"`
		Parts []uint64 `ch:"parts"`
		Nexts []uint64 `ch:"nexts"`
	}
	found, err := clickhouse.Select[row](ctx, r.Sink, `SELECT toUnixTimestamp64Milli(at) AS at_ms, parts, nexts FROM rollup_seen FINAL
WHERE rollup = {rollup:String} AND shop = {shop:String} AND at <= fromUnixTimestamp64Milli({until:Int64}) ORDER BY at DESC LIMIT 1`,
		param("rollup", rollup), param("shop", shop), param("until", int64(now)-recheck.Milliseconds()))
	if err != nil || len(found) == 0 {
		return nil, 0, err
	}
	out := map[uint64]uint64{}
	for i, part := range found[0].Parts {
		out[part] = found[0].Nexts[i]
	}
	return out, schemas.Millis(found[0].At), nil
}

// remember notes how far a rollup, or what feeds a table, has read, once everything has been computed that it has found there.
func (r *Runner) remember(ctx context.Context, name, shop string, now schemas.Millis, parts map[uint64]uint64) error {
	row := processors.SeenRow{Rollup: name, Shop: shop, Slot: int64(now) / recheck.Milliseconds() % slots, At: now, Parts: slices.Sorted(maps.Keys(parts))}
	row.Nexts = make([]uint64, len(row.Parts))
	for i, part := range row.Parts {
		row.Nexts[i] = parts[part]
	}
	return r.Sink.Insert(ctx, []schemas.Block{processors.SeenBlock(row)})
}

// touched lists the moments, to the quarter of an hour, that events of a family touch which were not there before. Every
// period begins at a quarter.
func (r *Runner) touched(ctx context.Context, s *processors.Spec, shop, family string, before map[uint64]uint64, at schemas.Millis) ([]schemas.Millis, error) {
	sql := s.Rollup.Touch.In[family]
	if sql == "" {
		sql = "SELECT least(occurred_at, append_time) AS at FROM fresh"
	}
	type row struct {
		T int64 `ch:"t"`
	}
	found, err := clickhouse.Select[row](ctx, r.Sink, fresh(family)+`
SELECT DISTINCT intDiv(toUnixTimestamp64Milli(at), 900000) * 900000 AS t FROM (
`+sql+`
)`, freshParams(shop, before, at)...)
	if err != nil {
		return nil, fmt.Errorf("new events of %s: %w", family, err)
	}
	out := make([]schemas.Millis, len(found))
	for i, f := range found {
		out[i] = schemas.Millis(f.T)
	}
	return out, nil
}

// fresh is the table of that name: the events of a family that were not there when its parts had been read up to before.
func fresh(family string) string {
	return `WITH fresh AS (
  SELECT * FROM events_` + family + ` WHERE shop = {shop:String} AND received_at >= fromUnixTimestamp64Milli({since:Int64})
    AND offset >= transform(part, {parts:Array(UInt64)}, {nexts:Array(UInt64)}, toUInt64(0))
)`
}

func freshParams(shop string, before map[uint64]uint64, since schemas.Millis) []clickhouse.Param {
	var parts, nexts []uint64
	for part, next := range before {
		parts, nexts = append(parts, part), append(nexts, next)
	}
	if len(parts) == 0 { // transform takes no empty lists
		parts, nexts = []uint64{0}, []uint64{0}
	}
	return []clickhouse.Param{
		param("shop", shop), param("parts", parts), param("nexts", nexts), param("since", int64(max(0, since-schemas.Millis(schemas.Underway.Milliseconds())))),
	}
}

func param(name string, value any) clickhouse.Param {
	return clickhouse.Param{Name: name, Value: value}
}
