package ingest

import "tidemark/schemas"

// coupons reads one code or a list of them.
func (r *reader) coupons(p *properties) error {
	if r.dec.PeekKind() != '[' {
		return r.text(&p.coupon)
	}
	return r.array(func() error {
		var code string
		err := r.text(&code)
		if code != "" {
			p.coupons = append(p.coupons, cleanText(code, maxText))
		}
		return err
	})
}

// products reads the lines of a cart or an order. A line without quantity is one unit, as in GA4's definition.
func (r *reader) products(p *properties) error {
	r.items = r.items[:0]
	err := r.array(func() error {
		if r.dec.PeekKind() != '{' {
			r.blame("products holds something that is no object")
			return r.dec.SkipValue()
		}
		item := schemas.Item{Quantity: 1}
		err := r.object(func(name []byte) error { return r.itemMember(&item, name) })
		r.items = append(r.items, item)
		return err
	})
	p.items = r.items
	return err
}

func (r *reader) itemMember(item *schemas.Item, name []byte) error {
	switch string(name) {
	case "price":
		var price amount
		err := r.amount("price of a product", &price)
		item.Price = price.micros
		return err
	case "quantity":
		return r.count("quantity of a product", 1, &item.Quantity)
	}
	dst := itemText(item, name)
	if dst == nil {
		return r.drop(name)
	}
	err := r.text(dst)
	*dst = cleanText(*dst, maxText)
	return err
}

func itemText(item *schemas.Item, name []byte) *string {
	switch string(name) {
	case "product_id", "item_id":
		return &item.ProductID
	case "id":
		if item.ProductID == "" { // the older name of product_id
			return &item.ProductID
		}
	case "sku":
		return &item.SKU
	case "name", "item_name":
		return &item.Name
	case "category", "item_category":
		return &item.Category
	case "brand", "item_brand":
		return &item.Brand
	case "variant", "item_variant":
		return &item.Variant
	case "coupon":
		return &item.Coupon
	}
	return nil
}
