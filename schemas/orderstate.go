package schemas

import "strings"

// orderRanks are the types of events that give an order its state, in the order in which they may follow each other. A
// later rank stays, whatever comes in after it.
func orderRanks() [][]string {
	return [][]string{{OrderPlaced}, {OrderPaymentFailed}, {OrderPaid}, {OrderFulfilled}, {OrderCancelled}}
}

// ordersView has one row per order. A refund adds up: while less than the paid amount has been given back, the state stays
// what it was, and the amount stands in refunded.
func ordersView() View {
	is := func(t string) string { return "e.type = " + quoteSQL(t) }
	ranked := rank(orderRanks())
	columns := []string{
		"e.shop AS shop", "e.order_id AS order_id",
		"argMax(if(" + ranked + " = 0, 'unknown', replaceOne(e.type, 'order_', '')), (" + ranked + ", e.at, e.place)) AS reached",
		"argMax(e.at, (" + ranked + ", e.at, e.place)) AS reached_at",
		"countIf(" + is(OrderRefunded) + ") AS refunds",
		"maxIf(e.at, " + is(OrderRefunded) + ") AS refunded_at",
		latest("e.total", is(OrderPlaced)) + " AS ordered",
		"sumIf(e.total, " + is(OrderPaid) + ") AS paid",
		"sumIf(e.refund, " + is(OrderRefunded) + ") AS refunded",
		"min(e.at) AS first_at", "max(e.at) AS latest_at",
		"if(countIf(" + is(OrderPlaced) + ") > 0, minIf(e.at, " + is(OrderPlaced) + "), minIf(e.placed_at, " + known("e.placed_at") + ")) AS placed_at",
		"if(countIf(" + is(OrderPaid) + ") > 0, minIf(e.at, " + is(OrderPaid) + "), minIf(e.paid_at, " + known("e.paid_at") + ")) AS paid_at",
		first("e.promised_at", known("e.promised_at")) + " AS promised_at",
		first("e.buyer", "e.buyer != ''") + " AS buyer",
		first("e.channel", "e.channel != ''") + " AS channel",
		first("e.currency", "e.currency != ''") + " AS currency",
		"if(countIf(" + is(OrderPaid) + ") > 0, sumIf(e.units, " + is(OrderPaid) + "), " + latest("e.units", is(OrderPlaced)) + ") AS units",
	}
	inner := onceEach(Orders, []string{"shop", "order_id"}, "\n  WHERE NOT t.shadow",
		"type", "total", "refund", "buyer", "channel", "currency", "units", "placed_at", "paid_at", "promised_at")
	const whole = "refunds > 0 AND refunded >= if(paid > 0, paid, ordered)"
	return View{
		Name: "v_orders",
		Doc: "Every order as it is now: state placed, payment_failed, paid, fulfilled, cancelled, refunded or unknown, by rank and then time; " +
			"amounts in currency, each payment and refund once; times that are not known are 0. Events of other than the authoritative source are left out.",
		SQL: "SELECT shop, order_id, if(" + whole + ", 'refunded', reached) AS state, if(" + whole + ", refunded_at, reached_at) AS state_at,\n" +
			"  first_at, latest_at, placed_at, paid_at, refunded_at, promised_at, buyer, channel, currency, ordered, paid, refunded, refunds, units\n" +
			"FROM (\nSELECT " + strings.Join(columns, ",\n  ") + "\nFROM (\n  " + inner + "\n) AS e\nGROUP BY e.shop, e.order_id\n)",
	}
}
