package metrics

import (
	"time"

	"tidemark/processors"
	"tidemark/processors/window"
	"tidemark/schemas"
)

// Steps of the checkout funnel, in order.
const (
	stepView = iota + 1
	stepCart
	stepCheckout
	stepPayment
	stepPurchase
)

func funnelStep(c *schemas.Click) int8 {
	switch c.Type {
	case schemas.ClickViewItem:
		return stepView
	case schemas.ClickAddToCart:
		return stepCart
	case schemas.ClickBeginCheckout:
		return stepCheckout
	case schemas.ClickAddPaymentInfo:
		return stepPayment
	case schemas.ClickPurchase:
		return stepPurchase
	}
	return 0
}

// checkoutFunnel is the ordered funnel from viewing a product to the purchase.
func checkoutFunnel(v *processors.Sessions[schemas.Click, visit]) processors.Definition {
	upTo := func(step int8) func(*visitSession) bool {
		return func(v *visitSession) bool { return v.State.funnel.Reached >= step }
	}
	reached := func(step int8) func(*visitSession) bool {
		return byPeople(upTo(step))
	}
	spent := func(name string, step int8) processors.Measure[visitSession] {
		return processors.Sum(name, "ms", reached(step), func(v *visitSession) int64 {
			return v.State.funnel.At[step-1] - v.State.funnel.At[step-2]
		})
	}
	rate := func(name, en, zh, num, den string) processors.Value {
		return processors.Ratio(name, processors.Text{EN: en, ZH: zh}, num, den)
	}
	return processors.DefineSessions(schemas.Clickstream, v, processors.Metric[visitSession]{
		Name:  "checkout_funnel",
		Title: processors.Text{EN: "Checkout funnel", ZH: "转化漏斗"},
		Help:  "Sessions that reached each step of view, cart, checkout, payment info, purchase, in this order, per minute of close time; with the time from step to step, and the weakest step. Sessions of robots are counted apart.",
		Formula: "A session reaches step n by its first event of step n after it has reached step n - 1; each event is used once, ties go by order of arrival. " +
			"weakest_step is the step with the lowest rate from the step before, among steps that any session could reach.",
		Owner:  "growth",
		By:     []processors.Dim[visitSession]{visitChannel, visitCampaign, visitDevice},
		Window: window.Tumbling(time.Minute),
		Measures: []processors.Measure[visitSession]{
			processors.Count("viewed", reached(stepView)).Titled("Viewed", "浏览商品"),
			processors.Count("carted", reached(stepCart)).Titled("Added to cart", "加入购物车"),
			processors.Count("checkouts", reached(stepCheckout)).Titled("Started checkout", "去结算"),
			processors.Count("payments", reached(stepPayment)).Titled("Entered payment", "填写支付"),
			processors.Count("purchases", reached(stepPurchase)).Titled("Purchased", "完成购买"),
			spent("to_cart_ms", stepCart),
			spent("to_checkout_ms", stepCheckout),
			spent("to_payment_ms", stepPayment),
			spent("to_purchase_ms", stepPurchase),
			processors.Count("bot_viewed", byRobots(upTo(stepView))).Titled("Viewed by robots", "机器人浏览商品"),
			processors.Count("bot_purchases", byRobots(upTo(stepPurchase))).Titled("Purchased by robots", "机器人完成购买"),
		},
		Values: []processors.Value{
			rate("cart_rate", "View to cart", "浏览到加购", "carted", "viewed"),
			rate("checkout_rate", "Cart to checkout", "加购到结算", "checkouts", "carted"),
			rate("payment_rate", "Checkout to payment info", "结算到填写支付", "payments", "checkouts"),
			rate("purchase_rate", "Payment info to purchase", "填写支付到购买", "purchases", "payments"),
			rate("session_cvr", "View to purchase", "会话转化率", "purchases", "viewed"),
			{
				Name: "weakest_step", Title: processors.Text{EN: "Weakest step", ZH: "最弱环节"}, Unit: "text",
				SQL: "arrayElement(['cart', 'checkout', 'payment', 'purchase'], " +
					"indexOf([ifNull(cart_rate, 2), ifNull(checkout_rate, 2), ifNull(payment_rate, 2), ifNull(purchase_rate, 2)], " +
					"least(ifNull(cart_rate, 2), ifNull(checkout_rate, 2), ifNull(payment_rate, 2), ifNull(purchase_rate, 2))))",
			},
		},
		Panels: []processors.Panel{
			{Board: "live", Section: "conversion", Kind: processors.Lines, Title: processors.Text{EN: "Session conversion", ZH: "会话转化率"}, Show: []string{"session_cvr"}, Band: "conversion_falls", Width: 12},
			{Board: "marketing", Section: "funnel", Kind: processors.Steps, Show: []string{"viewed", "carted", "checkouts", "payments", "purchases"}, Width: 12, Height: 9},
			{Board: "marketing", Section: "funnel", Kind: processors.Bars, Title: processors.Text{EN: "Session conversion by campaign", ZH: "各活动会话转化率"}, Show: []string{"session_cvr"}, By: []string{"campaign"}, Drill: "marketing", Width: 12, Height: 9},
			{Board: "marketing", Section: "funnel", Kind: processors.Grid, Title: processors.Text{EN: "Funnel by channel", ZH: "各渠道转化漏斗"}, Show: []string{"viewed", "cart_rate", "checkout_rate", "payment_rate", "purchase_rate", "session_cvr", "weakest_step"}, By: []string{"channel"}, Drill: "marketing", Width: 24},
		},
		Alerts: []processors.Alert{conversionFalls()},
	})
}

// conversionFalls watches that those who look still buy.
func conversionFalls() processors.Alert {
	yellow, orange := processors.Usual()
	return processors.Alert{
		Name: "conversion_falls", Title: processors.Text{EN: "Session conversion falls", ZH: "会话转化率下跌"},
		Figure: "session_cvr", Direction: processors.Falls, Spans: []int{5, 15}, MinSamples: 100, MinAbsolute: 0.005, MinRelative: 0.3,
		Yellow: yellow, Orange: orange, Cold: processors.Bounds{Yellow: 0.005, Orange: 0.001},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Fewer sessions that saw a product end in a purchase. Sessions close after 30 minutes of silence: paid_orders_fall says the same earlier when all payments fail.",
				ZH: "浏览商品后成交的会话减少。会话在静默 30 分钟后关闭；若支付全面失败，“支付订单下跌”会更早预警。",
			},
			Look: processors.Text{
				EN: "The funnel on the marketing board: the weakest step names the page. Compare devices and channels.",
				ZH: "看“投放”看板的转化漏斗：最弱环节即问题页面。对比设备与渠道。",
			},
			Act: processors.Text{
				EN: "Walk through that step yourself with a test order. Roll back the release, price or coupon that changed just before.",
				ZH: "用测试订单亲自走一遍该环节；回滚此前变更的发布、价格或优惠券。",
			},
		},
	}
}
