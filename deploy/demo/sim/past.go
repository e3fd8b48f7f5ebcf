package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/cespare/xxhash/v2"

	"tidemark/schemas"
)

// Past is what happened in a shop before the demo: orders of thirteen months, and the parcels of the last two.
type Past struct {
	Orders  []schemas.Order
	Parcels []schemas.Parcel
}

const (
	pastDays   = 400
	parcelDays = 60
	day        = 24 * time.Hour
)

// PlanPast makes up the past of a shop: orders that end with the day before the one that begins at midnight, scans of parcels
// that end now. It is a pure function of its arguments; events come in no order of time.
func PlanPast(shop *Shop, seed uint64, midnight, now time.Time) Past {
	p := &past{shop: shop, rng: rand.New(rand.NewPCG(seed, xxhash.Sum64String(shop.ID))), midnight: midnight, now: now}
	for d := range pastDays {
		// From a handful of orders a day to twice as many; more at the weekend.
		begins := midnight.AddDate(0, 0, d-pastDays)
		orders := shop.Share * (10 + 14*float64(d)/pastDays)
		if w := begins.Weekday(); w == time.Saturday || w == time.Sunday {
			orders *= 1.4
		}
		for range int(orders + p.rng.Float64()) {
			p.order(begins.Add(time.Duration(8*float64(time.Hour) + p.rng.Float64()*15*float64(time.Hour))))
		}
	}
	return p.Past
}

// past is one in the making.
type past struct {
	Past
	shop     *Shop
	rng      *rand.Rand
	midnight time.Time
	now      time.Time
	buyers   []string
	orders   int
}

func (p *past) chance(share float64) bool { return p.rng.Float64() < share }

// buyer is a new one, or one who came before: the longer ago, the less likely.
func (p *past) buyer() string {
	if n := len(p.buyers); n > 20 && p.chance(0.45) {
		return p.buyers[n-1-int(float64(n)*p.rng.Float64()*p.rng.Float64())]
	}
	p.buyers = append(p.buyers, fmt.Sprintf("past-%s-%d", p.shop.ID, len(p.buyers)))
	return p.buyers[len(p.buyers)-1]
}

func (p *past) envelope(kind string, id string, at time.Time) schemas.Envelope {
	return schemas.Envelope{
		EventID: "past-" + p.shop.ID + "-" + id + "-" + kind, Type: kind, OccurredAt: schemas.MillisOf(at), ReceivedAt: schemas.MillisOf(p.now),
		Shop: p.shop.ID, Market: p.shop.Market, Source: string(p.shop.Orders),
	}
}

// order is placed, most are paid, a few given back.
func (p *past) order(at time.Time) {
	p.orders++
	id := fmt.Sprint(p.orders)
	from := campaigns()[p.rng.IntN(len(campaigns()))]
	product := &p.shop.Products[p.rng.IntN(len(p.shop.Products))]
	units := int64(1 + p.rng.IntN(3))
	price := schemas.Money(amount(product.Cents).micros())
	o := schemas.Order{
		Envelope: p.envelope(schemas.OrderPlaced, id, at), OrderID: "past-" + id, Buyer: p.buyer(), Channel: from.channel, Campaign: from.name,
		Currency: p.shop.Currency, Shipping: schemas.Money(amount(p.shop.FreightCents).micros()), Units: units,
		Items: []schemas.Item{{ProductID: product.ID, SKU: product.SKU, Name: product.Name, Category: product.Category, Price: price, Quantity: units}},
	}
	o.Total = o.Shipping + price*schemas.Money(units)
	p.Orders = append(p.Orders, o)
	if p.chance(0.08) {
		return
	}
	then := func(kind string, at time.Time, change func(*schemas.Order)) {
		later := o
		later.Envelope = p.envelope(kind, id, at)
		if change != nil {
			change(&later)
		}
		p.Orders = append(p.Orders, later)
	}
	then(schemas.OrderPaid, at.Add(2*time.Minute), nil)
	if back := at.Add(time.Duration((3 + 10*p.rng.Float64()) * float64(day))); p.chance(0.05) && back.Before(p.midnight) {
		then(schemas.OrderRefunded, back, func(o *schemas.Order) { o.Total, o.Units, o.Items, o.Refund = 0, 0, nil, price })
	}
	if p.midnight.Sub(at) < parcelDays*day {
		p.parcel(id, at)
	}
}

// parcel is picked up within a day and promised for the fourth; some are late, by carrier, and a few never come.
func (p *past) parcel(id string, paid time.Time) {
	carriers := p.shop.Carriers
	n := p.rng.IntN(len(carriers))
	picked := paid.Add(time.Duration((0.2 + p.rng.Float64()) * float64(day)))
	promised := paid.Truncate(time.Hour).Add(4 * day)
	delivered := picked.Add(time.Duration((1 + 2*p.rng.Float64()) * float64(day)))
	switch {
	case p.chance(0.04 + 0.05*float64(n)):
		delivered = promised.Add(time.Duration((0.1 + 2*p.rng.Float64()) * float64(day)))
	case p.chance(0.01):
		delivered = p.now.Add(day)
	}
	base := schemas.Parcel{
		Carrier: carriers[n], TrackingID: "past" + id, OrderID: "past-" + id, Warehouse: p.shop.Warehouses[p.rng.IntN(len(p.shop.Warehouses))],
		Region: p.shop.Regions[p.rng.IntN(len(p.shop.Regions))], PaidAt: schemas.MillisOf(paid), PromisedAt: schemas.MillisOf(promised), Currency: p.shop.Currency,
	}
	for _, scan := range []struct {
		kind string
		at   time.Time
	}{
		{schemas.ParcelAnnounced, paid.Add(time.Hour)}, {schemas.ParcelPickedUp, picked}, {schemas.ParcelInTransit, picked.Add(6 * time.Hour)},
		{schemas.ParcelOutForDelivery, delivered.Add(-5 * time.Hour)}, {schemas.ParcelDelivered, delivered},
	} {
		if scan.at.After(p.now) {
			continue
		}
		one := base
		one.Envelope = p.envelope(scan.kind, id, scan.at)
		one.Source = base.Carrier
		p.Parcels = append(p.Parcels, one)
	}
}
