package proctest_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/proctest"
	"tidemark/schemas"
)

const noon = 1_700_049_600_000

// The oracle agrees with the engine on the real metrics too, across hand-overs.
func TestOracleOnTheRealCatalogue(t *testing.T) {
	logs := map[string][]processors.Record{
		schemas.Clickstream.Topic(): clicks(t, rand.New(rand.NewPCG(1, 1)), 4000),
		schemas.Orders.Topic():      orders(t, rand.New(rand.NewPCG(2, 2)), 2000),
	}
	for _, group := range []string{processors.GroupFast, processors.GroupSlow} {
		byTopic := map[string][]processors.Definition{}
		for _, d := range metrics.All().Streams() {
			if d.Group == group {
				byTopic[d.Topic] = append(byTopic[d.Topic], d)
			}
		}
		for topic, defs := range byTopic {
			t.Run(group+" "+topic, func(t *testing.T) {
				work, err := metrics.All().Work(group, group)
				if err != nil {
					t.Fatal(err)
				}
				rows, err := proctest.Run(work, topic, logs[topic], 200)
				if err != nil {
					t.Fatal(err)
				}
				want, err := proctest.Batch(defs, logs[topic], proctest.Options{End: true})
				if err != nil {
					t.Fatal(err)
				}
				n, err := proctest.Compare(want, rows)
				if err != nil || n == 0 {
					t.Fatalf("%d rows: %v", n, err)
				}
				if n, err := proctest.CompareAccounts(want, rows); err != nil || n == 0 {
					t.Fatalf("%d accounts: %v", n, err)
				}
				t.Logf("%d rows, %d duplicates, %d late", n, want.Duplicates, want.Late)
			})
		}
	}
}

func clicks(t *testing.T, r *rand.Rand, n int) []processors.Record {
	types := []string{
		schemas.ClickPageView, schemas.ClickPageView, schemas.ClickViewItem, schemas.ClickAddToCart, schemas.ClickBeginCheckout,
		schemas.ClickAddPaymentInfo, schemas.ClickPurchase, schemas.ClickViewPromotion, schemas.ClickSelectPromotion,
	}
	return records(t, r, n, func(e *schemas.Click, at schemas.Millis) {
		visitor := fmt.Sprintf("v%d", r.IntN(60))
		*e = schemas.Click{
			Envelope:    envelope(r, types, at),
			AnonymousID: visitor, Channel: []string{"", "email", "ads"}[r.IntN(3)], Campaign: []string{"", "winter"}[r.IntN(2)],
			Device: []string{"mobile", "desktop"}[r.IntN(2)], PageType: "home", Page: "/", Server: r.IntN(20) == 0,
			Value: schemas.Money(r.Int64N(9_000_000)), Currency: "EUR", OrderID: fmt.Sprintf("o%d", r.IntN(500)),
		}
	})
}

func orders(t *testing.T, r *rand.Rand, n int) []processors.Record {
	types := []string{schemas.OrderPlaced, schemas.OrderPaid, schemas.OrderRefunded}
	return records(t, r, n, func(e *schemas.Order, at schemas.Millis) {
		*e = schemas.Order{
			Envelope: envelope(r, types, at),
			OrderID:  fmt.Sprintf("o%d", r.IntN(500)), Currency: []string{"EUR", "SEK"}[r.IntN(2)], Buyer: fmt.Sprintf("b%d", r.IntN(99)),
			Total: schemas.Money(r.Int64N(9_000_000_000)), Refund: schemas.Money(r.Int64N(9_000_000)), Units: r.Int64N(5), Shadow: r.IntN(9) == 0,
		}
	})
}

func envelope(r *rand.Rand, types []string, at schemas.Millis) schemas.Envelope {
	return schemas.Envelope{
		EventID: fmt.Sprintf("e%d", r.IntN(30_000)), Type: types[r.IntN(len(types))], OccurredAt: at,
		Shop: []string{"de-main", "se"}[r.IntN(2)], Market: "eu", Source: "test",
	}
}

// records writes a log of some hours, with disorder, late events and heartbeats.
func records[E any](t *testing.T, r *rand.Rand, n int, draw func(e *E, at schemas.Millis)) []processors.Record {
	enc, err := schemas.NewEncoder[E]()
	if err != nil {
		t.Fatal(err)
	}
	now := schemas.Millis(noon)
	var log []processors.Record
	for off := range int64(n) {
		now += schemas.Millis(r.Int64N(8000))
		rec := processors.Record{Offset: off, Time: now, Heartbeat: r.IntN(10) == 0}
		if !rec.Heartbeat {
			at := now - schemas.Millis(r.Int64N(20_000))
			if r.IntN(50) == 0 {
				at -= schemas.Millis(r.Int64N(600_000))
			}
			var e E
			draw(&e, at)
			rec.Value = enc.Append(nil, &e)
		}
		log = append(log, rec)
	}
	return log
}
