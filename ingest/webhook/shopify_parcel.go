package webhook

import (
	"slices"
	"strings"
	"time"

	"tidemark/schemas"
)

type shopifyFulfillment struct {
	ID          text `json:"id"`
	OrderID     text `json:"order_id"`
	Status      text `json:"status"`
	Shipment    text `json:"shipment_status"`
	CreatedAt   text `json:"created_at"`
	UpdatedAt   text `json:"updated_at"`
	Destination struct {
		Country  text `json:"country_code"`
		Province text `json:"province_code"`
	} `json:"destination"`
}

// shopifyParcel is a parcel by its fulfillment. Its scans (fulfillment_events) name neither carrier nor tracking number,
// so the fulfillment's id is the identity in both.
func shopifyParcel(fulfillment, order, country, province text) parcel {
	return parcel{source: sourceShopify, carrier: sourceShopify, number: string(fulfillment), order: string(order), region: regionCode(country, province)}
}

// readShopifyFulfillment ties a parcel to its order, with the state that the fulfillment has: one event for each state.
func readShopifyFulfillment(r *Request) (d Delivery, f *Fault) {
	ful, f := decode[shopifyFulfillment](r.Body)
	if f != nil {
		return d, f
	}
	var b blame
	code := string(ful.Shipment)
	if code == "" {
		switch code = string(ful.Status); code {
		case "", "pending", "open", "success": // Shopify's default while nothing else is known
			code = "confirmed"
		}
	}
	p := shopifyParcel(ful.ID, ful.OrderID, ful.Destination.Country, ful.Destination.Province)
	p.state = scan{b.time("updated_at", time.UTC, ful.UpdatedAt, ful.CreatedAt), code}
	if b.fault == nil {
		d.addParcel(r, shopifyStatuses(), &p)
	}
	return d, b.fault
}

type shopifyScan struct {
	ID          text `json:"id"`
	Fulfillment text `json:"fulfillment_id"`
	OrderID     text `json:"order_id"`
	Status      text `json:"status"`
	HappenedAt  text `json:"happened_at"`
	CreatedAt   text `json:"created_at"`
	Expected    text `json:"estimated_delivery_at"`
}

// readShopifyScan reads one event of a fulfillment. The place it tells is the carrier's, not the buyer's.
func readShopifyScan(r *Request) (d Delivery, f *Fault) {
	s, f := decode[shopifyScan](r.Body)
	if f != nil {
		return d, f
	}
	var b blame
	p := shopifyParcel(s.Fulfillment, s.OrderID, "", "")
	p.scans = []scan{{b.time("happened_at", time.UTC, s.HappenedAt, s.CreatedAt), strings.ToLower(b.id("status", s.Status))}}
	p.latest = promise(time.UTC, s.Expected)
	if b.fault == nil {
		d.addParcel(r, shopifyStatuses(), &p)
	}
	return d, b.fault
}

// shopifyStatuses are FulfillmentEventStatus in the small letters of REST, and what a fulfillment itself can be.
func shopifyStatuses() []Status {
	return slices.Concat(
		same(schemas.ParcelPending, "", "confirmed"),
		same(schemas.ParcelAnnounced, "", "label_purchased", "label_printed"),
		same(schemas.ParcelPickedUp, "", "carrier_picked_up"),
		same(schemas.ParcelInTransit, "", "in_transit"),
		same(schemas.ParcelOutForDelivery, "", "out_for_delivery"),
		same(schemas.ParcelReadyForPickup, "", "ready_for_pickup"),
		same(schemas.ParcelAttemptFailed, "", "attempted_delivery"),
		same(schemas.ParcelDelivered, "", "delivered"),
		same(schemas.ParcelDelivered, "by the buyer", "picked_up"),
		same(schemas.ParcelReturning, "unstable API only", "returning_to_sender"),
		same(schemas.ParcelDelayed, "", "delayed"),
		same(schemas.ParcelUnknown, "of the fulfillment, not of the parcel", "failure", "cancelled", "error"),
	)
}
