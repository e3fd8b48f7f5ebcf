package metrics_test

import (
	"testing"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

const minute = schemas.Millis(60_000)

func TestCatalogueIsSound(t *testing.T) {
	if err := metrics.All().Check(); err != nil {
		t.Fatal(err)
	}
}

// Visitors are summed over partitions while the window is open, and merged as sets once it is complete: the same
// visitor on two partitions then counts once.
func TestPageViews(t *testing.T) {
	s := newShop(t, "page_views", processors.GroupFast, schemas.Clickstream.Topic())
	id := 0
	view := func(partition int, visitor string, after schemas.Millis) {
		id++
		put(s, partition, after, &schemas.Click{
			Envelope: envelope(id, schemas.ClickPageView, after), AnonymousID: visitor, Channel: "email", Device: "mobile", PageType: "home",
		})
	}
	view(0, "ann", 1000)
	view(0, "bob", 2000)
	view(0, "ann", 3000)
	view(1, "ann", 4000)
	s.beat(30_000)
	const sql = "SELECT concat(toString(window_start), ' ', channel, ' ', toString(views), ' ', toString(visitors), ' ', toString(complete)) AS line FROM v_page_views ORDER BY window_start"
	s.want(sql, "2025-06-15 10:00:00.000 email 4 3 0")
	s.beat(2 * minute)
	s.want(sql, "2025-06-15 10:00:00.000 email 4 2 1")
	view(1, "cid", 2*minute)
	view(1, "ann", 2*minute)
	s.beat(5 * minute)
	s.want("SELECT concat(toString(sum(views)), ' ', toString(uniqMerge(visitors_state))) AS line FROM v_page_views WHERE complete", "6 3")
}

// Somebody with a login is one person on all devices from then on, and robots are counted apart.
func TestPageViewsOfPeopleAndRobots(t *testing.T) {
	s := newShop(t, "people", processors.GroupFast, schemas.Clickstream.Topic())
	for i, c := range []schemas.Click{
		{AnonymousID: "phone"}, {AnonymousID: "phone", UserID: "ann"}, {AnonymousID: "laptop", UserID: "ann"},
		{AnonymousID: "ann"}, // a sender that gives nothing but the login
		{AnonymousID: "crawler", Bot: true}, {AnonymousID: "crawler", Bot: true}, {AnonymousID: "other crawler", Bot: true},
	} {
		c.Envelope = envelope(i, schemas.ClickPageView, 1000)
		put(s, i%2, 1000, &c)
	}
	s.beat(3 * minute)
	s.want("SELECT concat(toString(views), ' ', toString(visitors), ' ', toString(bot_views), ' ', toString(bot_visitors)) AS line FROM v_page_views", "4 2 3 2")
}

func TestCTR(t *testing.T) {
	s := newShop(t, "ctr", processors.GroupFast, schemas.Clickstream.Topic())
	for i := range 8 {
		put(s, i%2, 1000, &schemas.Click{Envelope: envelope(i, schemas.ClickViewPromotion, 1000), AnonymousID: "ann", Campaign: "spring", Channel: "paid_search"})
	}
	put(s, 0, 1500, &schemas.Click{Envelope: envelope(100, schemas.ClickSelectPromotion, 1500), AnonymousID: "ann", Campaign: "spring", Channel: "paid_search"})
	put(s, 1, 1600, &schemas.Click{Envelope: envelope(101, schemas.ClickSelectPromotion, 1600), AnonymousID: "bob", Campaign: "spring", Channel: "paid_search", Impression: "i1"})
	put(s, 1, 1700, &schemas.Click{Envelope: envelope(101, schemas.ClickSelectPromotion, 1600), AnonymousID: "bob", Campaign: "spring", Channel: "paid_search", Impression: "i1"})
	for i, typ := range []string{schemas.ClickViewPromotion, schemas.ClickViewPromotion, schemas.ClickSelectPromotion} {
		put(s, 0, 1800, &schemas.Click{Envelope: envelope(200+i, typ, 1700), AnonymousID: "crawler", Campaign: "spring", Channel: "paid_search", Bot: true})
	}
	s.beat(3 * minute)
	s.want("SELECT concat(channel, ' ', campaign, ' ', toString(shown), ' ', toString(clicked), ' ', toString(unmatched), ' ', toString(ctr), ' ', toString(bot_shown), ' ', toString(bot_clicked)) AS line FROM v_ctr",
		"paid_search spring 8 2 1 0.25 2 1")
}

// One session goes through the funnel, one bounces, one has its purchase from the shop's server, which joins it.
func TestSessionsAndFunnel(t *testing.T) {
	s := newShop(t, "sessions", processors.GroupSlow, schemas.Clickstream.Topic())
	id := 0
	hit := func(visitor, typ string, after schemas.Millis, server bool) {
		id++
		channel := "email"
		if after > 0 {
			channel = "direct" // only the landing counts
		}
		put(s, len(visitor)%2, after, &schemas.Click{
			Envelope: envelope(id, typ, after), AnonymousID: visitor, Channel: channel, Campaign: "spring", Device: "mobile", PageType: "home", Server: server, Bot: server, // by its agent, which is the server's
		})
	}
	hit("ann", schemas.ClickPageView, 0, false)
	hit("ann", schemas.ClickViewItem, 1000, false)
	hit("ann", schemas.ClickAddToCart, 3000, false)
	hit("ann", schemas.ClickAddPaymentInfo, 4000, false) // before the checkout: not in order
	hit("ann", schemas.ClickBeginCheckout, 6000, false)
	hit("ann", schemas.ClickAddPaymentInfo, 10_000, false)
	hit("ann", schemas.ClickPageView, 11_000, false)
	hit("ann", schemas.ClickPurchase, 12_000, true)
	hit("bobby", schemas.ClickPageView, 0, false)
	hit("cynt", schemas.ClickPurchase, 500, true) // no open session: opens none
	for i, typ := range []string{schemas.ClickPageView, schemas.ClickViewItem, schemas.ClickAddToCart} {
		put(s, 0, 0, &schemas.Click{ // a robot, which only its last event shows
			Envelope: envelope(100+i, typ, 0), AnonymousID: "crawler", Channel: "email", Campaign: "spring", Device: "mobile", PageType: "home", Bot: i == 2,
		})
	}
	s.beat(33 * minute)
	s.want("SELECT concat(toString(min(window_start)), ' ', toString(max(window_start)), ' ', toString(sum(sessions)), ' ', toString(sum(bounced)), ' ', toString(sum(single_page)), ' ', toString(sum(pages)), ' ', toString(sum(dwell_ms)), ' ', toString(sum(bot_sessions)), ' ', toString(min(complete))) AS line FROM v_sessions WHERE channel = 'email' AND landing_page_type = 'home'",
		"2025-06-15 10:29:00.000 2025-06-15 10:30:00.000 2 1 1 3 11000 1 1")
	s.want("SELECT concat(toString(sum(viewed)), ' ', toString(sum(carted)), ' ', toString(sum(checkouts)), ' ', toString(sum(payments)), ' ', toString(sum(purchases)), ' ', toString(sum(to_cart_ms)), ' ', toString(sum(to_checkout_ms)), ' ', toString(sum(to_payment_ms)), ' ', toString(sum(to_purchase_ms)), ' ', toString(sum(bot_viewed)), ' ', toString(sum(bot_purchases))) AS line FROM v_checkout_funnel WHERE campaign = 'spring'",
		"1 1 1 1 1 2000 3000 4000 2000 1 0")
}

func TestFunnelNamesItsWeakestStep(t *testing.T) {
	s := newShop(t, "weakest", processors.GroupSlow, schemas.Clickstream.Topic())
	id := 0
	for i, steps := range []int{1, 2, 2, 2, 3} {
		for _, typ := range []string{schemas.ClickViewItem, schemas.ClickAddToCart, schemas.ClickBeginCheckout}[:steps] {
			id++
			put(s, 0, schemas.Millis(id), &schemas.Click{Envelope: envelope(id, typ, schemas.Millis(id)), AnonymousID: string(rune('a' + i))})
		}
	}
	s.beat(33 * minute)
	s.want("SELECT concat(toString(cart_rate), ' ', toString(checkout_rate), ' ', weakest_step) AS line FROM v_checkout_funnel", "0.8 0.25 payment")
}

func TestTrade(t *testing.T) {
	s := newShop(t, "trade", processors.GroupFast, schemas.Orders.Topic())
	id := 0
	order := func(typ, buyer string, amount schemas.Money, shadow bool) {
		id++
		o := &schemas.Order{Envelope: envelope(id, typ, 1000), OrderID: buyer, Buyer: buyer, Channel: "email", Currency: "CNY", Units: 2, Shadow: shadow}
		o.Total = amount
		if typ == schemas.OrderRefunded {
			o.Total, o.Refund = 0, amount
		}
		put(s, id%2, 1000, o)
	}
	order(schemas.OrderPlaced, "ann", 100_500_001, false)
	order(schemas.OrderPaid, "ann", 100_500_001, false)
	order(schemas.OrderPlaced, "bob", 50_000_000, false)
	order(schemas.OrderPaid, "bob", 50_000_000, false)
	order(schemas.OrderPlaced, "ann", 1, false)
	order(schemas.OrderPlaced, "eve", 999_000_000, true) // another source's order
	order(schemas.OrderRefunded, "bob", 20_000_000, false)
	s.beat(3 * minute)
	s.want("SELECT concat(currency, ' ', toString(orders), ' ', toString(gmv), ' ', toString(buyers), ' ', toString(paid_orders), ' ', toString(paid), ' ', toString(paid_units), ' ', toString(paying_buyers), ' ', toString(refunded), ' ', toString(aov), ' ', toString(complete)) AS line FROM v_trade",
		"CNY 3 150.500002 2 2 150.500001 4 2 20 75.25 1")
}
