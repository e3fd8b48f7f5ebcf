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
	case e.Type == schemas.ClickPurchase:
		return in.orderCompleted(m, e)
	case stage != "":
		return in.orderChanged(m, e, stage)
	}
	return in.click(m, e)
}

// clickType maps the e-commerce names of Segment's specification, version 2, and of Google Analytics 4. Any other name is
// custom. A checkout step counts as what it collects.
func clickType(m *message) string {
	switch m.event {
	case "Product Viewed", "view_item":
		return schemas.ClickViewItem
	case "Product Clicked", "select_item":
		return schemas.ClickSelectItem
	case "Product List Viewed", "Product List Filtered", "view_item_list":
		return schemas.ClickViewItemList
	case productsSearched, "search", "view_search_results":
		return schemas.ClickSearch
	case "Promotion Viewed", "view_promotion":
		return schemas.ClickViewPromotion
	case "Promotion Clicked", "select_promotion":
		return schemas.ClickSelectPromotion
	case "Product Added", "Wishlist Product Added to Cart", "add_to_cart":
		return schemas.ClickAddToCart
	case "Product Removed", "remove_from_cart":
		return schemas.ClickRemoveFromCart
	case "Cart Viewed", "view_cart":
		return schemas.ClickViewCart
	case "Product Added to Wishlist", "add_to_wishlist":
		return schemas.ClickAddToWishlist
	case checkoutStarted, "begin_checkout":
		return schemas.ClickBeginCheckout
	case "Payment Info Entered", "add_payment_info":
		return schemas.ClickAddPaymentInfo
	case "add_shipping_info":
		return schemas.ClickAddShippingInfo
	case checkoutStep:
		return stepType(&m.properties)
	case orderCompleted, ga4Purchase:
		return schemas.ClickPurchase
	case "Coupon Entered", "Coupon Applied", "Coupon Denied", "Coupon Removed":
		return schemas.ClickCoupon
	case "Experiment Viewed":
		return schemas.ClickExperimentViewed
	}
	return snippetType(m.event, &m.properties)
}

// Names of Segment's that other clients' events are given. A checkout step says in its properties which step it is.
const (
	productsSearched = "Products Searched"
	checkoutStarted  = "Checkout Started"
	checkoutStep     = "Checkout Step Completed"
)

// Names of the browser snippet.
const (
	elementClicked = "Element Clicked"
	webVitals      = "Web Vitals"
	jsError        = "JS Error"
	pageEngaged    = "Page Engaged"
)

// snippetType maps the names that the browser snippet uses where Segment's specification has none. Another sender's
// event that has such a name by chance lacks the property, and stays custom.
func snippetType(event string, p *properties) string {
	switch {
	case event == elementClicked && p.region != "":
		return schemas.ClickElement
	case event == webVitals && p.measures.vitals():
		return schemas.ClickWebVitals
	case event == jsError && p.message != "":
		return schemas.ClickJSError
	case event == pageEngaged && p.measures.engaged.set:
		return schemas.ClickEngagement
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
