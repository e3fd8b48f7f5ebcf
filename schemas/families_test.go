package schemas

import "testing"

// familyTest runs one generic test for each of the six families.
func familyTest(t *testing.T, click func(*testing.T, Family[Click]), order func(*testing.T, Family[Order]), parcel func(*testing.T, Family[Parcel]),
	spend func(*testing.T, Family[Spend]), stock func(*testing.T, Family[Stock]), ticket func(*testing.T, Family[Ticket])) {
	t.Run(Clickstream.Name, func(t *testing.T) { click(t, Clickstream) })
	t.Run(Orders.Name, func(t *testing.T) { order(t, Orders) })
	t.Run(Logistics.Name, func(t *testing.T) { parcel(t, Logistics) })
	t.Run(Marketing.Name, func(t *testing.T) { spend(t, Marketing) })
	t.Run(Inventory.Name, func(t *testing.T) { stock(t, Inventory) })
	t.Run(Service.Name, func(t *testing.T) { ticket(t, Service) })
}

// checker is what every event type offers beside its fields.
type checker[E any] interface {
	*E
	Check() error
	Env() *Envelope
}

func TestFamilyNames(t *testing.T) {
	families := must(familyDocs())
	names := FamilyNames()
	if len(families) != len(names) {
		t.Fatalf("%d families are documented, %d exist", len(families), len(names))
	}
	for i, f := range families {
		if f.name != names[i] {
			t.Errorf("family %d is %q in the documents and %q in FamilyNames", i, f.name, names[i])
		}
	}
	if Orders.Topic() != "tidemark.orders" || Orders.HistoryTopic() != "tidemark.orders.history" || Orders.RawTable() != "events_orders" {
		t.Errorf("names of the orders family: %s, %s, %s", Orders.Topic(), Orders.HistoryTopic(), Orders.RawTable())
	}
}
