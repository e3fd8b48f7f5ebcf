package dashboards_test

import (
	"fmt"
	"time"

	"tidemark/schemas"
)

// truth is what the shops did, counted beside the engine.
type truth struct {
	paidOrders, paid, visitors, views map[string]float64 // by shop; paid in its reporting currency, today
	viewed, purchases                 map[string]float64 // closed sessions
	shown                             map[string]float64 // promotions, by channel, of the first shop
	viewsByMinute                     map[int64]float64  // of the first shop
	yesterdayPaid                     float64            // of the first shop
}

// quietMinute is the minute, counted back from now, in which nobody bought.
const quietMinute = 20

type visitor struct {
	shop, id, channel, campaign, device string
	at                                  time.Time
}

// trade lets both shops sell for ninety minutes, and the first one a little a day and a week before.
func (w *world) trade() []record {
	w.truth = truth{
		paidOrders: map[string]float64{}, paid: map[string]float64{}, visitors: map[string]float64{}, views: map[string]float64{},
		viewed: map[string]float64{}, purchases: map[string]float64{}, shown: map[string]float64{}, viewsByMinute: map[int64]float64{},
	}
	var out []record
	last := w.now.Truncate(time.Minute)
	for ago := 90; ago >= 2; ago-- {
		for _, shop := range []string{"chaye", "kiefer"} {
			for i := range 6 {
				out = append(out, w.visit(shop, last.Add(-time.Duration(ago)*time.Minute).Add(time.Duration(i)*time.Second), ago, i)...)
			}
		}
	}
	// One of them looks at two more pages in the minute that is still open.
	again := visitor{"chaye", "chaye-2-0", "direct", "", "mobile", last.Add(-time.Minute)}
	out = append(out, again.click(schemas.ClickPageView, "home", 20), again.click(schemas.ClickPageView, "product", 21))
	for _, day := range []int{1, 7} {
		for i := range 5 {
			at := last.Add(-time.Duration(day)*24*time.Hour - time.Duration(5+i)*time.Minute)
			out = append(out, order("chaye", fmt.Sprintf("old-%d-%d", day, i), "direct", "CNY", 100_000_000, at)...)
		}
	}
	w.truth.yesterdayPaid = 500
	return out
}

// visit is one person: pages and a promotion, and for some a purchase.
func (w *world) visit(shop string, at time.Time, ago, i int) []record {
	sources := [][2]string{{"direct", ""}, {"paid_search", "brand-search"}, {"email", "spring-sale"}}
	source := sources[i%3]
	v := visitor{shop, fmt.Sprintf("%s-%d-%d", shop, ago, i), source[0], source[1], []string{"mobile", "desktop"}[i%2], at}
	t := &w.truth
	out := []record{v.click(schemas.ClickPageView, "home", 0), v.click(schemas.ClickViewPromotion, "home", 1)}
	t.visitors[shop]++
	t.views[shop] += 2
	if shop == "chaye" {
		t.viewsByMinute[at.Truncate(time.Minute).Unix()] += 2
		t.shown[v.channel]++
	}
	if i%2 == 0 {
		out = append(out, v.click(schemas.ClickSelectPromotion, "home", 2))
	}
	out = append(out, v.click(schemas.ClickPageView, "product", 3), v.click(schemas.ClickViewItem, "product", 4))
	closed := ago >= 32 // half an hour of silence, a window and its lateness
	if closed {
		t.viewed[shop]++
	}
	if i > 2 || ago == quietMinute {
		return out
	}
	for n, step := range []string{schemas.ClickAddToCart, schemas.ClickBeginCheckout, schemas.ClickAddPaymentInfo, schemas.ClickPurchase} {
		out = append(out, v.click(step, "checkout", 5+n))
	}
	if closed {
		t.purchases[shop]++
	}
	currency := map[string]string{"chaye": "CNY", "kiefer": "EUR"}[shop]
	if i == 2 {
		currency = "USD"
	} else {
		t.paid[shop] += 250
	}
	t.paidOrders[shop]++
	return append(out, order(shop, v.id, v.channel, currency, 250_000_000, at.Add(9*time.Second))...)
}

func (v visitor) click(typ, page string, after int) record {
	at := schemas.Millis(v.at.Add(time.Duration(after) * time.Second).UnixMilli())
	return encoded(clicks, v.id, &schemas.Click{
		Envelope:    envelope(fmt.Sprintf("%s-%s-%d", v.id, typ, after), typ, v.shop, at),
		AnonymousID: v.id, PageType: page, Channel: v.channel, Campaign: v.campaign, Device: v.device,
	}, at)
}

// order is placed and paid at once. The total is in micro-units.
func order(shop, id, channel, currency string, total schemas.Money, at time.Time) []record {
	var out []record
	for _, typ := range []string{schemas.OrderPlaced, schemas.OrderPaid} {
		ms := schemas.Millis(at.UnixMilli())
		out = append(out, encoded(orders, id, &schemas.Order{
			Envelope: envelope(id+typ, typ, shop, ms), OrderID: id, Buyer: id, Channel: channel, Currency: currency, Total: total, Units: 1,
		}, ms))
	}
	return out
}

func envelope(id, typ, shop string, at schemas.Millis) schemas.Envelope {
	market := map[string]string{"chaye": "cn", "kiefer": "de"}[shop]
	return schemas.Envelope{EventID: id, Type: typ, OccurredAt: at, ReceivedAt: at, Shop: shop, Market: market, Source: "test"}
}

// encoded puts an event into the partition of its key.
func encoded[E any](topic, key string, e *E, at schemas.Millis) record {
	enc, err := schemas.NewEncoder[E]()
	if err != nil {
		panic(err)
	}
	return record{at, topic, int32(len(key)+int(key[len(key)-1])) % partitions, enc.Append(nil, e)}
}
