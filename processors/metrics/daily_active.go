package metrics

import (
	"time"

	"tidemark/processors"
)

// dailyActive is who came and who bought, by day; weeks and months merge from its states.
func dailyActive() processors.Definition {
	return processors.DefineRollup(processors.Rollup{
		Name: "daily_active", Title: text("Daily visitors and buyers", "每日访客与买家"),
		Help: "Distinct visitors and paying buyers per day of the shop. Days do not add up: merge visitors_state and buyers_state.",
		Formula: "visitors = distinct anonymous ids with any event of theirs (not their server's); buyers = distinct buyers with a payment. People are not yet merged on their login id: one on two devices counts as two visitors. " +
			"Counted by ClickHouse's uniq: exact to some ten thousands, within 1 % beyond.",
		Owner: "growth",
		Measures: []processors.MeasureSpec{
			{Name: "visitors", Kind: processors.KindUniq, Title: text("Visitors", "访客数")},
			{Name: "buyers", Kind: processors.KindUniq, Title: text("Paying buyers", "支付买家数")},
		},
		Values: []processors.Value{processors.Ratio("buyer_cvr", text("Payment conversion", "支付转化率"), "buyers", "visitors")},
		Panels: []processors.Panel{
			{Board: "customers", Section: "active", Kind: processors.Lines, Title: text("Visitors and buyers per day", "每日访客与买家"), Show: []string{"visitors", "buyers"}, Width: 8},
			{Board: "customers", Section: "active", Kind: processors.Lines, Title: text("Payment conversion per day", "每日支付转化率"), Show: []string{"buyer_cvr"}, Width: 8},
		},
		RollupSpec: processors.RollupSpec{Period: processors.Day, Sources: []string{"clickstream", "orders"}, Refresh: time.Minute, SQL: dailyActiveSQL},
	})
}

// dailyActiveSQL needs no deduplication: a copy is the same person.
const dailyActiveSQL = `SELECT p.begins AS window_start, uniqStateIf(sipHash64(x.id), x.visitor) AS visitors_state, uniqStateIf(sipHash64(x.id), NOT x.visitor) AS buyers_state
FROM (
  SELECT shop, least(occurred_at, append_time) AS at, true AS visitor, anonymous_id AS id
  FROM events_clickstream WHERE shop = {shop:String} AND NOT server AND anonymous_id != '' AND occurred_at >= fromUnixTimestamp64Milli({from:Int64})
  UNION ALL
  SELECT shop, least(occurred_at, append_time) AS at, false AS visitor, buyer AS id
  FROM events_orders WHERE shop = {shop:String} AND type = 'order_paid' AND NOT shadow AND buyer != '' AND occurred_at >= fromUnixTimestamp64Milli({from:Int64})
) AS x
ASOF INNER JOIN periods AS p ON p.shop = x.shop AND x.at >= p.begins
WHERE x.at < p.ends
GROUP BY window_start`
