package wire

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"tidemark/ingest/history"
	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// KnownEvents returns a function that finds those of an import's events that are stored already, whatever time they are stored
// with. It asks only for events whose id's hash is known: it reads the hashes of the shop's ids at its first call (8 bytes
// each), as only the import writes history from then on. It asks by the raw table's sorting key (shop, type, hour) first, so
// that the cost does not grow with the table; only an event that is stored with another time, as after the mapping was
// changed, is looked for everywhere. It is for one goroutine.
func KnownEvents(sink *clickhouse.Sink, family, shop string) func(context.Context, []history.Event) (map[string]bool, error) {
	type row struct {
		ID string `ch:"event_id"`
	}
	table := schemas.Family[struct{}]{Name: family}.RawTable()
	var hashes []uint64
	return func(ctx context.Context, events []history.Event) (map[string]bool, error) {
		if hashes == nil {
			var err error
			if hashes, err = storedHashes(ctx, sink, table, shop); err != nil {
				return nil, err
			}
		}
		known := map[string]bool{}
		for _, everywhere := range []bool{false, true} {
			types, hours, ids := map[string]bool{}, map[string]bool{}, []string{}
			for _, e := range events {
				if _, maybe := slices.BinarySearch(hashes, xxhash.Sum64String(e.ID)); !maybe || known[e.ID] {
					continue
				}
				types[quote(e.Type)] = true
				hours[fmt.Sprintf("toDateTime(%d, 'UTC')", uint32(e.At/3_600_000*3600))] = true
				ids = append(ids, quote(e.ID))
			}
			if len(ids) == 0 {
				break
			}
			// The lists stand in the text: as parameters they would make the request's address too long. Types are of the
			// vocabulary, ids are hexadecimal.
			sql := fmt.Sprintf("SELECT DISTINCT event_id FROM %s WHERE shop = {shop:String} AND type IN (%s) AND event_id IN (%s)", table, list(types), strings.Join(ids, ","))
			if !everywhere {
				sql += " AND toStartOfHour(occurred_at) IN (" + list(hours) + ")"
			}
			found, err := clickhouse.Select[row](ctx, sink, sql, clickhouse.Param{Name: "shop", Value: shop})
			if err != nil {
				return nil, err
			}
			for _, r := range found {
				known[r.ID] = true
			}
		}
		return known, nil
	}
}

// storedHashes are the hashes of the ids of a shop's events, sorted. Ids of imports have 32 digits, which leaves most live
// events out.
func storedHashes(ctx context.Context, sink *clickhouse.Sink, table, shop string) ([]uint64, error) {
	type row struct {
		Hash uint64 `ch:"hash"`
	}
	hashes := []uint64{}
	err := clickhouse.Each(ctx, sink, "SELECT xxHash64(event_id) AS hash FROM "+table+" WHERE shop = {shop:String} AND length(event_id) = 32", func(r row) error {
		hashes = append(hashes, r.Hash)
		return nil
	}, clickhouse.Param{Name: "shop", Value: shop})
	slices.Sort(hashes)
	return hashes, err
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
			"SELECT part, bitAnd(max(ver), "+strconv.Itoa(processors.OffsetMask)+") AS next FROM watermarks WHERE `group` = {group:String} AND part >= {from:UInt64} AND part < {to:UInt64} GROUP BY part",
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
