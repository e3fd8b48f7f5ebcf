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
	reached := func(step int8) func(*visitSession) bool {
		return func(v *visitSession) bool { return v.State.funnel.Reached >= step }
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
		Help:  "Sessions that reached each step of view, cart, checkout, payment info, purchase, in this order, per minute of close time; with the time from step to step, and the weakest step.",
		Formula: "A session reaches step n by its first event of step n after it has reached step n - 1; each event is used once, ties go by order of arrival. " +
			"weakest_step is the step with the lowest rate from the step before, among steps that any session could reach.",
		Owner:  "growth",
		By:     []processors.Dim[visitSession]{visitChannel, visitCampaign, visitDevice},
		Window: window.Tumbling(time.Minute),
		Measures: []processors.Measure[visitSession]{
			processors.Count("viewed", reached(stepView)),
			processors.Count("carted", reached(stepCart)),
			processors.Count("checkouts", reached(stepCheckout)),
			processors.Count("payments", reached(stepPayment)),
			processors.Count("purchases", reached(stepPurchase)),
			spent("to_cart_ms", stepCart),
			spent("to_checkout_ms", stepCheckout),
			spent("to_payment_ms", stepPayment),
			spent("to_purchase_ms", stepPurchase),
		},
		Values: []processors.Value{
			rate("cart_rate", "View to cart", "加购率", "carted", "viewed"),
			rate("checkout_rate", "Cart to checkout", "结算率", "checkouts", "carted"),
			rate("payment_rate", "Checkout to payment info", "填写支付率", "payments", "checkouts"),
			rate("purchase_rate", "Payment info to purchase", "支付成功率", "purchases", "payments"),
			rate("session_cvr", "View to purchase", "会话转化率", "purchases", "viewed"),
			{
				Name: "weakest_step", Title: processors.Text{EN: "Weakest step", ZH: "最弱环节"}, Unit: "text",
				SQL: "arrayElement(['cart', 'checkout', 'payment', 'purchase'], " +
					"indexOf([ifNull(cart_rate, 2), ifNull(checkout_rate, 2), ifNull(payment_rate, 2), ifNull(purchase_rate, 2)], " +
					"least(ifNull(cart_rate, 2), ifNull(checkout_rate, 2), ifNull(payment_rate, 2), ifNull(purchase_rate, 2))))",
			},
		},
	})
}
