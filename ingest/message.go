package ingest

import (
	"strings"

	"tidemark/schemas"
)

// message is one call of a client, as far as tidemark keeps it: Segment's call is the common form.
type message struct {
	kind, event, name, category            string
	messageID, userID, anonymousID, prevID string
	timestamp, original, sent              string         // in RFC 3339
	at                                     moment         // where the client counts; goes before the texts
	sentAt                                 schemas.Millis // the same of sent; 0 where unknown
	age                                    measure        // milliseconds before it was sent, of clients that say no time
	context                                messageContext
	properties                             properties
	// money is the first value of properties that cannot be true. It matters only to events that have a meaning for us.
	money *fault
}

// moment is a time that may be absent.
type moment struct {
	time schemas.Millis
	set  bool
}

// messageContext is what is kept of context. The batch's own stands where the message's says nothing.
type messageContext struct {
	campaign, source, medium, term, content string
	path, url, referrer, search             string
	ip                                      string // only to be cut
	userAgent, locale, device               string
	adNetwork                               string // the snippet's own: which network's click id the page's address carried
}

// properties are those of pages and of the e-commerce calls. Two names may stand for one thing; the first that is set wins.
type properties struct {
	path, url, referrer, search, category                string
	productID, id, sku, query, currency                  string
	orderID, checkoutID, cartID, refundID                string
	coupon, couponID, couponName, paymentMethod, reason  string
	shippingMethod, slot, listID, position               string
	creative, promotionID, impression                    string
	experiment, experimentName, variation, variationName string
	sessionID, region, message                           string
	price, value, revenue, total, subtotal               amount
	shipping, tax, discount, refund                      amount
	quantity, results                                    int64
	coupons                                              []string
	items                                                []schemas.Item
	measures                                             measures
	netValue                                             bool // value is without shipping and tax
}

func (m *message) text(name []byte) *string {
	switch string(name) {
	case "type":
		return &m.kind
	case "event":
		return &m.event
	case "name":
		return &m.name
	case "category":
		return &m.category
	case "messageId":
		return &m.messageID
	case "userId":
		return &m.userID
	case "anonymousId":
		return &m.anonymousID
	case "previousId":
		return &m.prevID
	case "timestamp":
		return &m.timestamp
	case "originalTimestamp":
		return &m.original
	case "sentAt":
		return &m.sent
	}
	return nil
}

// segmentMessage reads one call in Segment's form. An error means that the text is no JSON, which the caller has ruled out.
func (r *reader) segmentMessage(m *message) error {
	return r.object(func(name []byte) error {
		if dst := m.text(name); dst != nil {
			return r.text(dst)
		}
		switch string(name) {
		case "context":
			return r.context(&m.context)
		case "properties":
			return r.properties(&m.properties)
		}
		return r.drop(name)
	})
}

func (r *reader) context(c *messageContext) error {
	return r.object(func(name []byte) error {
		switch string(name) {
		case "campaign":
			return r.object(func(name []byte) error { return r.member(c.campaignText(name), name) })
		case "page":
			return r.object(func(name []byte) error { return r.member(c.pageText(name), name) })
		case "device":
			return r.object(func(name []byte) error { return r.member(c.deviceText(name), name) })
		case "userAgent":
			return r.text(&c.userAgent)
		case "ip":
			return r.text(&c.ip)
		case "locale":
			return r.text(&c.locale)
		case "ad_network":
			return r.text(&c.adNetwork)
		}
		return r.drop(name)
	})
}

// member reads a text that has a place, and drops any other.
func (r *reader) member(dst *string, name []byte) error {
	if dst == nil {
		return r.drop(name)
	}
	return r.text(dst)
}

func (c *messageContext) campaignText(name []byte) *string {
	switch string(name) {
	case "name":
		return &c.campaign
	case "source":
		return &c.source
	case "medium":
		return &c.medium
	case "term":
		return &c.term
	case "content":
		return &c.content
	}
	return nil
}

// campaignParameter is the place of a parameter that links carry.
func (c *messageContext) campaignParameter(name string) *string {
	word, ok := strings.CutPrefix(name, "utm_")
	switch {
	case !ok:
		return nil
	case word == "campaign":
		return &c.campaign
	}
	return c.campaignText([]byte(word))
}

func (c *messageContext) pageText(name []byte) *string {
	switch string(name) {
	case "path":
		return &c.path
	case "url":
		return &c.url
	case "referrer":
		return &c.referrer
	case "search":
		return &c.search
	}
	return nil
}

func (c *messageContext) deviceText(name []byte) *string {
	if string(name) == "type" {
		return &c.device
	}
	return nil
}

func (r *reader) properties(p *properties) error {
	return r.object(func(name []byte) error { return r.property(p, name) })
}

func (r *reader) property(p *properties, name []byte) error {
	if dst := p.text(name); dst != nil {
		return r.text(dst)
	}
	if dst, field := p.amount(name); dst != nil {
		return r.amount(field, dst)
	}
	if dst := p.measures.measure(name); dst != nil {
		return r.measure(dst)
	}
	switch string(name) {
	case "quantity":
		return r.count("quantity", 1, &p.quantity)
	case "results":
		return r.count("results", 0, &p.results)
	case "coupon", "coupons":
		return r.coupons(p)
	case "products", "items":
		return r.products(p)
	}
	return r.drop(name)
}
