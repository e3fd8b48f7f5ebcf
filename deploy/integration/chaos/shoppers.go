package chaos

import (
	"fmt"
	"math/rand/v2"

	"tidemark/schemas"
)

// shop is the one shop of the load; shops.yaml of the test must know it.
const shop = "chaos"

// shoppers makes up visits: a fixed number goes on at any moment, each a walk from the landing page towards an order,
// and whoever is done makes room for a new visitor or for one that was here before.
type shoppers struct {
	rng    *rand.Rand
	visits []visit
	past   []string // visitors that may return
	events int      // numbers event ids
	people int
	orders int

	received schemas.Millis // of the events being made
	prefix   string         // of every id
}

// visit is where one visitor stands.
type visit struct {
	visitor, channel, campaign string
	step                       int // index into steps; the last is the order
}

const (
	activeVisits = 200
	returning    = 0.3  // share of visits made by an earlier visitor
	onward       = 0.6  // chance of a step towards the order; else the visitor looks at something again
	leaving      = 0.12 // chance that the visit ends after an event
	remembered   = 2000
)

var steps = []string{
	schemas.ClickPageView, schemas.ClickViewPromotion, schemas.ClickSelectPromotion, schemas.ClickViewItem,
	schemas.ClickAddToCart, schemas.ClickBeginCheckout, schemas.ClickAddPaymentInfo, schemas.ClickPurchase,
}

func newShoppers(rng *rand.Rand) *shoppers {
	s := &shoppers{rng: rng, visits: make([]visit, activeVisits)}
	for i := range s.visits {
		s.visits[i] = s.arrive()
	}
	return s
}

// happening is events that belong together, for example a purchase and its order.
type happening struct {
	clicks []schemas.Click
	orders []schemas.Order
}

// next lets one visitor do one thing at the given time, of which the collector hears at received.
func (s *shoppers) next(at, received schemas.Millis) happening {
	s.received = received
	i := s.rng.IntN(len(s.visits))
	v := &s.visits[i]
	name := steps[v.step]
	var done happening
	if name == schemas.ClickPurchase {
		done = s.buy(v, at)
	} else {
		done.clicks = []schemas.Click{s.click(v, name, at)}
	}
	switch {
	case name == schemas.ClickPurchase || s.rng.Float64() < leaving:
		s.leave(i)
	case s.rng.Float64() < onward:
		v.step++
	}
	return done
}

func (s *shoppers) arrive() visit {
	channels := [][2]string{{"direct", ""}, {"email", "spring"}, {"paid_search", "brand"}, {"social", "summer"}}
	from := channels[s.rng.IntN(len(channels))]
	visitor := ""
	if len(s.past) > 0 && s.rng.Float64() < returning {
		visitor = s.past[s.rng.IntN(len(s.past))]
	} else {
		s.people++
		visitor = fmt.Sprintf("%sv%06d", s.prefix, s.people)
	}
	return visit{visitor: visitor, channel: from[0], campaign: from[1]}
}

func (s *shoppers) leave(i int) {
	if len(s.past) < remembered {
		s.past = append(s.past, s.visits[i].visitor)
	} else {
		s.past[s.rng.IntN(remembered)] = s.visits[i].visitor
	}
	s.visits[i] = s.arrive()
}

func (s *shoppers) envelope(name string, at schemas.Millis) schemas.Envelope {
	s.events++
	return schemas.Envelope{
		EventID: fmt.Sprintf("%se%08d", s.prefix, s.events), Type: name, OccurredAt: at, ReceivedAt: s.received,
		Shop: shop, Market: "de", Source: "ndjson",
	}
}

func (s *shoppers) click(v *visit, name string, at schemas.Millis) schemas.Click {
	product := s.rng.IntN(50)
	return schemas.Click{
		Envelope: s.envelope(name, at), AnonymousID: v.visitor, Channel: v.channel, Campaign: v.campaign,
		Page: fmt.Sprintf("/p/%d", product), PageType: "product", Device: "mobile", Locale: "de-DE",
		ProductID: fmt.Sprintf("p%d", product), Category: "kitchen",
		Price: s.price(), Quantity: 1, Currency: "EUR",
	}
}

// buy yields the browser's purchase, often the server's copy of it under the same id, and the order, placed and paid.
func (s *shoppers) buy(v *visit, at schemas.Millis) happening {
	s.orders++
	id := fmt.Sprintf("%so%07d", s.prefix, s.orders)
	total := s.price() * schemas.Money(1+s.rng.IntN(4))
	purchase := s.click(v, schemas.ClickPurchase, at)
	purchase.EventID, purchase.OrderID, purchase.Value = "purchase-"+id, id, total
	done := happening{clicks: []schemas.Click{purchase}}
	if s.rng.Float64() < 0.5 {
		purchase.Server = true
		done.clicks = append(done.clicks, purchase)
	}
	for _, name := range []string{schemas.OrderPlaced, schemas.OrderPaid} {
		order := schemas.Order{
			Envelope: s.envelope(name, at), OrderID: id, Buyer: v.visitor, AnonymousID: v.visitor, Channel: v.channel,
			Campaign: v.campaign, Currency: "EUR", Total: total, Subtotal: total, Revenue: total, Units: 1, PlacedAt: at,
		}
		order.EventID = name + "-" + id
		if name == schemas.OrderPaid {
			order.PaidAt = at
		}
		done.orders = append(done.orders, order)
	}
	return done
}

func (s *shoppers) price() schemas.Money {
	return schemas.Money(1+s.rng.Int64N(20_000)) * schemas.MicrosPerUnit / 100
}
