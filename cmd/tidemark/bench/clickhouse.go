package bench

import (
	"context"
	"fmt"
	"io"

	"tidemark/processors"
	"tidemark/sinks/clickhouse"
)

// line is one row of the answer as ClickHouse writes it.
type line struct {
	Text string `ch:"text"`
}

// merged is how ClickHouse merges the stored rows of each query, in the order of the answer's columns. Distinct counts
// come from the merged states, so they carry uniq's error.
var merged = map[string][]string{
	"q1": {"sum(impressions)", "sum(clicks)", "ifNull(sum(clicks) / nullIf(sum(impressions), 0), 0)"},
	"q2": {"uniqMerge(users_state)", "uniqMerge(sessions_state)", "sum(purchases)", "sum(revenue)", "ifNull(sum(purchases) / nullIf(uniqMerge(sessions_state), 0), 0)"},
	"q3": {"sum(sessions)", "sum(bounces)", "sum(pages)", "sum(dwell_ms)", "ifNull(sum(bounces) / nullIf(sum(sessions), 0), 0)"},
	"q4": {"sum(impressions)", "sum(clicks)", "ifNull(sum(clicks) / nullIf(sum(impressions), 0), 0)"},
}

// openClickHouse brings the database up to what the query needs.
func openClickHouse(ctx context.Context, dsn string, def processors.Definition) (*clickhouse.Sink, error) {
	sink, err := clickhouse.Open(dsn, clickhouse.Options{})
	if err != nil {
		return nil, err
	}
	tables := append(processors.SystemTables(), def.Table())
	if _, err := sink.Apply(ctx, clickhouse.Schema{Tables: tables}); err != nil {
		sink.Close()
		return nil, err
	}
	return sink, nil
}

// writeFrom writes the answer from the rows that ClickHouse holds of the given parts, so that those of other topics do
// not count.
func writeFrom(ctx context.Context, out io.Writer, sink *clickhouse.Sink, query string, parts []uint64) error {
	dim := dims[query]
	cells := "toString(toUnixTimestamp64Milli(window_start)), " + dim
	for _, m := range merged[query] {
		cells += ", toString(" + m + ")"
	}
	sql := fmt.Sprintf("SELECT arrayStringConcat([%s], '\t') AS text FROM m_bench_%s FINAL WHERE has({parts:Array(UInt64)}, part) "+
		"GROUP BY window_start, %s ORDER BY window_start, %s", cells, query, dim, dim)
	lines, err := clickhouse.Select[line](ctx, sink, sql, clickhouse.Param{Name: "parts", Value: parts})
	if err != nil {
		return err
	}
	for _, l := range lines {
		if _, err := fmt.Fprintln(out, l.Text); err != nil {
			return err
		}
	}
	return nil
}
