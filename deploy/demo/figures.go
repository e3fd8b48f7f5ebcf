package demo

import (
	"context"
	"time"

	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// shopFigures are what a shop has sold today, for the live line.
type shopFigures struct {
	Shop string `json:"shop"` // its name
	// Today so far, in the shop's own time zone; provisional. Money of several currencies does not add up: Trade holds a
	// row of each, at least one of the shop's own.
	Orders uint64     `json:"orders"`
	Trade  []tradeRow `json:"trade"`
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
