package metrics

import (
	"time"

	"tidemark/processors"
	"tidemark/processors/window"
	"tidemark/schemas"
)

// trade is orders, GMV and paid amount.
func trade() processors.Definition {
	is := func(t string) func(*schemas.Order) bool { return func(o *schemas.Order) bool { return o.Type == t } }
	placed, paid, refunded := is(schemas.OrderPlaced), is(schemas.OrderPaid), is(schemas.OrderRefunded)
	total := func(o *schemas.Order) schemas.Money { return o.Total }
	buyer := func(o *schemas.Order) string { return o.Buyer }
	return processors.Define(schemas.Orders, processors.Metric[schemas.Order]{
		Name:  "trade",
		Title: processors.Text{EN: "Orders and money", ZH: "交易"},
		Help:  "Orders placed and paid, their amounts and buyers, and refunds, per minute, channel and currency. Orders of sources that are not the shop's authoritative one are not counted.",
		Formula: "gmv = ordered amount, unpaid included; paid = paid amount, freight in, refunds not deducted; refunded = refunds that succeeded, by refund date; " +
			"aov = paid / paid orders; spend_per_buyer = paid / paying buyers.",
		Owner: "trade",
		Where: func(o *schemas.Order) bool { return !o.Shadow },
		By: []processors.Dim[schemas.Order]{
			{Name: "channel", Of: func(o *schemas.Order) string { return o.Channel }},
			{Name: "currency", Of: func(o *schemas.Order) string { return o.Currency }},
		},
		Window: window.Tumbling(time.Minute), Lateness: time.Minute,
		Measures: []processors.Measure[schemas.Order]{
			processors.Count("orders", placed),
			processors.SumMoney("gmv", placed, total),
			processors.Uniq("buyers", placed, buyer),
			processors.Count("paid_orders", paid),
			processors.SumMoney("paid", paid, total),
			processors.Sum("paid_units", "", paid, func(o *schemas.Order) int64 { return o.Units }),
			processors.Uniq("paying_buyers", paid, buyer),
			processors.SumMoney("refunded", refunded, func(o *schemas.Order) schemas.Money { return o.Refund }),
		},
		Values: []processors.Value{
			processors.Mean("aov", processors.Text{EN: "Average order value", ZH: "笔单价"}, "currency", "paid", "paid_orders"),
			processors.Mean("spend_per_buyer", processors.Text{EN: "Spend per buyer", ZH: "客单价"}, "currency", "paid", "paying_buyers"),
		},
		Headline: true,
	})
}
