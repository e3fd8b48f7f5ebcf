package ingest

import (
	"strings"

	"tidemark/schemas"
)

const (
	snowplowCore = "com.snowplowanalytics.snowplow"
	snowplowShop = "com.snowplowanalytics.snowplow.ecommerce"
)

// snowplowDescribed reads a self-describing event. What it is stands in its schema's name, and an e-commerce action's in
// its data.
func (r *reader) snowplowDescribed(m *message, e *snowplowEvent) error {
	var outer struct {
		Data described `json:"data"`
	}
	if err := unpackDescribed(e.event, e.eventPacked, &outer); err != nil {
		return err
	}
	vendor, name := schemaName(outer.Data.Schema)
	if name == "" {
		return &fault{KindUnreadable, "self-describing event without schema"}
	}
	m.event = name
	member := r.drop
	switch {
	case vendor == snowplowShop && name == "snowplow_ecommerce_action":
		member = func(name []byte) error {
			switch string(name) {
			case "type":
				return r.text(&m.event)
			case "name":
				return r.text(&m.properties.listID)
			}
			return r.drop(name)
		}
	case vendor == snowplowCore && name == "web_vitals":
		m.event = webVitals
		member = func(name []byte) error { return r.snowplowVital(&m.properties.measures, name) }
	case vendor == snowplowCore && name == "application_error":
		m.event = jsError
		member = func(name []byte) error {
			if string(name) == "message" {
				return r.text(&m.properties.message)
			}
			return r.drop(name)
		}
	case vendor == snowplowCore && name == "site_search":
		m.event = productsSearched
		member = func(name []byte) error { return r.snowplowSearch(&m.properties, name) }
	case name == "screen_view":
		m.kind = callScreen
		member = func(name []byte) error {
			if string(name) == "name" {
				return r.text(&m.name)
			}
			return r.drop(name)
		}
	}
	r.reset(outer.Data.Data)
	if err := r.object(member); err != nil {
		return err
	}
	if vendor == snowplowShop {
		m.event = snowplowAction(m.event)
	}
	return nil
}

func (r *reader) snowplowSearch(p *properties, name []byte) error {
	switch string(name) {
	case "terms":
		return r.array(func() error {
			var term string
			err := r.text(&term)
			if len(p.query) < maxText {
				p.query = strings.TrimSpace(p.query + " " + term)
			}
			return err
		})
	case "totalResults":
		return r.count("totalResults", 0, &p.results)
	}
	return r.drop(name)
}

func (r *reader) snowplowVital(p *measures, name []byte) error {
	switch string(name) {
	case "lcp":
		return r.measure(&p.lcp)
	case "inp":
		return r.measure(&p.inp)
	case "cls":
		return r.measure(&p.shift)
	}
	return r.drop(name)
}

// snowplowAction gives Snowplow's e-commerce actions their names here.
func snowplowAction(action string) string {
	switch action {
	case "product_view":
		return schemas.ClickViewItem
	case "list_view":
		return schemas.ClickViewItemList
	case "list_click":
		return schemas.ClickSelectItem
	case "promo_view":
		return schemas.ClickViewPromotion
	case "promo_click":
		return schemas.ClickSelectPromotion
	case "checkout_step":
		return checkoutStep
	case "transaction":
		return orderCompleted
	case "trns_error":
		return paymentFailed
	}
	return action // add_to_cart, remove_from_cart and refund have the same names here
}

// snowplowEntities adds what the entities beside an event say of it.
func (r *reader) snowplowEntities(m *message, e *snowplowEvent) error {
	if e.about == "" && e.aboutPacked == "" {
		return nil
	}
	var all struct {
		Data []described `json:"data"`
	}
	if err := unpackDescribed(e.about, e.aboutPacked, &all); err != nil {
		return err
	}
	r.items = r.items[:0]
	var first *fault
	for _, entity := range all.Data {
		vendor, name := schemaName(entity.Schema)
		r.reset(entity.Data)
		var err error
		switch vendor {
		case snowplowShop:
			err = r.snowplowEntity(m, name)
		case snowplowCore:
			if name == "client_session" {
				err = r.snowplowSession(m)
			}
		}
		if err != nil {
			return err
		}
		if first == nil {
			first = r.fault
		}
	}
	if r.fault = first; len(r.items) > 0 {
		m.properties.items = r.items
	}
	return nil
}

func (r *reader) snowplowSession(m *message) error {
	return r.object(func(name []byte) error {
		switch string(name) {
		case "userId":
			if m.anonymousID == "" {
				return r.text(&m.anonymousID)
			}
		case "sessionId":
			return r.text(&m.properties.sessionID)
		}
		return r.dec.SkipValue()
	})
}

func (r *reader) snowplowEntity(m *message, entity string) error {
	p := &m.properties
	switch entity {
	case "product":
		return r.snowplowProduct(p)
	case "cart":
		return r.object(func(name []byte) error {
			if string(name) == "total_value" {
				return r.amount("total_value", &p.value)
			}
			return r.property(p, name)
		})
	case "transaction":
		return r.object(func(name []byte) error {
			switch string(name) {
			case "revenue": // with shipping and tax here
				return r.amount("revenue", &p.total)
			case "discount_amount":
				return r.amount("discount_amount", &p.discount)
			case "discount_code":
				return r.text(&p.coupon)
			}
			return r.property(p, name)
		})
	case "transaction_error", "refund", "checkout_step", "promotion":
		return r.object(func(name []byte) error {
			if entity == "checkout_step" && string(name) == "step" {
				return r.snowplowStep(m)
			}
			if dst := snowplowDetail(p, entity, string(name)); dst != nil {
				return r.text(dst)
			}
			return r.property(p, name)
		})
	case "user":
		return r.object(func(name []byte) error {
			if string(name) == "id" {
				return r.text(&m.userID)
			}
			return r.drop(name)
		})
	}
	return nil
}

// snowplowStep reads the number of a step of the checkout. The first is where a checkout begins: Snowplow has no other
// name for it.
func (r *reader) snowplowStep(m *message) error {
	var step string
	err := r.text(&step)
	if step == "1" && m.event == checkoutStep {
		m.event = checkoutStarted
	}
	return err
}

func snowplowDetail(p *properties, entity, name string) *string {
	switch entity + "." + name {
	case "transaction_error.error_code", "refund.refund_reason":
		return &p.reason
	case "checkout_step.delivery_method":
		return &p.shippingMethod
	case "checkout_step.coupon_code":
		return &p.coupon
	case "promotion.id":
		return &p.promotionID
	case "promotion.creative_id":
		return &p.creative
	}
	return nil
}

// snowplowProduct adds a line, and makes the first product the event's own.
func (r *reader) snowplowProduct(p *properties) error {
	item := schemas.Item{Quantity: 1}
	first := len(r.items) == 0
	err := r.object(func(name []byte) error {
		if string(name) == "currency" {
			return r.text(&p.currency)
		}
		return r.itemMember(&item, name)
	})
	r.items = append(r.items, item)
	if first {
		p.productID, p.sku, p.category = item.ProductID, item.SKU, item.Category
		p.price, p.quantity = amount{item.Price, item.Price != 0}, item.Quantity
	}
	return err
}
