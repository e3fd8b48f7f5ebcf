package schemas

import "slices"

// MaxEventID is the greatest length of an event id, in bytes.
const MaxEventID = 200

// check holds the rules that all families share. types lists the family's vocabulary, frequent ones first: comparing
// a few short strings costs less than hashing one.
func (e *Envelope) check(types []string) error {
	switch {
	case e.EventID == "":
		return NoEventID
	case len(e.EventID) > MaxEventID:
		return LongEventID
	case !slices.Contains(types, e.Type):
		return UnknownType
	case e.OccurredAt <= 0:
		return NoOccurredAt
	case e.Shop == "":
		return NoShop
	}
	return nil
}

// checkKey adds the rule that the fields of the partition key are there.
func (e *Envelope) checkKey(types []string, keys ...string) error {
	if err := e.check(types); err != nil {
		return err
	}
	if slices.Contains(keys, "") {
		return NoPartitionKey
	}
	return nil
}

// Check returns the Reason why the event cannot be counted, or nil.
func (c *Click) Check() error { return c.checkKey(clickTypes, c.AnonymousID) }

// Check returns the Reason why the event cannot be counted, or nil.
func (o *Order) Check() error { return o.checkKey(orderTypes, o.OrderID) }

// Check returns the Reason why the event cannot be counted, or nil.
func (p *Parcel) Check() error { return p.checkKey(parcelTypes, p.Carrier, p.TrackingID) }

// Check returns the Reason why the event cannot be counted, or nil.
func (s *Spend) Check() error { return s.checkKey(spendTypes, s.Campaign) }

// Check returns the Reason why the event cannot be counted, or nil.
func (s *Stock) Check() error { return s.checkKey(stockTypes, s.Warehouse, s.SKU) }

// Check returns the Reason why the event cannot be counted, or nil.
func (t *Ticket) Check() error { return t.checkKey(ticketTypes, t.TicketID) }
