package store

import (
	"context"
	"fmt"

	"tidemark/alerts"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// SaveReadings stores what an evaluation found. It may be repeated; a later evaluation of the same window replaces it.
func (s *Store) SaveReadings(ctx context.Context, rs []alerts.Reading, now schemas.Millis) error {
	if len(rs) == 0 {
		return nil
	}
	b := columns{rows: len(rs)}
	col(&b, "window_start", rs, func(r *alerts.Reading) schemas.Millis { return r.Start })
	col(&b, "rule", rs, func(r *alerts.Reading) string { return r.Rule })
	col(&b, "series", rs, func(r *alerts.Reading) string { return string(r.Key) })
	col(&b, "shop", rs, func(r *alerts.Reading) string { return r.Key.Shop() })
	col(&b, "actual", rs, func(r *alerts.Reading) float64 { return r.Actual })
	col(&b, "samples", rs, func(r *alerts.Reading) float64 { return r.Samples })
	col(&b, "expected", rs, func(r *alerts.Reading) float64 { return r.Expected })
	col(&b, "yellow_low", rs, func(r *alerts.Reading) float64 { return r.YellowLow })
	col(&b, "yellow_high", rs, func(r *alerts.Reading) float64 { return r.YellowHigh })
	col(&b, "orange_low", rs, func(r *alerts.Reading) float64 { return r.OrangeLow })
	col(&b, "orange_high", rs, func(r *alerts.Reading) float64 { return r.OrangeHigh })
	col(&b, "sigma", rs, func(r *alerts.Reading) float64 { return r.Sigma })
	col(&b, "score", rs, func(r *alerts.Reading) float64 { return r.Score })
	col(&b, "span", rs, func(r *alerts.Reading) int64 { return int64(r.Span) })
	col(&b, "span_actual", rs, func(r *alerts.Reading) float64 { return r.SpanActual })
	col(&b, "span_expected", rs, func(r *alerts.Reading) float64 { return r.SpanExpects })
	col(&b, "tier", rs, func(r *alerts.Reading) string { return r.Tier.String() })
	col(&b, "basis", rs, func(r *alerts.Reading) string { return string(r.Basis) })
	col(&b, "open", rs, func(r *alerts.Reading) bool { return r.Open })
	col(&b, "ver", rs, func(*alerts.Reading) uint64 { return uint64(now) })
	return s.insert(ctx, b.block("alert_readings"))
}

// columns collects a block column by column.
type columns struct {
	rows  int
	names []string
	data  []any
}

func (c *columns) block(name string) schemas.Block {
	return schemas.Block{Table: table(name), Names: c.names, Data: c.data, Rows: c.rows}
}

// col adds the column that of makes of each row.
func col[R, V any](c *columns, name string, rows []R, of func(*R) V) {
	values := make([]V, len(rows))
	for i := range rows {
		values[i] = of(&rows[i])
	}
	c.names, c.data = append(c.names, name), append(c.data, values)
}

// readings reads the newest stored readings of each series.
func (s *Store) readings(ctx context.Context, r *alerts.Rule, q alerts.Newest, yield func(alerts.Reading)) error {
	type row struct {
		Series string  `ch:"series"`
		Start  int64   `ch:"begins"`
		Actual float64 `ch:"actual"`
		Tier   string  `ch:"tier"`
	}
	green := ""
	if q.Green {
		green = " AND tier = 'green'"
	}
	sql := fmt.Sprintf(`SELECT series, toUnixTimestamp64Milli(window_start) AS begins, actual, tier FROM (
  SELECT series, window_start, actual, tier FROM alert_readings FINAL
  WHERE rule = {rule:String} AND window_start >= %s AND NOT open%s
  ORDER BY series, window_start DESC LIMIT %d BY series
) ORDER BY series, window_start`, instant(q.Since), green, q.PerSeries)
	err := clickhouse.Each(ctx, s.sink, sql, func(w row) error {
		tier, err := tierOf(w.Tier)
		if err != nil {
			return err
		}
		yield(alerts.Reading{Rule: r.Name, Key: alerts.Key(w.Series), Start: schemas.Millis(w.Start), Actual: w.Actual, Tier: tier})
		return nil
	}, clickhouse.Param{Name: "rule", Value: r.Name})
	if err != nil {
		return fmt.Errorf("readings of rule %s: %w", r.Name, err)
	}
	return nil
}

// tierOf reads a tier as Tier.String writes it.
func tierOf(s string) (alerts.Tier, error) {
	for _, t := range []alerts.Tier{alerts.Green, alerts.Yellow, alerts.Orange} {
		if t.String() == s {
			return t, nil
		}
	}
	return 0, fmt.Errorf("tier %q is neither green, yellow nor orange", s)
}
