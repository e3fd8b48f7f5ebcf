package recompute

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// raw is a family's raw table.
type raw struct {
	table string
	wire  func(without []string) (schemas.Wire, error)
	live  string // topic
	past  string // history topic
}

func rawOf[E any](f schemas.Family[E]) raw {
	return raw{table: f.RawTable(), wire: func(without []string) (schemas.Wire, error) { return schemas.NewWire(f, without...) }, live: f.Topic(), past: f.HistoryTopic()}
}

func families() map[string]raw {
	return map[string]raw{
		schemas.Clickstream.Name: rawOf(schemas.Clickstream),
		schemas.Orders.Name:      rawOf(schemas.Orders),
		schemas.Logistics.Name:   rawOf(schemas.Logistics),
		schemas.Marketing.Name:   rawOf(schemas.Marketing),
		schemas.Inventory.Name:   rawOf(schemas.Inventory),
		schemas.Service.Name:     rawOf(schemas.Service),
	}
}

// rawRow is a row of a raw table on its way to a recount.
type rawRow struct {
	Part   uint64 `ch:"part"`
	Offset uint64 `ch:"off"`
	At     int64  `ch:"at"`
	Dup    bool   `ch:"dup"`
	Event  string `ch:"event"`
}

// rawSettings keep memory within bounds here and in the server, and let FINAL work on each month alone: copies of a row
// always lie in the same one. The client holds whole blocks: the wider rows are, the fewer go into one.
func rawSettings(in bucket) map[string]any {
	const blockRows = 8192
	s := schemas.WireSettings()
	s["do_not_merge_across_partitions_select_final"] = 1
	s["max_bytes_before_external_sort"] = 256 << 20
	s["max_block_size"] = max(64, blockRows*in.rows/max(in.weight, 1))
	return s
}

// give reads the events of a slice and gives them to the recount, part by part in the order of the log.
func (w *work) give(ctx context.Context, c *processors.Recount, s slice, p *plan, upto map[uint64]int64) error {
	in := p.within(s)
	if in.rows == 0 {
		return nil
	}
	sql := fmt.Sprintf("SELECT part, `offset` AS off, toUnixTimestamp64Milli(append_time) AS at, duplicate AS dup, %s AS event\nFROM %s FINAL\nWHERE %s AND %s",
		w.wire.Event, w.raw.table, within(s, in.hi), before(upto))
	if w.def.Dedupe {
		sql += " AND NOT duplicate"
	}
	sql += "\nORDER BY part, `offset`"
	var e processors.RawEvent
	return clickhouse.EachWith(ctx, w.r.Sink, rawSettings(in), sql, func(row rawRow) error {
		w.read++
		e = processors.RawEvent{
			Part: row.Part, Offset: int64(row.Offset), Time: schemas.Millis(row.At), Duplicate: row.Dup,
			Value: unsafe.Slice(unsafe.StringData(row.Event), len(row.Event)), // only read
		}
		c.Apply(&e)
		return nil
	})
}

const eventTime = "toUnixTimestamp64Milli(least(occurred_at, append_time))"

// lastHour is the last time that toStartOfHour, by which raw tables are sorted, can show: later ones wrap around to any
// hour. Such times come of a sender's broken clock; the event's own time is then its append time.
const lastHour = "2106-01-01 00:00:00"

// within is a condition for events of a time, of which hi is the latest occurred_at. The first line lets the server skip
// what it need not read: an event never happened after the time that it counts for, and was received a while before it was
// appended at most.
func within(s slice, hi int64) string {
	skip := fmt.Sprintf("received_at >= %s", stamp(s.from-schemas.Underway.Milliseconds()))
	if hi < wrapped {
		skip = fmt.Sprintf("toStartOfHour(occurred_at) >= toStartOfHour(%s) AND toStartOfHour(occurred_at) <= toStartOfHour(%s) AND occurred_at >= %[1]s AND occurred_at <= %[2]s",
			stamp(s.from), stamp(hi))
	}
	return fmt.Sprintf("%s\n  AND %s >= %d AND %[2]s < %[4]d", skip, eventTime, s.from, s.to)
}

// wrapped is lastHour in milliseconds.
const wrapped = 4_291_747_200_000

func stamp(ms int64) string { return fmt.Sprintf("fromUnixTimestamp64Milli(%d, 'UTC')", ms) }

// before is a condition for raw rows of the parts before the offsets.
func before(upto map[uint64]int64) string {
	parts := slices.Sorted(maps.Keys(upto))
	list, ends := make([]string, len(parts)), make([]string, len(parts))
	for i, p := range parts {
		list[i], ends[i] = strconv.FormatUint(p, 10), strconv.FormatInt(upto[p], 10)
	}
	in := strings.Join(list, ", ")
	return fmt.Sprintf("part IN (%s) AND `offset` < transform(part, CAST([%s] AS Array(UInt64)), CAST([%s] AS Array(UInt64)), toUInt64(0))",
		in, in, strings.Join(ends, ", "))
}

func inParts(upto map[uint64]int64) string {
	var list []string
	for _, p := range slices.Sorted(maps.Keys(upto)) {
		list = append(list, strconv.FormatUint(p, 10))
	}
	return "part IN (" + strings.Join(list, ", ") + ")"
}
