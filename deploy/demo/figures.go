package demo

import (
	"context"
	"time"

	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// shopFigures are the main numbers of one shop, for the live page.
type shopFigures struct {
	Shop string `json:"shop"` // its name
	// Today so far, in the shop's own time zone; provisional. Money of several currencies does not add up: Trade holds a
	// row of each, at least one of the shop's own.
	Orders uint64     `json:"orders"`
	Trade  []tradeRow `json:"trade"`
	// The newest complete minute, and the last hour of complete minutes.
	Views      uint64   `json:"views"`
	Visitors   uint64   `json:"visitors"`
	CTR        *float64 `json:"ctr"`
	Sessions   uint64   `json:"sessions"`
	BounceRate *float64 `json:"bounce_rate"`
}

// tradeRow is a shop's trade in one currency since its midnight; money is decimal text.
type tradeRow struct {
	Currency string `ch:"currency" json:"currency"`
	Orders   uint64 `ch:"orders" json:"-"`
	GMV      string `ch:"gmv" json:"gmv"`
	Paid     string `ch:"paid" json:"paid"`
}

const tradeSQL = `SELECT currency, toUInt64(sum(orders)) AS orders, toString(sum(gmv)) AS gmv, toString(sum(paid)) AS paid
FROM v_trade WHERE shop = {shop:String} AND window_start >= fromUnixTimestamp64Milli({from:Int64}) GROUP BY currency ORDER BY currency`

// tradeToday reads what a shop has sold since its own midnight, open windows included.
func tradeToday(ctx context.Context, db *clickhouse.Sink, shop *schemas.Shop, now time.Time) ([]tradeRow, error) {
	return clickhouse.Select[tradeRow](ctx, db, tradeSQL, clickhouse.Param{Name: "shop", Value: shop.ID},
		clickhouse.Param{Name: "from", Value: midnight(now, shop.Location).UnixMilli()})
}

// midnight is the start of the day in the zone.
func midnight(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// trafficRow is a shop's traffic; the rates are NULL where nothing was shown or closed.
type trafficRow struct {
	Shop       string   `ch:"shop"`
	Views      uint64   `ch:"views"`
	Visitors   uint64   `ch:"visitors"`
	CTR        *float64 `ch:"ctr"`
	Sessions   uint64   `ch:"sessions"`
	BounceRate *float64 `ch:"bounce_rate"`
}

const trafficSQL = `SELECT shop, views, visitors, ctr, toUInt64(closed) AS sessions, bounce_rate FROM
 (SELECT shop, toUInt64(sumIf(views, window_start = (SELECT max(window_start) FROM v_page_views WHERE complete))) AS views,
   uniqMerge(visitors_state) AS visitors
  FROM v_page_views WHERE complete AND window_start >= now() - INTERVAL 1 HOUR GROUP BY shop) AS v
 LEFT JOIN (SELECT shop, sum(clicked) / nullIf(sum(shown), 0) AS ctr
  FROM v_ctr WHERE complete AND window_start >= now() - INTERVAL 1 HOUR GROUP BY shop) AS c USING (shop)
 LEFT JOIN (SELECT shop, sum(sessions) AS closed, sum(bounced) / nullIf(sum(sessions), 0) AS bounce_rate
  FROM v_sessions WHERE complete AND window_start >= now() - INTERVAL 1 HOUR GROUP BY shop) AS s USING (shop)
ORDER BY shop`

// traffic reads the complete minutes of the last hour, by shop.
func traffic(ctx context.Context, db *clickhouse.Sink) ([]trafficRow, error) {
	return clickhouse.Select[trafficRow](ctx, db, trafficSQL)
}

const completeSQL = `SELECT toUnixTimestamp64Milli(min(m)) AS m FROM v_watermarks WHERE ` + "`group`" + ` = {group:String} AND topic = {topic:String}`

// readUntil is the event time up to which the group has read every partition of the topic.
func readUntil(ctx context.Context, db *clickhouse.Sink, group, topic string) (time.Time, error) {
	type row struct {
		M int64 `ch:"m"`
	}
	rows, err := clickhouse.Select[row](ctx, db, completeSQL, clickhouse.Param{Name: "group", Value: group}, clickhouse.Param{Name: "topic", Value: topic})
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return time.UnixMilli(rows[0].M), nil
}
