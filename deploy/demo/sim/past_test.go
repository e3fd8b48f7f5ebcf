package sim

import (
	"reflect"
	"testing"
	"time"

	"tidemark/schemas"
)

func TestPlanPast(t *testing.T) {
	now := time.Date(2026, 6, 18, 9, 30, 0, 0, time.UTC)
	midnight := now.Truncate(day)
	for _, shop := range Shops() {
		past := PlanPast(&shop, 1, midnight, now)
		if again := PlanPast(&shop, 1, midnight, now); !reflect.DeepEqual(past, again) {
			t.Errorf("%s: another past from the same seed", shop.ID)
		}
		ids, orders, refunded := map[string]bool{}, map[string]int{}, 0
		for _, o := range past.Orders {
			at := o.OccurredAt.Time()
			if ids[o.EventID] || !at.Before(midnight) || at.Before(midnight.AddDate(0, 0, -pastDays)) || o.Buyer == "" {
				t.Fatalf("%s: %+v", shop.ID, o)
			}
			ids[o.EventID] = true
			switch o.Type {
			case schemas.OrderPaid:
				orders[o.Buyer]++
			case schemas.OrderRefunded:
				refunded++
			}
		}
		repeat := 0
		for _, n := range orders {
			if n > 1 {
				repeat++
			}
		}
		if len(orders) < 300 || repeat < 100 || refunded < 30 {
			t.Errorf("%s: %d buyers, %d of them more than once, %d refunds", shop.ID, len(orders), repeat, refunded)
		}
		states := map[string]map[string]bool{}
		for _, p := range past.Parcels {
			if ids[p.EventID] || p.OccurredAt.Time().After(now) {
				t.Fatalf("%s: %+v", shop.ID, p)
			}
			ids[p.EventID] = true
			if states[p.TrackingID] == nil {
				states[p.TrackingID] = map[string]bool{}
			}
			states[p.TrackingID][p.Type] = true
			if p.Type == schemas.ParcelDelivered && p.OccurredAt > p.PromisedAt {
				states[p.TrackingID]["late"] = true
			}
		}
		late, under := 0, 0
		for _, s := range states {
			if s["late"] {
				late++
			}
			if !s[schemas.ParcelDelivered] {
				under++
			}
		}
		if len(states) < 150 || late < len(states)/50 || late > len(states)/5 || under == 0 || under > len(states)/5 {
			t.Errorf("%s: %d parcels, %d late, %d under way", shop.ID, len(states), late, under)
		}
	}
}
