package ingest

import "tidemark/schemas"

// call gives a message its meaning.
func (in *intake) call(m *message, e schemas.Envelope) *fault {
	switch m.kind {
	case callTrack:
		return in.track(m, e)
	case callPage, callScreen:
		e.Type = schemas.ClickPageView
		return in.click(m, e)
	case callIdentify, callAlias:
		e.Type = schemas.ClickIdentify
		return in.click(m, e)
	case callGroup:
		e.Type, m.event = schemas.ClickCustom, callGroup
		return in.click(m, e)
	}
	return &fault{KindUnknownType, "type is no call of Segment's"}
}

// track separates the orders from the clicks. What only a shop's server can know is an order event only with a secret
// key; with a public one it is an event like any other.
func (in *intake) track(m *message, e schemas.Envelope) *fault {
	e.Type = clickType(m)
	if e.Type != schemas.ClickCustom && m.money != nil {
		return m.money
	}
	stage := ""
	if in.sender.secret {
		stage = orderType(m.event)
	}
	switch {
	case m.event == orderCompleted:
		return in.orderCompleted(m, e)
	case stage != "":
		return in.orderChanged(m, e, stage)
	}
	return in.click(m, e)
}

// clickType maps the e-commerce names of Segment's specification, version 2. Any other name is custom. A checkout step
// counts as what it collects.
func clickType(m *message) string {
	switch m.event {
	case "Product Viewed":
		return schemas.ClickViewItem
	case "Product Clicked":
		return schemas.ClickSelectItem
	case "Product List Viewed", "Product List Filtered":
		return schemas.ClickViewItemList
	case "Products Searched":
		return schemas.ClickSearch
	case "Promotion Viewed":
		return schemas.ClickViewPromotion
	case "Promotion Clicked":
		return schemas.ClickSelectPromotion
	case "Product Added", "Wishlist Product Added to Cart":
		return schemas.ClickAddToCart
	case "Product Removed":
		return schemas.ClickRemoveFromCart
	case "Cart Viewed":
		return schemas.ClickViewCart
	case "Product Added to Wishlist":
		return schemas.ClickAddToWishlist
	case "Checkout Started":
		return schemas.ClickBeginCheckout
	case "Payment Info Entered":
		return schemas.ClickAddPaymentInfo
	case "Checkout Step Completed":
		return stepType(&m.properties)
	case orderCompleted:
		return schemas.ClickPurchase
	case "Coupon Entered", "Coupon Applied", "Coupon Denied", "Coupon Removed":
		return schemas.ClickCoupon
	case "Experiment Viewed":
		return schemas.ClickExperimentViewed
	}
	return schemas.ClickCustom
}

func stepType(p *properties) string {
	switch {
	case p.paymentMethod != "":
		return schemas.ClickAddPaymentInfo
	case p.shippingMethod != "":
		return schemas.ClickAddShippingInfo
	}
	return schemas.ClickCustom
}
