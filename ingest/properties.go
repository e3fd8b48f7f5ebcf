package ingest

// text is the place of a property. The names are those of Segment's specification and of Google Analytics 4, whoever sends
// them: shops use both vocabularies with all clients.
func (p *properties) text(name []byte) *string {
	switch string(name) {
	case "path":
		return &p.path
	case "url":
		return &p.url
	case "referrer":
		return &p.referrer
	case "search":
		return &p.search
	case "category":
		return &p.category
	case "product_id", "item_id":
		return &p.productID
	case "id":
		return &p.id
	case "sku":
		return &p.sku
	case "query", "search_term":
		return &p.query
	case "currency":
		return &p.currency
	case "slot", "creative_slot":
		return &p.slot
	case "list_id", "item_list_id":
		return &p.listID
	case "position":
		return &p.position
	case "creative", "creative_name":
		return &p.creative
	case "promotion_id":
		return &p.promotionID
	case "impression_id":
		return &p.impression
	case "session_id":
		return &p.sessionID
	case "region":
		return &p.region
	case "message":
		return &p.message
	}
	return p.orderText(name)
}

func (p *properties) orderText(name []byte) *string {
	switch string(name) {
	case "order_id", "transaction_id":
		return &p.orderID
	case "checkout_id":
		return &p.checkoutID
	case "cart_id":
		return &p.cartID
	case "refund_id":
		return &p.refundID
	case "coupon_id":
		return &p.couponID
	case "coupon_name":
		return &p.couponName
	case "payment_method", "payment_type":
		return &p.paymentMethod
	case "shipping_method", "shipping_tier":
		return &p.shippingMethod
	case "reason":
		return &p.reason
	case "experiment_id":
		return &p.experiment
	case "experiment_name":
		return &p.experimentName
	case "variation_id":
		return &p.variation
	case "variation_name":
		return &p.variationName
	}
	return nil
}

// amount also returns the name as a constant, for reasons.
func (p *properties) amount(name []byte) (*amount, string) {
	switch string(name) {
	case "price":
		return &p.price, "price"
	case "value":
		return &p.value, "value"
	case "revenue":
		return &p.revenue, "revenue"
	case "total":
		return &p.total, "total"
	case "subtotal":
		return &p.subtotal, "subtotal"
	case "shipping":
		return &p.shipping, "shipping"
	case "tax":
		return &p.tax, "tax"
	case "discount":
		return &p.discount, "discount"
	case "refund", "refund_amount":
		return &p.refund, "refund"
	}
	return nil, ""
}

// firstAmount returns the first amount that is set.
func firstAmount(amounts ...amount) amount {
	for _, a := range amounts {
		if a.set {
			return a
		}
	}
	return amount{}
}
