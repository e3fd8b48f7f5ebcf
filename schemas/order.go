package schemas

// Types of order events. One sender's event may yield several (Segment's Order Completed is placed and paid).
const (
	OrderPlaced        = "order_placed"
	OrderPaid          = "order_paid"
	OrderUpdated       = "order_updated"
	OrderCancelled     = "order_cancelled"
	OrderRefundRequest = "refund_requested"
	OrderRefunded      = "order_refunded"
	OrderFulfilled     = "order_fulfilled"
	OrderPaymentFailed = "payment_failed"    // one attempt to pay, refused
	OrderPaymentOK     = "payment_succeeded" // one attempt to pay, as the payment provider saw it; that the order is paid is the shop's to say
)

// Order is one event in the life of an order, keyed by order id.
type Order struct {
	Envelope
	OrderID           string   `json:"order_id" ch:"String" class:"C2" doc:"Order id of the shop. Key of the partition."`
	CheckoutID        string   `json:"checkout_id,omitempty" ch:"String" class:"C2" doc:"Checkout."`
	CartID            string   `json:"cart_id,omitempty" ch:"String" class:"C2" doc:"Cart."`
	Buyer             string   `json:"buyer,omitempty" ch:"String" class:"C3" doc:"Buyer: login id, else the visitor's anonymous id."`
	AnonymousID       string   `json:"anonymous_id,omitempty" ch:"String" class:"C3" doc:"Visitor, where known."`
	Channel           string   `json:"channel,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Channel group."`
	Campaign          string   `json:"campaign,omitempty" ch:"String" class:"C1" doc:"Campaign name."`
	Network           string   `json:"network,omitempty" ch:"String" class:"C3" doc:"The buyer's IP address cut to /24 (IPv4) or /48 (IPv6); empty where unknown."`
	Device            string   `json:"device,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Device class."`
	Currency          string   `json:"currency" ch:"LowCardinality(String)" class:"C1" doc:"ISO 4217 code of all money on the event."`
	Total             Money    `json:"total,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Amount with shipping and tax; the ordered or paid amount."`
	Subtotal          Money    `json:"subtotal,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"After discount, without shipping and tax."`
	Revenue           Money    `json:"revenue,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Without shipping and tax, as the sender gives it."`
	Shipping          Money    `json:"shipping,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Freight."`
	Tax               Money    `json:"tax,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Tax."`
	Discount          Money    `json:"discount,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Discount, positive."`
	Refund            Money    `json:"refund,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Amount of a refund, positive."`
	ReportingCurrency string   `json:"reporting_currency,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"The shop's reporting currency, where a rate is known."`
	ReportingTotal    Money    `json:"reporting_total,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Total in the reporting currency, at the rate of the day of the event."`
	ReportingRefund   Money    `json:"reporting_refund,omitempty" ch:"Decimal(38, 6)" class:"C1" doc:"Refund in the reporting currency, at the rate of the day of the event."`
	Units             int64    `json:"units,omitempty" ch:"Int64" class:"C1" doc:"Sum of the lines' quantities."`
	Coupons           []string `json:"coupons,omitempty" ch:"Array(String)" class:"C1" doc:"Coupon codes."`
	PaymentMethod     string   `json:"payment_method,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Payment method."`
	Reason            string   `json:"reason,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Reason code of a failure, cancellation or refund."`
	PlacedAt          Millis   `json:"placed_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"When the order was placed; 0 where unknown."`
	PaidAt            Millis   `json:"paid_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"When it was paid; 0 where unknown."`
	PromisedAt        Millis   `json:"promised_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"Original delivery promise; 0 where unknown."`
	Shadow            bool     `json:"shadow,omitempty" ch:"Bool" class:"C1" doc:"From a source that is not the shop's authoritative one for orders (for payments, of attempts to pay), or a test order: stored, never counted."`
	Items             []Item   `json:"items,omitempty" ch:"nested" class:"C1" doc:"Lines."`
}
