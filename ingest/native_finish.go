package ingest

import (
	"cmp"
	"slices"

	"tidemark/schemas"
)

// The finish functions check and clean what only one family has, and return the record's key: clickstream by visitor,
// orders by order, logistics by carrier and number, marketing by campaign, inventory by warehouse and SKU, service by ticket.

func finishClick(in *intake, c *schemas.Click) (string, *fault) {
	if f := in.people(in.identityTime(&c.Envelope), &c.UserID, &c.AnonymousID); f != nil {
		return "", f
	}
	c.AnonymousID = cmp.Or(c.AnonymousID, c.UserID)
	c.Network = in.network(c.Network)
	c.Server = c.Server && in.sender.secret
	c.Page = in.maskEmail(cleanText(locate(c.Page).path, 2*maxText))
	c.Bot = c.Bot || in.c.cfg.SpamReferrers.has(c.Referrer)
	from := locate(c.Referrer)
	c.Referrer = in.maskEmail(cleanText(from.host+from.path, 2*maxText))
	c.Query = in.maskFree(cleanText(c.Query, maxText))
	c.Name = in.maskFree(cleanText(c.Name, maxName))
	c.Channel, c.Campaign = cleanText(c.Channel, maxText), in.maskEmail(cleanText(c.Campaign, maxText))
	c.UTMSource, c.UTMMedium = in.maskEmail(cleanText(c.UTMSource, maxText)), in.maskEmail(cleanText(c.UTMMedium, maxText))
	c.UTMTerm, c.UTMContent = in.maskFree(cleanText(c.UTMTerm, maxText)), in.maskEmail(cleanText(c.UTMContent, maxText))
	c.Coupon = in.maskEmail(cleanText(c.Coupon, maxText))
	c.Locale = cleanText(c.Locale, maxLocale)
	cleanTexts(maxName, &c.PageType, &c.AdNetwork, &c.Device, &c.Region)
	cleanTexts(maxText, &c.Slot, &c.Creative, &c.ProductID, &c.SKU, &c.Category, &c.Experiment, &c.Variation)
	cleanLines(c.Items)
	if f := cleanIDs(idField{"user_id", &c.UserID}, idField{"session_id", &c.SessionID}, idField{"order_id", &c.OrderID},
		idField{"checkout_id", &c.CheckoutID}, idField{"cart_id", &c.CartID}, idField{"impression_id", &c.Impression}); f != nil {
		return "", f
	}
	if f := goods(c.Items, c.Quantity, c.Price, c.Value); f != nil {
		return "", f
	}
	f := moneyCurrency(&c.Currency, len(c.Items) > 0, c.Price, c.Value)
	if f != nil {
		return "", f
	}
	key, f := recordKey(idField{"anonymous_id", &c.AnonymousID})
	if f == nil {
		in.markFast(c)
	}
	return key, f
}

func finishOrder(in *intake, o *schemas.Order) (string, *fault) {
	if f := in.people(in.identityTime(&o.Envelope), &o.Buyer, &o.AnonymousID); f != nil {
		return "", f
	}
	o.Network = cutAddress(o.Network)
	o.Shadow = !in.sender.shop.CountsOrder(o.Type, o.Source)
	o.Campaign, o.Reason = in.maskEmail(cleanText(o.Campaign, maxText)), in.maskFree(cleanText(o.Reason, maxText))
	cleanTexts(maxName, &o.Device)
	cleanTexts(maxText, &o.Channel, &o.PaymentMethod)
	for i := range o.Coupons {
		cleanTexts(maxText, &o.Coupons[i])
	}
	cleanLines(o.Items)
	if f := cleanIDs(idField{"buyer", &o.Buyer}, idField{"anonymous_id", &o.AnonymousID}, idField{"checkout_id", &o.CheckoutID}, idField{"cart_id", &o.CartID}); f != nil {
		return "", f
	}
	if f := goods(o.Items, o.Units, o.Total, o.Subtotal, o.Revenue, o.Shipping, o.Tax, o.Discount, o.Refund); f != nil {
		return "", f
	}
	if f := moneyCurrency(&o.Currency, true); f != nil {
		return "", f
	}
	in.reportOrder(o)
	return recordKey(idField{"order_id", &o.OrderID})
}

func finishParcel(in *intake, p *schemas.Parcel) (string, *fault) {
	p.RawStatus = in.maskFree(cleanText(p.RawStatus, maxName)) // a code, but some carriers write sentences
	cleanTexts(maxText, &p.Warehouse, &p.Region, &p.Lane)
	if f := cleanIDs(idField{"order_id", &p.OrderID}); f != nil {
		return "", f
	}
	if f := goods(nil, p.WeightGrams, p.Cost); f != nil {
		return "", f
	}
	if f := moneyCurrency(&p.Currency, false, p.Cost); f != nil {
		return "", f
	}
	return recordKey(idField{"carrier", &p.Carrier}, idField{"tracking_id", &p.TrackingID})
}

func finishSpend(in *intake, s *schemas.Spend) (string, *fault) {
	cleanTexts(maxText, &s.Platform, &s.Channel, &s.Creative, &s.Phase, &s.Promotion, &s.Coupon)
	if f := figures(maxFigure, s.Impressions, s.Clicks, s.Conversions, s.Issued); f != nil {
		return "", f
	}
	if f := goods(nil, 0, s.Amount, s.Attributed); f != nil {
		return "", f
	}
	if f := moneyCurrency(&s.Currency, false, s.Amount, s.Attributed); f != nil {
		return "", f
	}
	if s.PeriodEnd != 0 && s.PeriodEnd <= s.PeriodStart {
		return "", &fault{KindBadTime, "period_end is not after period_start"}
	}
	in.reportSpend(s)
	return recordKey(idField{"campaign", &s.Campaign})
}

func finishStock(_ *intake, s *schemas.Stock) (string, *fault) {
	cleanTexts(maxText, &s.SKUClass, &s.Supplier)
	// OnHand may be negative: a shop that sells ahead of a delivery counts so.
	if f := figures(maxCount, max(s.OnHand, 0), s.InTransit, s.Reserved, s.Safety, s.LeadDays, s.Ordered, s.Received, s.Rejected); f != nil {
		return "", f
	}
	if f := goods(nil, 0, s.Price, s.UnitCost); f != nil {
		return "", f
	}
	if f := moneyCurrency(&s.Currency, false, s.Price, s.UnitCost); f != nil {
		return "", f
	}
	return recordKey(idField{"warehouse", &s.Warehouse}, idField{"sku", &s.SKU})
}

func finishTicket(in *intake, t *schemas.Ticket) (string, *fault) {
	t.Reason, t.Title = in.maskFree(cleanText(t.Reason, maxText)), in.maskFree(cleanText(t.Title, maxText))
	cleanTexts(maxText, &t.Queue, &t.SKU, &t.Category, &t.Carrier)
	if f := figures(maxScore, t.Score); f != nil {
		return "", f
	}
	if f := cleanIDs(idField{"order_id", &t.OrderID}); f != nil {
		return "", f
	}
	return recordKey(idField{"ticket_id", &t.TicketID})
}

// cleanLines cleans the texts of the lines.
func cleanLines(items []schemas.Item) {
	for i := range items {
		l := &items[i]
		cleanTexts(maxText, &l.ProductID, &l.SKU, &l.Name, &l.Category, &l.Brand, &l.Variant, &l.Coupon)
	}
}

// recordKey cleans the fields that key the record and joins them.
func recordKey(fields ...idField) (string, *fault) {
	if f := cleanIDs(fields...); f != nil {
		return "", f
	}
	key := ""
	for i, id := range fields {
		if *id.text == "" {
			return "", &fault{KindMissingField, "no " + id.name}
		}
		if i > 0 {
			key += "/"
		}
		key += *id.text
	}
	return key, nil
}

// goods refuses negative amounts and quantities, on the event and on its lines.
func goods(items []schemas.Item, quantity int64, amounts ...schemas.Money) *fault {
	if quantity < 0 || quantity > maxCount || slices.ContainsFunc(items, func(i schemas.Item) bool { return i.Quantity < 0 || i.Quantity > maxCount }) {
		return &fault{KindBadAmount, "negative or impossible quantity"}
	}
	negative := func(m schemas.Money) bool { return m < 0 }
	if slices.ContainsFunc(amounts, negative) || slices.ContainsFunc(items, func(i schemas.Item) bool { return i.Price < 0 }) {
		return &fault{KindBadAmount, "negative amount"}
	}
	return nil
}

// Bounds of numbers that are no quantities of goods.
const (
	maxFigure = 1_000_000_000_000 // an ad platform's figures of one campaign and period
	maxScore  = 5                 // stars
)

// figures refuses numbers that are negative or greater than any that is true.
func figures(most int64, numbers ...int64) *fault {
	if slices.ContainsFunc(numbers, func(n int64) bool { return n < 0 || n > most }) {
		return &fault{KindBadAmount, "negative or impossible number"}
	}
	return nil
}

// moneyCurrency checks the currency's code. An event with money and no currency is refused: a sender of this dialect
// knows what it sells in.
func moneyCurrency(text *string, needed bool, amounts ...schemas.Money) *fault {
	for _, a := range amounts {
		needed = needed || a != 0
	}
	if *text == "" {
		if needed {
			return &fault{KindBadCurrency, "amount without currency"}
		}
		return nil
	}
	code, f := currencyCode(*text)
	if f == nil {
		*text = code
	}
	return f
}
