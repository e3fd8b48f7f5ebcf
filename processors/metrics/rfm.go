package metrics

import (
	"fmt"
	"time"

	"tidemark/processors"
)

// rfmDays is how far back purchases count: two years, so that whoever buys once a season or for the same festival is a
// customer still.
const rfmDays = 730

// rfm is who the shop's customers are, by how recently, how often and for how much they bought.
func rfm() processors.Definition {
	return processors.DefineRollup(processors.Rollup{
		Name: "rfm", Title: text("Customers by RFM", "RFM 客户分层"),
		Help: "Customers at the end of each day of the shop, by segment: recency, orders and paid amount of the last two years.",
		Formula: "Recency = days since the last payment, 0 on its own day; frequency = orders paid, monetary = paid amount in the shop's reporting currency, over 730 days. Each scored 1 to 5 by exact quintiles over all customers of that day, " +
			"ties to the better bin, recency reversed; with FM = (F + M) / 2 rounded up: champions R >= 4, FM >= 4; loyal R >= 3, FM >= 3; recent R >= 4; promising R = 3; at_risk FM >= 4; need_attention FM = 3; hibernating the rest.",
		Owner: "growth", Dims: []string{"segment", "currency"},
		Measures: []processors.MeasureSpec{
			{Name: "customers", Kind: processors.KindCount, Title: text("Customers", "客户数")},
			{Name: "repeat_customers", Kind: processors.KindCount, Title: text("Repeat customers", "复购客户数")},
			{Name: "orders", Kind: processors.KindSum, Title: text("Orders", "订单数")},
			{Name: "monetary", Kind: processors.KindMoney, Unit: "currency", Title: text("Paid", "支付金额")},
			{Name: "recency", Kind: processors.KindQuantile, Unit: "days", Title: text("Customers by days since the last order", "距上次购买天数分布")},
		},
		Values: []processors.Value{
			processors.Ratio("repeat_rate", text("Share with two or more orders", "两年内复购客户占比"), "repeat_customers", "customers"),
			{Name: "median_recency", Title: text("Median days since the last order", "距上次购买天数中位数"), Unit: "days", SQL: median("recency")},
			processors.Mean("spend_per_customer", text("Paid per customer", "人均支付金额"), "currency", "monetary", "customers"),
		},
		Panels: []processors.Panel{
			{Board: "customers", Section: "rfm", Kind: processors.BigStat, Show: []string{"customers"}, Width: 8},
			{Board: "customers", Section: "rfm", Kind: processors.BigStat, Show: []string{"repeat_rate"}, Width: 8},
			{Board: "customers", Section: "rfm", Kind: processors.BigStat, Show: []string{"median_recency"}, Width: 8},
			{Board: "customers", Section: "rfm", Kind: processors.Grid, Title: text("Segments", "客户分层"), By: []string{"segment", "currency"},
				Show: []string{"customers", "repeat_rate", "monetary", "spend_per_customer", "median_recency"}, Width: 14},
			{Board: "customers", Section: "rfm", Kind: processors.Lines, Title: text("Customers by segment", "各分层客户数"), Show: []string{"customers"}, By: []string{"segment"}, Width: 10},
		},
		RollupSpec: rfmRollup(`SELECT c.window_start AS window_start, ` + segment("c") + ` AS segment, {currency:String} AS currency, count() AS customers, countIf(c.orders > 1) AS repeat_customers,
  sum(c.orders) AS orders, sum(c.monetary) AS monetary, sumMap(map(toInt32(c.recency), toUInt64(1))) AS recency
FROM (` + rfmScores(`SELECT begins AS window_start, ends AS as_of FROM periods`) + `) AS c
GROUP BY window_start, segment`),
	})
}

// rfmMoves is how customers move between segments from one day's end to the next.
func rfmMoves() processors.Definition {
	return processors.DefineRollup(processors.Rollup{
		Name: "rfm_moves", Title: text("Moves between RFM segments", "RFM 分层迁移"),
		Help:    "Customers per day of the shop whose RFM segment at its end is another than at its begin.",
		Formula: "segments as in rfm; from_segment is empty for a new customer, to_segment for one whose last order is now older than two years.",
		Owner:   "growth", Dims: []string{"from_segment", "to_segment"},
		Measures: []processors.MeasureSpec{{Name: "moved", Kind: processors.KindCount, Title: text("Customers who moved", "迁移客户数")}},
		Panels: []processors.Panel{
			{Board: "customers", Section: "rfm", Kind: processors.Grid, Title: text("Moves between segments, newest day", "最近一日分层迁移"), By: []string{"from_segment", "to_segment"}, Show: []string{"moved"}},
		},
		RollupSpec: rfmRollup(`SELECT m.window_start AS window_start, m.from_segment AS from_segment, m.to_segment AS to_segment, count() AS moved
FROM (
  SELECT c.window_start AS window_start, anyIf(` + segment("c") + `, NOT c.after) AS from_segment, anyIf(` + segment("c") + `, c.after) AS to_segment
  FROM (` + rfmScores(`SELECT begins AS window_start, arrayJoin([begins, ends]) AS as_of, as_of = ends AS after FROM periods`) + `) AS c
  GROUP BY c.window_start, c.buyer
) AS m
WHERE from_segment != to_segment
GROUP BY window_start, from_segment, to_segment`),
	})
}

func rfmRollup(sql string) processors.RollupSpec {
	return processors.RollupSpec{
		Period: processors.Day, Sources: []string{"orders"}, Refresh: 2 * time.Minute, Stock: true, Thin: 35,
		Touch: processors.Touch{In: map[string]string{"orders": payments}, Span: (rfmDays + 2) * 24 * time.Hour}, SQL: sql,
	}
}

// rfmScores has a row per moment and customer, with scores r, f and m. cuts is a SELECT of moments as as_of with
// window_start; its other columns come along.
func rfmScores(cuts string) string {
	quintile := func(by string) string {
		return "intDiv(5 * count() OVER (PARTITION BY window_start, as_of ORDER BY " + by + ") + count() OVER (PARTITION BY window_start, as_of) - 1, count() OVER (PARTITION BY window_start, as_of))"
	}
	return `
  SELECT *, ` + quintile("recency DESC") + ` AS r, ` + quintile("orders") + ` AS f, ` + quintile("monetary") + ` AS m
  FROM (
    SELECT k.*, e.buyer AS buyer, dateDiff('day', max(e.at), k.as_of - INTERVAL 1 MILLISECOND, {zone:String}) AS recency, uniqExact(e.order_id) AS orders, sumIf(e.total, e.currency = {currency:String}) AS monetary
    FROM ` + orderEvents(fmt.Sprintf(`type = 'order_paid' AND buyer != '' AND occurred_at >= fromUnixTimestamp64Milli({from:Int64}) - INTERVAL %d DAY`, rfmDays+1)) + ` AS e
    CROSS JOIN (` + cuts + `) AS k
    WHERE e.at < k.as_of AND e.at >= k.as_of - INTERVAL ` + fmt.Sprint(rfmDays) + ` DAY
    GROUP BY ALL
  )
`
}

// segment names the segment of the scores of a row.
func segment(alias string) string {
	r, fm := alias+".r", fmt.Sprintf("intDiv(%[1]s.f + %[1]s.m + 1, 2)", alias)
	return fmt.Sprintf("multiIf(%[1]s >= 4 AND %[2]s >= 4, 'champions', %[1]s >= 3 AND %[2]s >= 3, 'loyal', %[1]s >= 4, 'recent', %[1]s = 3, 'promising', %[2]s >= 4, 'at_risk', %[2]s = 3, 'need_attention', 'hibernating')", r, fm)
}

// median is the exact median of a distribution that counts by value: of an even number the mean of the middle two.
func median(m string) string {
	at := func(k string) string {
		return fmt.Sprintf("arrayFirst((v, c) -> c > %[2]s, arraySort(mapKeys(%[1]s)), arrayCumSum(arrayMap(v -> %[1]s[v], arraySort(mapKeys(%[1]s)))))", m, k)
	}
	n := "arraySum(mapValues(" + m + "))"
	return fmt.Sprintf("if(%[1]s = 0, NULL, (%[2]s + %[3]s) / 2)", n, at("intDiv("+n+" - 1, 2)"), at("intDiv("+n+", 2)"))
}
