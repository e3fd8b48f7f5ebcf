package schemas

import "slices"

// The vocabularies of the families, frequent types first (see Envelope.check). They are never changed.
var (
	clickTypes = []string{
		ClickPageView, ClickViewItem, ClickViewPromotion, ClickViewItemList, ClickSelectPromotion, ClickSelectItem,
		ClickEngagement, ClickAddToCart, ClickSearch, ClickViewCart, ClickBeginCheckout, ClickAddPaymentInfo,
		ClickPurchase, ClickAddShippingInfo, ClickRemoveFromCart, ClickAddToWishlist, ClickIdentify,
		ClickExperimentViewed, ClickCoupon, ClickElement, ClickWebVitals, ClickJSError, ClickCustom,
	}
	orderTypes = []string{
		OrderPlaced, OrderPaid, OrderUpdated, OrderFulfilled, OrderCancelled, OrderRefundRequest, OrderRefunded,
		OrderPaymentFailed, OrderPaymentOK,
	}
	parcelTypes = []string{
		ParcelInTransit, ParcelPickedUp, ParcelDelivered, ParcelOutForDelivery, ParcelAnnounced, ParcelPending,
		ParcelCustoms, ParcelReadyForPickup, ParcelAttemptFailed, ParcelRefused, ParcelReturning, ParcelReturned,
		ParcelDelayed, ParcelStalled, ParcelUnknown,
	}
	spendTypes  = []string{MarketingSpend, MarketingPromotion, MarketingCoupon}
	stockTypes  = []string{StockLevel, StockReceipt, StockOrdered, PriceChange}
	ticketTypes = []string{
		TicketOpened, TicketAnswered, TicketSolved, ReviewPosted, DisputeOpened, DisputeResolved, OpsChange,
	}
)

// Types lists the types of events that a family knows, sorted; an unknown family has none.
func Types(family string) []string {
	lists := map[string][]string{
		Clickstream.Name: clickTypes, Orders.Name: orderTypes, Logistics.Name: parcelTypes,
		Marketing.Name: spendTypes, Inventory.Name: stockTypes, Service.Name: ticketTypes,
	}
	return slices.Sorted(slices.Values(lists[family]))
}
