package wire

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tidemark/ingest/history"
	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// KnownEvents returns a function that finds those of an import's events that are stored already. It asks by the raw table's
// sorting key (shop, type, hour), so that the cost does not grow with the table, and only for hours in which the shop has
// events: it reads those hours at its first call, as only the import writes history from then on. It is for one goroutine.
func KnownEvents(sink *clickhouse.Sink, family, shop string) func(context.Context, []history.Event) (map[string]bool, error) {
	type row struct {
		ID string `ch:"event_id"`
	}
	table := schemas.Family[struct{}]{Name: family}.RawTable()
	var busy map[int64]bool
	return func(ctx context.Context, events []history.Event) (map[string]bool, error) {
		if busy == nil {
			var err error
			if busy, err = busyHours(ctx, sink, table, shop); err != nil {
				return nil, err
			}
		}
		types, hours, ids := map[string]bool{}, map[string]bool{}, make([]string, 0, len(events))
		for _, e := range events {
			hour := int64(e.At / 3_600_000 * 3600)
			if hour >= 0 && hour < 1<<32 && !busy[hour] { // toStartOfHour shows no others, so that they are always asked for
				continue
			}
			types[quote(e.Type)] = true
			hours[fmt.Sprintf("toDateTime(%d, 'UTC')", hour)] = true
			ids = append(ids, quote(e.ID))
		}
		if len(ids) == 0 {
			return nil, nil
		}
		// The lists stand in the text: as parameters they would make the request's address too long. Types are of the
		// vocabulary, ids are hexadecimal.
		sql := fmt.Sprintf("SELECT DISTINCT event_id FROM %s WHERE shop = {shop:String} AND type IN (%s) AND toStartOfHour(occurred_at) IN (%s) AND event_id IN (%s)",
			table, list(types), list(hours), strings.Join(ids, ","))
		found, err := clickhouse.Select[row](ctx, sink, sql, clickhouse.Param{Name: "shop", Value: shop})
		if err != nil {
			return nil, err
		}
		known := make(map[string]bool, len(found))
		for _, r := range found {
			known[r.ID] = true
		}
		return known, nil
	}
}

// busyHours are the hours, as Unix seconds, in which a shop has events.
func busyHours(ctx context.Context, sink *clickhouse.Sink, table, shop string) (map[int64]bool, error) {
	type row struct {
		Hour int64 `ch:"hour"`
	}
	busy := map[int64]bool{}
	return busy, clickhouse.Each(ctx, sink, "SELECT DISTINCT toInt64(toUnixTimestamp(toStartOfHour(occurred_at))) AS hour FROM "+table+" WHERE shop = {shop:String}",
		func(r row) error {
			busy[r.Hour] = true
			return nil
		}, clickhouse.Param{Name: "shop", Value: shop})
}

func list(set map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(set)), ",") }

func quote(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'" }

// Landed returns a function that tells how far land has stored a topic, by partition.
func Landed(sink *clickhouse.Sink) func(context.Context, history.Topic) (map[int32]int64, error) {
	type row struct {
		Part uint64 `ch:"part"`
		Next uint64 `ch:"next"`
	}
	return func(ctx context.Context, t history.Topic) (map[int32]int64, error) {
		// Offsets of another revision begin anew, so the newest version is the one that holds.
		found, err := clickhouse.Select[row](ctx, sink,
			"SELECT part, bitAnd(max(ver), 1099511627775) AS next FROM watermarks WHERE `group` = {group:String} AND part >= {from:UInt64} AND part < {to:UInt64} GROUP BY part",
			clickhouse.Param{Name: "group", Value: processors.ConsumerGroup("land")},
			clickhouse.Param{Name: "from", Value: processors.Part(t.ID, 0)}, clickhouse.Param{Name: "to", Value: processors.Part(t.ID, t.Partitions)})
		if err != nil {
			return nil, err
		}
		at := make(map[int32]int64, len(found))
		for _, r := range found {
			at[int32(r.Part)] = int64(r.Next)
		}
		return at, nil
	}
}

// Parts lists the parts of a history topic, for a recompute that touches nothing else.
func Parts(t history.Topic) []uint64 {
	parts := make([]uint64, t.Partitions)
	for p := range parts {
		parts[p] = processors.Part(t.ID, int32(p))
	}
	return parts
}
