package webhook

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"time"

	"tidemark/schemas"
)

const source17Track = "17track"

// track17 reads the webhooks of 17TRACK's tracking API, version 2. The header sign is the SHA-256, in hexadecimal digits,
// of the body, a slash and the account's key. That is known from its documentation and from public clients only; it has
// not been tried against a delivery of 17TRACK's. Statuses are those of its help article 37471096573337.
func track17() Provider {
	return Provider{
		Name: source17Track, Media: jsonMedia(), Limit: smallBody, Answer: Success{true},
		scheme: scheme{
			claims: func(r *Request) [][]byte { return hexClaim(r.Header.Get("sign")) },
			mac: func(r *Request, secret string) []byte {
				h := sha256.New()
				h.Write(r.Body)
				h.Write([]byte("/" + secret))
				return h.Sum(nil)
			},
		},
		read: read17Track, Statuses: track17Statuses(),
	}
}

type track17Body struct {
	Event text `json:"event"`
	Data  struct {
		Number  text        `json:"number"`
		Carrier text        `json:"carrier"` // 17TRACK's number of the carrier
		Info    track17Info `json:"track_info"`
	} `json:"data"`
}

type track17Info struct {
	Shipping struct {
		From track17Address `json:"shipper_address"`
		To   track17Address `json:"recipient_address"`
	} `json:"shipping_info"`
	Status struct {
		Main text `json:"status"`
		Sub  text `json:"sub_status"`
	} `json:"latest_status"`
	Latest  track17Event `json:"latest_event"`
	Metrics struct {
		Expected struct {
			To text `json:"to"`
		} `json:"estimated_delivery_date"`
	} `json:"time_metrics"`
	Tracking struct {
		Providers []struct {
			Events []track17Event `json:"events"`
		} `json:"providers"`
	} `json:"tracking"`
}

type track17Address struct {
	Country text `json:"country"`
	State   text `json:"state"`
}

type track17Event struct {
	UTC   text `json:"time_utc"`
	ISO   text `json:"time_iso"`
	Sub   text `json:"sub_status"`
	Stage text `json:"stage"`
}

func read17Track(r *Request) (Delivery, *Fault) {
	var d Delivery
	body, f := decode[track17Body](r.Body)
	switch {
	case f != nil:
		return d, f
	case body.Event == "TRACKING_STOPPED": // 17TRACK no longer looks; it says nothing of the parcel
		return d, nil
	case body.Event != "TRACKING_UPDATED":
		return d, &Fault{UnknownTopic, "event is none of 17TRACK's"}
	}
	info := &body.Data.Info
	p := parcel{source: source17Track, carrier: string(body.Data.Carrier), number: string(body.Data.Number),
		region: regionCode(info.Shipping.To.Country, info.Shipping.To.State), lane: laneCode(info.Shipping.From.Country, info.Shipping.To.Country),
		latest: promise(time.UTC, info.Metrics.Expected.To)}
	for _, carrier := range info.Tracking.Providers { // a parcel that changes hands has two
		for _, e := range carrier.Events {
			var b blame
			s := scan{b.time("time_utc", time.UTC, e.UTC, e.ISO), string(cmp.Or(e.Sub, e.Stage))}
			switch {
			case b.fault != nil:
				d.Faults = append(d.Faults, b.fault)
			case s.code != "": // most lines are bare text; what they amount to stands in latest_status
				p.scans = append(p.scans, s)
			}
		}
	}
	p.state, p.dated = scan{maybeTime(time.UTC, cmp.Or(info.Latest.UTC, info.Latest.ISO)), string(cmp.Or(info.Status.Sub, info.Status.Main))}, true
	if p.state.at == 0 {
		p.state.at, p.dated = r.Received, false
	}
	d.addParcel(r, track17Statuses(), &p)
	return d, nil
}

// track17Statuses are the 9 main statuses, the 30 sub-statuses, and the stages of single lines.
func track17Statuses() []Status {
	return slices.Concat(
		same(schemas.ParcelPending, "", "NotFound", "NotFound_Other", "NotFound_InvalidCode"),
		same(schemas.ParcelAnnounced, "", "InfoReceived"),
		same(schemas.ParcelPickedUp, "", "InTransit_PickedUp"),
		same(schemas.ParcelPickedUp, "stage of a line", "PickedUp"),
		same(schemas.ParcelInTransit, "", "InTransit", "InTransit_Other", "InTransit_Departure", "InTransit_Arrival"),
		same(schemas.ParcelInTransit, "stage of a line", "Departure", "Arrival"),
		same(schemas.ParcelCustoms, "", "InTransit_CustomsProcessing", "InTransit_CustomsReleased", "InTransit_CustomsRequiringInformation"),
		same(schemas.ParcelStalled, "", "Expired", "Expired_Other"),
		same(schemas.ParcelReadyForPickup, "", "AvailableForPickup", "AvailableForPickup_Other"),
		same(schemas.ParcelOutForDelivery, "", "OutForDelivery", "OutForDelivery_Other"),
		same(schemas.ParcelAttemptFailed, "", "DeliveryFailure_NoBody", "DeliveryFailure_Security", "DeliveryFailure_InvalidAddress"),
		same(schemas.ParcelRefused, "", "DeliveryFailure_Rejected"),
		same(schemas.ParcelDelivered, "", "Delivered", "Delivered_Other"),
		same(schemas.ParcelReturning, "", "Exception_Returning"),
		same(schemas.ParcelReturning, "stage of a line", "Returning"),
		same(schemas.ParcelReturned, "", "Exception_Returned"),
		same(schemas.ParcelReturned, "stage of a line", "Returned"),
		same(schemas.ParcelUnknown, "refused, address, customs or other: not told apart", "DeliveryFailure", "DeliveryFailure_Other"),
		same(schemas.ParcelUnknown, "held, lost, damaged and the like: none of our states", "Exception", "Exception_Other", "Exception_NoBody", "Exception_Security",
			"Exception_Damage", "Exception_Rejected", "Exception_Delayed", "Exception_Lost", "Exception_Destroyed", "Exception_Cancel"),
	)
}
