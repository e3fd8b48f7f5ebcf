package demo

import (
	"context"

	"tidemark/deploy/demo/truth"
	"tidemark/processors"
	"tidemark/sinks/clickhouse"
)

// corrections says which minutes of a metric hold late events, for figures that are read between before and after. Every
// answer follows from the order in which tables are written: a mark comes before the watermark that says its event was
// read; a recompute claims its revision before its first row, and notes what it rebuilt after its last.
type corrections struct {
	db     *clickhouse.Sink
	metric string
	seen   int64 // every record appended before it had been read, and its windows marked, before the figures were
	from   int64 // of the minutes
	before []claimRow
}

// claimRow is a recompute: From <= minute < To.
type claimRow struct {
	Revision uint64 `ch:"revision"`
	From     int64  `ch:"first"`
	To       int64  `ch:"end"`
	Done     bool   `ch:"done"`
}

// rebuiltRow is a minute that was recomputed, in some part, or that waits to be.
type rebuiltRow struct {
	T        int64  `ch:"t"`
	Revision uint64 `ch:"revision"` // the newest; 0: none
	Open     bool   `ch:"open"`     // a mark is open
	Cut      bool   `ch:"cut"`      // and the minute was cut, so that it is not complete
}

func newCorrections(ctx context.Context, db *clickhouse.Sink, metric string, seen, from int64) (c *corrections, err error) {
	c = &corrections{db: db, metric: metric, seen: seen, from: from}
	c.before, err = c.claims(ctx)
	return c, err
}

func (c *corrections) params() []clickhouse.Param {
	return []clickhouse.Param{{Name: "metric", Value: c.metric}, {Name: "from", Value: c.from}}
}

func (c *corrections) claims(ctx context.Context) ([]claimRow, error) {
	return clickhouse.Select[claimRow](ctx, c.db, `SELECT revision, toUnixTimestamp64Milli(r.from) AS first, toUnixTimestamp64Milli(r.to) AS end, state = 'done' AS done
FROM revisions AS r FINAL WHERE metric = {metric:String} AND state != 'lost' AND toUnixTimestamp64Milli(r.to) >= {from:Int64}`, c.params()...)
}

// after reads the rest, once the figures have been read.
func (c *corrections) after(ctx context.Context) (by map[int64]truth.Correction, cut map[int64]bool, err error) {
	claims, err := c.claims(ctx)
	if err != nil {
		return nil, nil, err
	}
	rows, err := clickhouse.Select[rebuiltRow](ctx, c.db, `SELECT toUnixTimestamp64Milli(w) AS t, max(n) AS revision, max(o) AS open, max(k) AS cut FROM (
  SELECT window_start AS w, revision AS n, false AS o, false AS k FROM rebuilt WHERE metric = {metric:String} AND window_start >= fromUnixTimestamp64Milli({from:Int64})
  UNION ALL
  SELECT d.window_start AS w, toUInt64(0) AS n, true AS o, d.reason = '`+processors.DirtyCut+`' AS k FROM v_dirty AS d WHERE d.metric = {metric:String} AND d.window_start >= fromUnixTimestamp64Milli({from:Int64})
) GROUP BY w`, c.params()...)
	if err != nil {
		return nil, nil, err
	}
	by, cut = corrected(c.before, claims, rows, c.seen)
	return by, cut, nil
}

// corrected draws the conclusions. A minute that a recompute may have been writing is partly corrected; so is one that
// was rebuilt and waits to be once more.
func corrected(before, after []claimRow, rows []rebuiltRow, seen int64) (by map[int64]truth.Correction, cut map[int64]bool) {
	by, cut = map[int64]truth.Correction{}, map[int64]bool{}
	revision := map[int64]uint64{}
	for _, r := range rows {
		revision[r.T] = r.Revision
		if r.Cut {
			cut[r.T] = true
		}
		if r.Revision > 0 {
			by[r.T] = truth.Correction{Until: seen, Partly: r.Open}
		}
	}
	ended := map[uint64]bool{} // before the figures were read
	for _, c := range before {
		ended[c.Revision] = c.Done
	}
	for _, c := range after {
		for t := c.From; t < c.To; t += 60_000 {
			// One that never ended, and whose minutes were rebuilt since, matters no more.
			if !ended[c.Revision] && (c.Done || c.Revision > revision[t]) {
				by[t] = truth.Correction{Until: seen, Partly: true}
			}
		}
	}
	return by, cut
}
