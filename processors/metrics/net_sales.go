package metrics

import (
	"time"

	"tidemark/processors"
)

// netSales is what was paid less what was given back, by both dates.
func netSales() processors.Definition {
	return processors.DefineRollup(processors.Rollup{
		Name: "net_sales", Title: text("Net sales", "净支付金额"),
		Help: "Paid amount, refunds and net sales per day of the shop, channel and currency, with refunds by refund date and by order date.",
		Formula: "net by refund date = paid - refunds that succeeded in the day; net by order date = paid - refunds, whenever they succeeded, of the orders paid in the day. " +
			"An order's day is that of its first payment, else of its placing. The channel is the order's. Each event once, however late its copy comes.",
		Owner: "trade", Dims: []string{"channel", "currency"},
		Measures: []processors.MeasureSpec{
			{Name: "paid_orders", Kind: processors.KindCount, Title: text("Paid orders", "支付订单数")},
			{Name: "paid", Kind: processors.KindMoney, Unit: "currency", Title: text("Paid", "支付金额")},
			{Name: "refunds", Kind: processors.KindCount, Title: text("Refunds", "退款笔数")},
			{Name: "refunded", Kind: processors.KindMoney, Unit: "currency", Title: text("Refunded, by refund date", "成功退款金额（按退款日）")},
			{Name: "refunded_of_day", Kind: processors.KindMoney, Unit: "currency", Title: text("Refunded, by order date", "成功退款金额（按订单日）")},
		},
		Values: []processors.Value{
			{Name: "net_by_refund_date", Title: text("Net, by refund date", "净支付金额（按退款日）"), Unit: "currency", SQL: "paid - refunded"},
			{Name: "net_by_order_date", Title: text("Net, by order date", "净支付金额（按订单日）"), Unit: "currency", SQL: "paid - refunded_of_day"},
			{Name: "refund_share", Title: text("Refunded share of the day's orders", "当日订单退款金额占比"), Unit: "ratio", SQL: "toFloat64(refunded_of_day) / nullIf(toFloat64(paid), 0)"},
		},
		Panels: []processors.Panel{
			{Board: "customers", Section: "net", Kind: processors.Lines, Title: text("Net sales per day, by order date", "每日净支付金额（按订单日）"), Show: []string{"net_by_order_date"}, By: []string{"currency"}, Width: 12},
			{Board: "customers", Section: "net", Kind: processors.Lines, Title: text("Net sales per day, by refund date", "每日净支付金额（按退款日）"), Show: []string{"net_by_refund_date"}, By: []string{"currency"}, Width: 12},
			{Board: "customers", Section: "net", Kind: processors.Grid, Title: text("Paid, refunded, net", "支付、退款与净额"), By: []string{"channel", "currency"},
				Show: []string{"paid", "refunded", "refunded_of_day", "net_by_refund_date", "net_by_order_date", "refund_share"}},
		},
		RollupSpec: processors.RollupSpec{
			Period: processors.Day, Sources: []string{"orders"}, Refresh: time.Minute,
			Touch: processors.Touch{In: map[string]string{"orders": orderDays}}, SQL: netSalesSQL,
		},
	})
}

// orderDays are all moments that orders with new events know: a refund changes the day of its order.
const orderDays = `SELECT arrayJoin(arrayFilter(t -> t > toDateTime64(0, 3, 'UTC'), [least(occurred_at, append_time), placed_at, paid_at])) AS at
FROM events_orders WHERE shop = {shop:String} AND order_id IN (SELECT order_id FROM fresh)`

// netSalesSQL sees whole orders: all events of those of which any moment lies in the periods.
var netSalesSQL = `SELECT p.begins AS window_start, x.channel AS channel, x.currency AS currency,
  countIf(x.fact.1 = 'paid') AS paid_orders, sumIf(x.fact.3, x.fact.1 = 'paid') AS paid,
  countIf(x.fact.1 = 'refund') AS refunds, sumIf(x.fact.3, x.fact.1 = 'refund') AS refunded, sumIf(x.fact.3, x.fact.1 = 'refund_of_day') AS refunded_of_day
FROM (
  SELECT {shop:String} AS shop, channel, currency, arrayJoin(arrayConcat(
    arrayMap(e -> ('paid', e.1, e.2), paid), arrayMap(e -> ('refund', e.1, e.2), given), arrayMap(e -> ('refund_of_day', ordered_at, e.2), given))) AS fact, fact.2 AS at
  FROM (
    SELECT argMinIf(e.channel, (e.at, e.part, e.offset), e.channel != '') AS channel, argMinIf(e.currency, (e.at, e.part, e.offset), e.currency != '') AS currency,
      groupArrayIf((e.at, e.total), e.type = 'order_paid') AS paid, groupArrayIf((e.at, e.refund), e.type = 'order_refunded') AS given,
      toDateTime64(0, 3, 'UTC') AS unknown,
      multiIf(length(paid) > 0, arrayMin(arrayMap(e -> e.1, paid)), max(e.paid_at) > unknown, minIf(e.paid_at, e.paid_at > unknown),
        countIf(e.type = 'order_placed') > 0, minIf(e.at, e.type = 'order_placed'), max(e.placed_at) > unknown, minIf(e.placed_at, e.placed_at > unknown), min(e.at)) AS ordered_at
    FROM ` + orderEvents(`order_id IN (
      SELECT order_id FROM events_orders WHERE shop = {shop:String} AND (occurred_at >= fromUnixTimestamp64Milli({from:Int64}) AND least(occurred_at, append_time) < fromUnixTimestamp64Milli({to:Int64})
        OR placed_at >= fromUnixTimestamp64Milli({from:Int64}) AND placed_at < fromUnixTimestamp64Milli({to:Int64})
        OR paid_at >= fromUnixTimestamp64Milli({from:Int64}) AND paid_at < fromUnixTimestamp64Milli({to:Int64})))`) + ` AS e
    GROUP BY e.order_id
  )
) AS x
ASOF INNER JOIN periods AS p ON p.shop = x.shop AND x.at >= p.begins
WHERE x.at < p.ends
GROUP BY window_start, channel, currency`
