package recompute

import (
	"context"
	"fmt"
	"time"

	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// span is what a raw table holds of a part: offsets from first on and before next.
type span struct{ first, next int64 }

// spans are what the raw table holds of the parts of the job: of all when it is offline, else of those of
// history, whose raw events may be gone. It reads the part of every raw row, so it is not asked for other parts.
func (r *Recompute) spans(ctx context.Context, raw raw, marks []mark, job Job) (map[uint64]span, error) {
	where, out := "", map[uint64]span{}
	if !job.Offline {
		past := map[uint64]int64{}
		for _, k := range marks {
			if k.Topic == raw.past && job.takes(k.Part) {
				past[k.Part] = 0
			}
		}
		if len(past) == 0 {
			return out, nil
		}
		where = " WHERE " + inParts(past)
	}
	type row struct {
		Part  uint64 `ch:"part"`
		First int64  `ch:"first"`
		Next  int64  `ch:"next"`
	}
	rows, err := clickhouse.Select[row](ctx, r.Sink, "SELECT part, toInt64(min(`offset`)) AS first, toInt64(max(`offset`) + 1) AS next FROM "+raw.table+where+" GROUP BY part")
	for _, row := range rows {
		out[row.Part] = span{row.First, row.Next}
	}
	return out, err
}

// retention is for how long raw events of a family are kept: whoever runs the database may have changed the table's TTL.
func (r *Recompute) retention(ctx context.Context, family string, raw raw) (time.Duration, error) {
	type row struct {
		TTL  bool   `ch:"ttl"`
		Unit string `ch:"unit"`
		N    int64  `ch:"n"`
	}
	rows, err := clickhouse.Select[row](ctx, r.Sink, `SELECT position(create_table_query, ' TTL ') > 0 AS ttl, extract(create_table_query, ' TTL toDateTime\\(received_at\\) \\+ toInterval([A-Z][a-z]+)\\(\\d+\\)') AS unit,
  toInt64OrZero(extract(create_table_query, ' TTL toDateTime\\(received_at\\) \\+ toInterval[A-Z][a-z]+\\((\\d+)\\)')) AS n
FROM system.tables WHERE database = currentDatabase() AND name = {table:String}`, clickhouse.Param{Name: "table", Value: raw.table})
	if err != nil || len(rows) == 0 {
		return schemas.Retention(family), err
	}
	const day = 24 * time.Hour
	days, known := map[string]time.Duration{"Day": 1, "Week": 7, "Month": 28, "Year": 365}[rows[0].Unit]
	switch n := time.Duration(rows[0].N); {
	case rows[0].TTL && !known:
		return schemas.Retention(family), nil
	case !rows[0].TTL, n*days > 100*365: // beyond what a Duration holds is for ever
		return 100 * 365 * day, nil
	default:
		return n * days * day, nil
	}
}

// faded are the parts whose raw events retention may have begun to delete: the oldest are gone, and the part was counted
// longer ago than they are kept. All imports of a family share parts, so an old one must not be taken for erased when a new
// one is counted: no row of such a part is buried.
func (r *Recompute) faded(ctx context.Context, gone int64, spans map[uint64]span) ([]uint64, error) {
	begun := map[uint64]int64{}
	for part, s := range spans {
		if s.first > 0 {
			begun[part] = 0
		}
	}
	if len(begun) == 0 {
		return nil, nil
	}
	type row struct {
		Part uint64 `ch:"part"`
	}
	rows, err := clickhouse.Select[row](ctx, r.Sink, fmt.Sprintf("SELECT part FROM rebuilt AS r WHERE %s GROUP BY part HAVING min(r.at) < %s ORDER BY part", inParts(begun), stamp(gone)))
	parts := make([]uint64, len(rows))
	for i, row := range rows {
		parts[i] = row.Part
	}
	return parts, err
}
