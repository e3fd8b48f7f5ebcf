package store

import (
	"context"
	"fmt"
	"time"

	"tidemark/alerts"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// History is what the evaluator reads; zone is the time zone of a shop's business day.
func (s *Store) History(zone func(shop string) *time.Location) alerts.History {
	return alerts.History{Complete: s.complete, Series: s.series, Windows: s.windows, Readings: s.readings, Zone: zone}
}

// complete reads how far all partitions of the metric's topic have come.
func (s *Store) complete(ctx context.Context, r *alerts.Rule) (schemas.Millis, error) {
	spec, err := s.spec(r)
	if err != nil {
		return 0, err
	}
	type row struct {
		M int64 `ch:"m"`
	}
	found, err := clickhouse.Select[row](ctx, s.sink,
		"SELECT toUnixTimestamp64Milli(min(m)) AS m FROM v_watermarks WHERE `group` = {group:String} AND topic = {topic:String} HAVING count() > 0",
		clickhouse.Param{Name: "group", Value: r.Group}, clickhouse.Param{Name: "topic", Value: r.Topic})
	if err != nil {
		return 0, fmt.Errorf("how far the windows of %s are complete: %w", r.Metric, err)
	}
	if len(found) == 0 {
		return 0, nil
	}
	return max(0, schemas.Millis(found[0].M-spec.FinalAfter().Milliseconds())), nil
}

// series reads the partial rows: whether a window has any does not depend on their versions.
func (s *Store) series(ctx context.Context, r *alerts.Rule, in alerts.Stretch) ([]alerts.Life, error) {
	spec, err := s.spec(r)
	if err != nil {
		return nil, err
	}
	type row struct {
		Key   string `ch:"series"`
		First int64  `ch:"first"`
		Last  int64  `ch:"last"`
	}
	sql := fmt.Sprintf("SELECT %s AS series, toUnixTimestamp64Milli(min(t.window_start)) AS first, toUnixTimestamp64Milli(max(t.window_start)) AS last FROM %s AS t WHERE %s GROUP BY series",
		seriesOf(r), spec.TableName(), begins([]alerts.Stretch{in}))
	found, err := clickhouse.Select[row](ctx, s.sink, sql)
	if err != nil {
		return nil, fmt.Errorf("series of rule %s: %w", r.Name, err)
	}
	lives := make([]alerts.Life, len(found))
	for i, f := range found {
		lives[i] = alerts.Life{Key: alerts.Key(f.Key), First: schemas.Millis(f.First), Last: schemas.Millis(f.Last)}
	}
	return lives, nil
}

// windows reads the metric's view. A window that its metric did not see from its begin is yielded as open for ever.
func (s *Store) windows(ctx context.Context, r *alerts.Rule, in []alerts.Stretch, yield func(alerts.Key, alerts.Point)) error {
	if len(in) == 0 {
		return nil
	}
	type row struct {
		Key   string  `ch:"series"`
		Start int64   `ch:"begins"`
		Num   float64 `ch:"num"`
		Den   float64 `ch:"den"`
		Done  uint8   `ch:"done"`
	}
	sql := fmt.Sprintf("SELECT %s AS series, toUnixTimestamp64Milli(t.window_start) AS begins, %s AS num, %s AS den, toUInt8(min(t.complete)) AS done FROM %s AS t WHERE %s GROUP BY series, begins ORDER BY series, begins",
		seriesOf(r), total(r.Num), total(r.Den), r.View, begins(in))
	err := clickhouse.Each(ctx, s.sink, sql, func(w row) error {
		yield(alerts.Key(w.Key), alerts.Point{Start: schemas.Millis(w.Start), Num: w.Num, Den: w.Den, Open: w.Done == 0})
		return nil
	})
	if err != nil {
		return fmt.Errorf("windows of rule %s: %w", r.Name, err)
	}
	return nil
}

// total adds a measure up; a count has no denominator.
func total(measure string) string {
	if measure == "" {
		return "toFloat64(0)"
	}
	return "toFloat64(sum(t.`" + measure + "`))"
}
