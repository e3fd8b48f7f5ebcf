package rollup

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/ingest/webhook"
	"tidemark/schemas"
)

// permutations lists every order of n things.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var out [][]int
	for _, p := range permutations(n - 1) {
		for at := range n {
			q := append(append(append([]int{}, p[:at]...), n-1), p[at:]...)
			out = append(out, q)
		}
	}
	return out
}

var noon = time.Date(2025, 6, 2, 12, 0, 0, 0, time.UTC)

func orderEvent(id, typ string, at time.Time, change func(*schemas.Order)) schemas.Order {
	o := schemas.Order{Envelope: schemas.Envelope{EventID: id + typ, Type: typ, OccurredAt: schemas.MillisOf(at), Shop: "de", Market: "de", Source: "test"}, OrderID: id, Buyer: "b" + id, Channel: "email", Currency: "EUR"}
	if change != nil {
		change(&o)
	}
	return o
}

// TestOrderStates lands the events of an order in every order, with a copy of each at the end: the state is always the same.
func TestOrderStates(t *testing.T) {
	w := newWorld(t, "order_states", noon.AddDate(0, 1, 0), "de")
	total := func(o *schemas.Order) { o.Total, o.Units = 100_000_000, 3 }
	refund := func(name string, amount schemas.Money) func(*schemas.Order) {
		return func(o *schemas.Order) { o.Refund, o.EventID = amount, o.EventID+name }
	}
	life := func(id string) []schemas.Order {
		return []schemas.Order{
			orderEvent(id, schemas.OrderPlaced, noon, total),
			orderEvent(id, schemas.OrderPaid, noon.Add(9*time.Hour), total), // later than what follows from it: a slow sender
			orderEvent(id, schemas.OrderFulfilled, noon.Add(2*time.Hour), nil),
			orderEvent(id, schemas.OrderRefunded, noon.Add(3*time.Hour), refund("1", 30_000_000)),
			orderEvent(id, schemas.OrderRefunded, noon.Add(4*time.Hour), refund("2", 70_000_000)),
		}
	}
	var all []schemas.Order
	for i, p := range permutations(5) {
		for _, part := range []int{4, 5} { // without the last refund, and with it
			id := fmt.Sprintf("%d-%d", part, i)
			events := life(id)
			for range 2 {
				for _, k := range p {
					if k < part {
						all = append(all, events[k])
					}
				}
			}
		}
	}
	land(w, schemas.Orders, 1, all...)
	const line = `SELECT DISTINCT concat(state, ' ', toString(state_at), ' ', toString(ordered), ' ', toString(paid), ' ', toString(refunded), ' ', toString(refunds), ' ', toString(units), ' ', toString(placed_at), ' ', toString(paid_at)) AS line
FROM v_orders WHERE shop = 'de' AND order_id LIKE `
	w.want("partly refunded", line+"'4-%'", "fulfilled 2025-06-02 14:00:00.000 100 100 30 1 3 2025-06-02 12:00:00.000 2025-06-02 21:00:00.000")
	w.want("refunded", line+"'5-%'", "refunded 2025-06-02 16:00:00.000 100 100 100 2 3 2025-06-02 12:00:00.000 2025-06-02 21:00:00.000")
	w.want("orders", "SELECT toString(count()) AS line FROM v_orders", "240")
	w.want("control: the latest event alone says something else", "SELECT argMax(type, occurred_at) AS line FROM events_orders WHERE order_id = '5-0'", "order_paid")
	land(w, schemas.Orders, 2, orderEvent("shadow", schemas.OrderPaid, noon, func(o *schemas.Order) { o.Shadow = true }),
		orderEvent("failed", schemas.OrderPaymentFailed, noon, nil), orderEvent("failed", schemas.OrderPlaced, noon.Add(time.Hour), total),
		orderEvent("odd", schemas.OrderUpdated, noon, nil), orderEvent("gone", schemas.OrderCancelled, noon, nil), orderEvent("gone", schemas.OrderPaid, noon.Add(time.Hour), total))
	w.want("others", "SELECT concat(order_id, ' ', state) AS line FROM v_orders WHERE NOT match(order_id, '^[45]-') ORDER BY order_id", "failed payment_failed", "gone cancelled", "odd unknown")
}

func scan(id, typ string, at, promised time.Time) schemas.Parcel {
	p := schemas.Parcel{Envelope: schemas.Envelope{EventID: fmt.Sprint(id, typ, at.Unix()), Type: typ, OccurredAt: schemas.MillisOf(at), Shop: "de", Market: "de", Source: "test"}, Carrier: "dhl", TrackingID: id, Warehouse: "w1", Region: "by"}
	if !promised.IsZero() {
		p.PromisedAt = schemas.MillisOf(promised)
	}
	return p
}

// TestParcelStates lands the scans of a tracking number in every order. It is used again four months later.
func TestParcelStates(t *testing.T) {
	w := newWorld(t, "parcel_states", noon.AddDate(1, 0, 0), "de")
	var all []schemas.Parcel
	for i, p := range permutations(5) {
		id := fmt.Sprint("p", i)
		life := []schemas.Parcel{
			scan(id, schemas.ParcelPickedUp, noon, noon.AddDate(0, 0, 2)),
			scan(id, schemas.ParcelOutForDelivery, noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 5)),
			scan(id, schemas.ParcelDelivered, noon.AddDate(0, 0, 2), time.Time{}),
			scan(id, schemas.ParcelInTransit, noon.AddDate(0, 0, 3), time.Time{}), // a scan that comes in after the fact
			scan(id, schemas.ParcelPickedUp, noon.AddDate(0, 0, 123), noon.AddDate(0, 0, 130)),
		}
		for range 2 {
			for _, k := range p {
				all = append(all, life[k])
			}
		}
	}
	land(w, schemas.Logistics, 1, all...)
	w.want("states", `SELECT DISTINCT concat(state, ' ', toString(toDate(first_at)), ' ', toString(toDate(picked_up_at)), ' ', toString(toDate(delivered_at)), ' ', toString(toDate(promised_at)), ' ', toString(toDate(latest_promise)), ' ', warehouse, ' ', region) AS line
FROM v_parcels WHERE shop = 'de' ORDER BY line`,
		"delivered 2025-06-02 2025-06-02 2025-06-04 2025-06-04 2025-06-07 w1 by",
		"picked_up 2025-10-03 2025-10-03 1970-01-01 2025-10-10 2025-10-10 w1 by")
	w.want("parcels", "SELECT toString(count()) AS line FROM v_parcels WHERE carrier = 'dhl'", "240")
}

// TestParcelStatesOfWebhooks lands what an aggregator's webhooks become, in every order of the webhooks: each tells all
// scans so far, the promise is revised on the way, and the parcel ends as delivered.
func TestParcelStatesOfWebhooks(t *testing.T) {
	w := newWorld(t, "webhook_states", noon.AddDate(0, 1, 0), "de")
	tags := []string{"InfoReceived", "InTransit", "OutForDelivery", "Delivered"}
	provider := webhook.Providers()[slices.IndexFunc(webhook.Providers(), func(p webhook.Provider) bool { return p.Name == "aftership" })]
	var all []schemas.Parcel
	for i, order := range permutations(len(tags)) {
		for _, n := range order {
			var checkpoints []string
			for day, tag := range tags[:n+1] {
				checkpoints = append(checkpoints, fmt.Sprintf(`{"tag":%q,"checkpoint_time":%q}`, tag, noon.AddDate(0, 0, day).Format(time.RFC3339)))
			}
			body := fmt.Sprintf(`{"event":"tracking_update","ts":%d,"msg":{"slug":"dhl","tracking_number":"p%d","tag":%q,"expected_delivery":%q,"checkpoints":[%s]}}`,
				noon.AddDate(0, 0, n).Unix(), i, tags[n], noon.AddDate(0, 0, 3+n/2).Format(time.DateOnly), strings.Join(checkpoints, ","))
			d, f := provider.Read(&webhook.Request{Body: []byte(body), Shop: "de", Received: schemas.MillisOf(w.now)})
			if f != nil {
				t.Fatal(f)
			}
			for _, p := range d.Parcels {
				all = append(all, *p)
			}
		}
	}
	land(w, schemas.Logistics, 1, all...)
	w.want("states", `SELECT DISTINCT concat(state, ' ', toString(state_at), ' ', toString(first_at), ' ', toString(delivered_at), ' ', toString(promised_at), ' ', toString(latest_promise)) AS line
FROM v_parcels WHERE shop = 'de' ORDER BY line`,
		"delivered 2025-06-05 12:00:00.000 2025-06-02 12:00:00.000 2025-06-05 12:00:00.000 2025-06-05 23:59:59.999 2025-06-06 23:59:59.999")
	w.want("parcels", "SELECT toString(count()) AS line FROM v_parcels", "24")
	w.want("control: the promise came with no scan", "SELECT toString(count()) AS line FROM events_logistics WHERE raw_status != 'promise' AND latest_promise > toDateTime64(0, 3, 'UTC')", "0")
}

// TestSpendIsRestated: of several statements of one period the platform's last one holds, in whatever order they come.
func TestSpendIsRestated(t *testing.T) {
	w := newWorld(t, "spend_states", noon.AddDate(0, 1, 0), "de")
	state := func(id string, asOf time.Time, amount schemas.Money) schemas.Spend {
		s := schemas.Spend{Platform: "google", Campaign: "spring", Currency: "EUR", Amount: amount, Clicks: int64(amount / 1_000_000),
			PeriodStart: schemas.MillisOf(noon), PeriodEnd: schemas.MillisOf(noon.AddDate(0, 0, 1)),
			Envelope: schemas.Envelope{EventID: id, Type: schemas.MarketingSpend, OccurredAt: schemas.MillisOf(noon), Shop: "de", Source: "test"}}
		if !asOf.IsZero() {
			s.AsOf = schemas.MillisOf(asOf)
		}
		return s
	}
	other := state("meta", time.Time{}, 5_000_000) // as of when it was received
	other.Platform = "meta"
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	land(w, schemas.Marketing, 1,
		state("third", day(3), 30_000_000), state("first", day(1), 10_000_000), // an old statement that comes late
		state("third", day(3), 30_000_000), state("second", day(2), 20_000_000), other,
		schemas.Spend{Platform: "google", Campaign: "spring", Envelope: schemas.Envelope{EventID: "p", Type: schemas.MarketingPromotion, OccurredAt: schemas.MillisOf(noon), Shop: "de", Source: "test"}})
	const line = "SELECT concat(platform, ' ', toString(amount), ' ', toString(clicks), ' ', toString(statements), ' ', toString(spend_as_of)) AS line FROM v_spend ORDER BY platform"
	w.want("last statements", line, "google 30 30 3 2025-06-05 12:00:00.000", "meta 5 5 1 2025-07-02 12:00:00.000")
	w.want("control: all statements together say something else", "SELECT toString(sum(amount)) AS line FROM events_marketing", "95")
}
