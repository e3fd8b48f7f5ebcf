package schemas

// Types of logistics events: the states that carriers' codes are mapped to. Unknown codes are ParcelUnknown.
const (
	ParcelPending        = "pending"
	ParcelAnnounced      = "announced"
	ParcelPickedUp       = "picked_up"
	ParcelInTransit      = "in_transit"
	ParcelCustoms        = "customs"
	ParcelOutForDelivery = "out_for_delivery"
	ParcelReadyForPickup = "ready_for_pickup"
	ParcelAttemptFailed  = "attempt_failed"
	ParcelDelivered      = "delivered"
	ParcelRefused        = "refused"
	ParcelReturning      = "returning"
	ParcelReturned       = "returned"
	ParcelDelayed        = "delayed"
	ParcelStalled        = "stalled"
	ParcelUnknown        = "unknown"
)

// Parcel is one scan or state of a parcel, keyed by carrier and tracking number.
type Parcel struct {
	Envelope
	Carrier       string `json:"carrier" ch:"LowCardinality(String)" class:"C1" doc:"Carrier code."`
	TrackingID    string `json:"tracking_id" ch:"String" class:"C2" doc:"Tracking number; carriers reuse them, so identity also needs the first time seen."`
	OrderID       string `json:"order_id,omitempty" ch:"String" class:"C2" doc:"Order shipped, where known."`
	RawStatus     string `json:"raw_status,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"The carrier's or aggregator's own code."`
	Warehouse     string `json:"warehouse,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Warehouse that shipped it."`
	Region        string `json:"region,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Destination region, never an address."`
	Lane          string `json:"lane,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"Origin and destination, for example cn-de."`
	PaidAt        Millis `json:"paid_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"When the order was paid; 0 where unknown."`
	PickedUpAt    Millis `json:"picked_up_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"First carrier scan; 0 where unknown."`
	PromisedAt    Millis `json:"promised_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"Original delivery promise; 0 where unknown."`
	LatestPromise Millis `json:"latest_promise,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"Latest delivery promise; 0 where unknown."`
	RequestedAt   Millis `json:"requested_at,omitempty" ch:"DateTime64(3, 'UTC')" class:"C1" doc:"Date the buyer asked for; 0 where unknown."`
	WeightGrams   int64  `json:"weight_g,omitempty" ch:"Int64" class:"C1" doc:"Weight, grams."`
	Cost          Money  `json:"cost,omitempty" ch:"Decimal(38, 6)" class:"C2" doc:"Transport cost, in Currency."`
	Currency      string `json:"currency,omitempty" ch:"LowCardinality(String)" class:"C1" doc:"ISO 4217 code of Cost."`
}
