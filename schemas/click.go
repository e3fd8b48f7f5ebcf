package schemas

import "cmp"

// Types of clickstream events. Unknown track names become ClickCustom with the name kept in Name.
const (
	ClickPageView         = "page_view"
	ClickViewItemList     = "view_item_list"
	ClickSelectItem       = "select_item"
	ClickViewItem         = "view_item"
	ClickSearch           = "search"
	ClickAddToCart        = "add_to_cart"
	ClickRemoveFromCart   = "remove_from_cart"
	ClickViewCart         = "view_cart"
	ClickAddToWishlist    = "add_to_wishlist"
	ClickBeginCheckout    = "begin_checkout"
	ClickAddShippingInfo  = "add_shipping_info"
	ClickAddPaymentInfo   = "add_payment_info"
	ClickPurchase         = "purchase"
	ClickViewPromotion    = "view_promotion"   // an impression of an ad, promotion or slot
	ClickSelectPromotion  = "select_promotion" // a click on it
	ClickCoupon           = "coupon"
	ClickExperimentViewed = "experiment_viewed"
	ClickIdentify         = "identify"
	ClickEngagement       = "engagement"
	ClickElement          = "click"      // on a region of a page
	ClickWebVitals        = "web_vitals" // how fast a page was, once per page view
	ClickJSError          = "js_error"
	ClickCustom           = "custom"
)

// Click is one event of the clickstream family, keyed by visitor.
type Click struct {
	Envelope
	AnonymousID string `json:"anonymous_id" ch:"String" class:"C3" doc:"Visitor: the sender's anonymous id, or its user id where that is all it gives. Key of the partition."`
	UserID      string `json:"user_id,omitempty" ch:"String" class:"C3" doc:"Login id as the sender gives it."`
	SessionID   string `json:"session_id,omitempty" ch:"String" class:"C3" doc:"The sender's own session id; tidemark's sessions do not depend on it."`
	Name        string `json:"name,omitempty" ch:"String" class:"C1" doc:"The sender's own event name, where the type is custom; the message of a js_error, masked."`
	Page        string `json:"page,omitempty" ch:"String" class:"C2" doc:"Path of the page, without query."`
	PageType    string `json:"page_type,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"home, list, product, search, cart, checkout, content or other."`
	Referrer    string `json:"referrer,omitempty" ch:"String" class:"C2" doc:"Host and path of the referring page, without query."`
	Channel     string `json:"channel,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Channel group, from the campaign's medium and source."`
	Campaign    string `json:"campaign,omitempty" ch:"String" class:"C1" doc:"Campaign name (utm_campaign)."`
	UTMSource   string `json:"utm_source,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Campaign source."`
	UTMMedium   string `json:"utm_medium,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Campaign medium."`
	UTMTerm     string `json:"utm_term,omitempty" ch:"String" class:"C1" doc:"Campaign term."`
	UTMContent  string `json:"utm_content,omitempty" ch:"String" class:"C1" doc:"Campaign content; the creative."`
	AdNetwork   string `json:"ad_network,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Ad network whose click id the landing page carried; the id itself is not kept."`
	Device      string `json:"device,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"mobile, tablet, desktop, server or other."`
	Bot         bool   `json:"bot,omitempty" ch:"Bool" class:"C1" doc:"A robot, by its user agent, its pace or its referrer: metrics leave it out of what people do and count it apart."`
	Network     string `json:"network,omitempty" ch:"String" class:"C3" doc:"The visitor's IP address cut to /24 (IPv4) or /48 (IPv6); empty where only a server's is known."`
	Locale      string `json:"locale,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"BCP 47 language tag."`
	Query       string `json:"query,omitempty" ch:"String" class:"C2" doc:"Search words."`
	Results     int64  `json:"results,omitempty" ch:"Int64" class:"C1" doc:"Number of search results."`
	Slot        string `json:"slot,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Promotion, list or recommendation slot."`
	Creative    string `json:"creative,omitempty" ch:"String" class:"C1" doc:"Creative or promotion id."`
	Impression  string `json:"impression_id,omitempty" ch:"String" class:"C1" doc:"Ties a click to its impression, where the sender knows it."`
	ProductID   string `json:"product_id,omitempty" ch:"String" class:"C1" doc:"Product of a product event."`
	SKU         string `json:"sku,omitempty" ch:"String" class:"C1" doc:"Stock keeping unit of a product event."`
	Category    string `json:"category,omitempty" ch:"String" class:"C1" doc:"Category path of a product event."`
	Price       Money  `json:"price,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Unit price of a product event."`
	Quantity    int64  `json:"quantity,omitempty" ch:"Int64" class:"C1" doc:"Units of a product event."`
	CartID      string `json:"cart_id,omitempty" ch:"String" class:"C2" doc:"Cart."`
	CheckoutID  string `json:"checkout_id,omitempty" ch:"String" class:"C2" doc:"Checkout."`
	OrderID     string `json:"order_id,omitempty" ch:"String" class:"C2" doc:"Order of a purchase."`
	Coupon      string `json:"coupon,omitempty" ch:"String" class:"C1" doc:"Coupon code."`
	Value       Money  `json:"value,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Money value of the event, in Currency."`
	Currency    string `json:"currency,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"ISO 4217 code of all money on the event."`
	Experiment  string `json:"experiment,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Experiment id of an exposure."`
	Variation   string `json:"variation,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Variation id of an exposure."`
	EngagedMS   int64  `json:"engaged_ms,omitempty" ch:"Int64" class:"C1" doc:"Engaged time of an engagement event, milliseconds."`
	Region      string `json:"region,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Region of the page that was clicked, as the page names it."`
	LoadMS      int64  `json:"load_ms,omitempty" ch:"Int64" class:"C1" doc:"Time until the page had loaded, milliseconds; 0 where not measured."`
	LCPMS       int64  `json:"lcp_ms,omitempty" ch:"Int64" class:"C1" doc:"Largest contentful paint, milliseconds; 0 where not measured."`
	INPMS       int64  `json:"inp_ms,omitempty" ch:"Int64" class:"C1" doc:"Interaction to next paint, milliseconds; 0 where nobody interacted."`
	CLSMilli    int64  `json:"cls_milli,omitempty" ch:"Int64" class:"C1" doc:"Cumulative layout shift, thousandths."`
	Server      bool   `json:"server,omitempty" ch:"Bool" class:"C1" doc:"Sent by a server: joins an open session, never opens or extends one."`
	Items       []Item `json:"items,omitempty" ch:"nested" class:"C1" doc:"Lines of a cart, checkout, list or purchase."`
}

// Person is who did it: the login where the event names one, else the visitor. So somebody counts as one person on all
// devices from the login on, and what was counted before stays as it was.
func (c *Click) Person() string { return cmp.Or(c.UserID, c.AnonymousID) }
