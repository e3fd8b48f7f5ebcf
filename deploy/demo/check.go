package demo

import (
	"context"
	"fmt"
	"time"

	"tidemark/deploy/demo/truth"
	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// checked is a measure that the simulator knows the truth of: an expression over a metric's view.
type checked struct {
	measure truth.Measure
	metric  string
	expr    string // an Int64
}

func checkedMeasures() []checked {
	return []checked{
		{truth.Views, "page_views", "sum(views)"},
		{truth.Robots, "page_views", "sum(bot_views)"},
		{truth.Shown, "ctr", "sum(shown)"},
		{truth.Clicked, "ctr", "sum(clicked)"},
		{truth.Orders, "trade", "sum(orders)"},
		{truth.GMV, "trade", "sum(gmv) * 1000000"},
		{truth.Paid, "trade", "sum(paid) * 1000000"},
	}
}

// How far the truth check looks back: once after the start over what the journal kept, then over the last hour.
const (
	firstLook = 24 * time.Hour
	usualLook = time.Hour
)

// truthCheck compares complete minutes of the tables with the simulator's truth.
type truthCheck struct {
	db      *clickhouse.Sink
	truth   *truth.Truth
	shops   []string // that the simulator plays alone; others are whoever's
	metrics map[string]processors.Spec
	look    time.Duration
}

func newTruthCheck(db *clickhouse.Sink, t *truth.Truth, shops []string, all processors.Catalogue) (*truthCheck, error) {
	c := &truthCheck{db: db, truth: t, shops: shops, metrics: map[string]processors.Spec{}, look: firstLook}
	for i := range all {
		c.metrics[all[i].Name] = all[i].Spec
	}
	for _, m := range checkedMeasures() {
		if _, ok := c.metrics[m.metric]; !ok {
			return nil, fmt.Errorf("the truth check needs the metric %q, which the catalogue does not have", m.metric)
		}
	}
	return c, nil
}

// run makes one comparison.
func (c *truthCheck) run(ctx context.Context, now time.Time) (truth.Report, error) {
	var sum truth.Report
	from := now.Add(-c.look).Truncate(time.Minute)
	for _, m := range checkedMeasures() {
		r, err := c.compare(ctx, m, from)
		if err != nil {
			return sum, err
		}
		sum = sum.Plus(r)
	}
	if sum.Cells > 0 {
		c.look = usualLook
	}
	r, err := c.compareRaw(ctx, now)
	return sum.Plus(r), err
}

// Minutes of raw events that are compared, by age: the simulator's latest deliveries have come by then.
const (
	rawFrom = 15 * time.Minute
	rawTo   = 10 * time.Minute
)

// compareRaw holds the raw events against the truth: each once, late ones included.
func (c *truthCheck) compareRaw(ctx context.Context, now time.Time) (truth.Report, error) {
	span := truth.Span{From: now.Add(-rawFrom).Truncate(time.Minute), To: now.Add(-rawTo).Truncate(time.Minute), WithLate: true}
	rows, err := clickhouse.Select[minuteRow](ctx, c.db, `SELECT toUnixTimestamp64Milli(toDateTime64(toStartOfMinute(occurred_at), 3)) AS t, shop, toInt64(count()) AS n
FROM v_events_clickstream WHERE type = 'page_view' AND NOT bot AND toStartOfHour(occurred_at) >= toStartOfHour(fromUnixTimestamp64Milli({from:Int64}))
AND occurred_at >= fromUnixTimestamp64Milli({from:Int64}) AND occurred_at < fromUnixTimestamp64Milli({to:Int64}) AND has({shops:Array(String)}, shop)
GROUP BY t, shop`, c.params(span)...)
	if err != nil {
		return truth.Report{}, err
	}
	return c.truth.Compare(truth.Views, byKey(truth.Views, rows), span), nil
}

func (c *truthCheck) params(span truth.Span) []clickhouse.Param {
	return []clickhouse.Param{{Name: "from", Value: span.From.UnixMilli()}, {Name: "to", Value: span.To.UnixMilli()}, {Name: "shops", Value: c.shops}}
}

func byKey(m truth.Measure, rows []minuteRow) map[truth.Key]int64 {
	got := map[truth.Key]int64{}
	for _, r := range rows {
		got[truth.Key{Minute: r.T, Shop: r.Shop, Measure: m}] = r.N
	}
	return got
}

type minuteRow struct {
	T    int64  `ch:"t"`
	Shop string `ch:"shop"`
	N    int64  `ch:"n"`
}

// compare holds one measure's complete minutes against the truth. Minutes that were cut by a changed definition are
// left out until they have been recomputed. Late events must be in the figures of minutes that were corrected, and of no
// others.
func (c *truthCheck) compare(ctx context.Context, m checked, from time.Time) (truth.Report, error) {
	spec := c.metrics[m.metric]
	seen, err := readUntil(ctx, c.db, processors.ConsumerGroup(spec.Group), spec.Topic)
	if err != nil {
		return truth.Report{}, err
	}
	span := truth.Span{From: from, To: seen.Add(-spec.Lateness).Truncate(time.Minute)}
	late, err := newCorrections(ctx, c.db, spec.Name, seen.UnixMilli(), from.UnixMilli())
	if err != nil {
		return truth.Report{}, err
	}
	rows, err := clickhouse.Select[minuteRow](ctx, c.db, fmt.Sprintf(`SELECT toUnixTimestamp64Milli(window_start) AS t, shop, toInt64(%s) AS n FROM %s
WHERE complete AND window_start >= fromUnixTimestamp64Milli({from:Int64}) AND window_start < fromUnixTimestamp64Milli({to:Int64}) AND has({shops:Array(String)}, shop)
GROUP BY window_start, shop`, m.expr, spec.ViewName()), c.params(span)...)
	if err != nil {
		return truth.Report{}, err
	}
	if span.Corrected, span.Except, err = late.after(ctx); err != nil {
		return truth.Report{}, err
	}
	return c.truth.Compare(m.measure, byKey(m.measure, rows), span), nil
}

// certainty derives the bounds of the truth from the lateness of the metrics that are checked: what is acknowledged well
// within the shortest lateness is on time, what is first sent well after window and longest lateness is late.
func certainty(all processors.Catalogue) truth.Bounds {
	b := truth.Bounds{OnTime: time.Hour}
	for i := range all {
		s := &all[i].Spec
		if s.Topic != schemas.Clickstream.Topic() && s.Topic != schemas.Orders.Topic() || s.Sessions != nil {
			continue
		}
		b.OnTime = min(b.OnTime, s.Lateness-5*time.Second)
		b.Late = max(b.Late, time.Minute+s.Lateness+10*time.Second)
	}
	return b
}
