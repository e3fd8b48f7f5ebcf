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
			processors.Count("orders", placed).Titled("Orders", "下单数"),
			processors.SumMoney("gmv", placed, total).Titled("GMV (ordered)", "下单金额(GMV)"),
			processors.Uniq("buyers", placed, buyer).Titled("Ordering buyers", "下单买家数"),
			processors.Count("paid_orders", paid).Titled("Paid orders", "支付订单数"),
			processors.SumMoney("paid", paid, total).Titled("Paid", "支付金额"),
			processors.Sum("paid_units", "", paid, func(o *schemas.Order) int64 { return o.Units }).Titled("Units paid", "支付件数"),
			processors.Uniq("paying_buyers", paid, buyer).Titled("Paying buyers", "支付买家数"),
			processors.SumMoney("refunded", refunded, func(o *schemas.Order) schemas.Money { return o.Refund }).Titled("Refunded", "成功退款金额"),
		},
		Values: []processors.Value{
			processors.Mean("aov", processors.Text{EN: "Average order value", ZH: "笔单价"}, "currency", "paid", "paid_orders"),
			processors.Mean("spend_per_buyer", processors.Text{EN: "Spend per buyer", ZH: "客单价"}, "currency", "paid", "paying_buyers"),
		},
		Headline: true,
		Unread:   []string{"items", "coupons"},
		Panels: []processors.Panel{
			{Board: "live", Section: "today", Kind: processors.BigStat, Title: processors.Text{EN: "Paid", ZH: "支付金额"}, Show: []string{"paid"}, By: []string{"currency"}, Today: true},
			{Board: "live", Section: "today", Kind: processors.BigStat, Title: processors.Text{EN: "GMV (ordered)", ZH: "下单金额(GMV)"}, Show: []string{"gmv"}, By: []string{"currency"}, Today: true},
			{Board: "live", Section: "today", Kind: processors.BigStat, Title: processors.Text{EN: "Paid orders", ZH: "支付订单数"}, Show: []string{"paid_orders"}, Today: true},
			{Board: "live", Section: "today", Kind: processors.BigStat, Title: processors.Text{EN: "Paying buyers", ZH: "支付买家数"}, Show: []string{"paying_buyers"}, Today: true},
			{Board: "live", Section: "today", Kind: processors.BigStat, Title: processors.Text{EN: "Spend per buyer", ZH: "客单价"}, Show: []string{"spend_per_buyer"}, By: []string{"currency"}, Today: true},
			{Board: "live", Section: "trade", Kind: processors.Lines, Title: processors.Text{EN: "Paid orders per minute", ZH: "每分钟支付订单数"}, Show: []string{"paid_orders"}, Band: "paid_orders_fall", Width: 12},
			{Board: "live", Section: "trade", Kind: processors.Lines, Title: processors.Text{EN: "Orders per minute", ZH: "每分钟下单数"}, Show: []string{"orders"}, Band: "orders_surge", Width: 12},
			{Board: "live", Section: "trade", Kind: processors.Bars, Title: processors.Text{EN: "Paid by channel", ZH: "各渠道支付金额"}, Show: []string{"paid"}, By: []string{"channel", "currency"}, Drill: "marketing", Width: 12},
		},
		Alerts: []processors.Alert{paidOrdersFall(), ordersSurge()},
	})
}

// paidOrdersFall is the alert that costs most when it is missed.
func paidOrdersFall() processors.Alert {
	yellow, orange := processors.Usual()
	return processors.Alert{
		Name: "paid_orders_fall", Title: processors.Text{EN: "Paid orders fall", ZH: "支付订单下跌"},
		Figure: "paid_orders", Direction: processors.Falls, MinSamples: 8, MinAbsolute: 1, MinRelative: 0.4,
		Yellow: yellow, Orange: orange, Cold: processors.Bounds{Yellow: 0.35, Orange: 0.1},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Fewer orders are paid than at this hour of other weeks, or none: the payment provider, the checkout or the order system fails. Every minute costs the shop its usual sales.",
				ZH: "支付订单低于往周同一时段甚至为零：支付通道、结算页或订单系统故障。每一分钟都在损失正常销售额。",
			},
			Look: processors.Text{
				EN: "Orders per minute beside it: if orders come and payments do not, it is the payment; if both stop, the checkout, the order feed, or the payment of a shop that reports orders only once they are paid. Page views: if they fall too, the shop itself.",
				ZH: "对比“每分钟下单数”：有下单无支付为支付问题；两者皆停为结算页或订单接入问题，或店铺仅在支付后上报订单；浏览量同时下跌则是站点问题。",
			},
			Act: processors.Text{
				EN: "Place a test order with each payment method. Switch to the second provider, roll back the last release of the checkout, or call the provider's hotline. Tell the customer service.",
				ZH: "用每种支付方式下测试单；切换备用通道、回滚结算页最近发布，或联系支付服务商。通知客服。",
			},
		},
	}
}

// ordersSurge watches for what sells too well: a wrong price, a coupon that leaks, brushing.
func ordersSurge() processors.Alert {
	yellow, orange := processors.Usual()
	return processors.Alert{
		Name: "orders_surge", Title: processors.Text{EN: "Orders surge", ZH: "下单量激增"},
		Figure: "orders", Direction: processors.Rises, MinSamples: 8, MinAbsolute: 10, MinRelative: 1,
		Yellow: yellow, Orange: orange, Cold: processors.Bounds{Yellow: 3, Orange: 6},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Far more orders than usual: a wrong price, a coupon that leaked or stacks, brushing (刷单) or coupon hunters (羊毛党) - or a promotion that nobody announced.",
				ZH: "下单量远超平时：标价错误、优惠券泄露或可叠加、刷单或羊毛党——或未事先告知的活动。",
			},
			Look: processors.Text{
				EN: "Spend per buyer and paid by channel: a collapse of the first points to a price or coupon, one channel alone to a leak.",
				ZH: "看客单价与各渠道支付金额：客单价骤降多为价格或优惠券问题，单一渠道激增多为泄露。",
			},
			Act: processors.Text{
				EN: "Stop the product or coupon first, then look. Hold unshipped orders. If it is a promotion, review the alert as expected.",
				ZH: "先下架商品或停用优惠券再排查；暂停未发货订单。若为正常活动，复盘为“符合预期”。",
			},
		},
	}
}
