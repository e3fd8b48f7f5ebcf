package webhook

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"tidemark/schemas"
)

const sourceEasyPost = "easypost"

// easypost reads EasyPost's tracker events. The header X-Hmac-Signature is "hmac-sha256-hex=" and the HMAC-SHA256 of the
// body under the secret in normal form KD, as EasyPost's own Go client checks it.
func easypost() Provider {
	return Provider{
		Name: sourceEasyPost, Media: jsonMedia(), Limit: smallBody, Answer: Success{true},
		scheme: scheme{
			claims: func(r *Request) [][]byte {
				digits, ok := strings.CutPrefix(r.Header.Get("X-Hmac-Signature"), "hmac-sha256-hex=")
				if !ok {
					return nil
				}
				return hexClaim(digits)
			},
			mac: func(r *Request, secret string) []byte { return hmacSHA256(norm.NFKD.String(secret), r.Body) },
		},
		read: readEasyPost, Statuses: easyPostStatuses(),
	}
}

type easyPostEvent struct {
	Description text            `json:"description"`
	Mode        text            `json:"mode"`
	Result      easyPostTracker `json:"result"`
}

type easyPostTracker struct {
	Code      text           `json:"tracking_code"`
	Carrier   text           `json:"carrier"`
	Status    text           `json:"status"`
	UpdatedAt text           `json:"updated_at"`
	Expected  text           `json:"est_delivery_date"`
	Details   []easyPostScan `json:"tracking_details"`
	Carriers  struct {
		Origin      easyPostPlace `json:"origin_tracking_location"`
		Destination easyPostPlace `json:"destination_tracking_location"`
	} `json:"carrier_detail"`
}

type easyPostScan struct {
	Status text `json:"status"`
	At     text `json:"datetime"`
}

type easyPostPlace struct {
	Country text `json:"country"`
	State   text `json:"state"`
}

func readEasyPost(r *Request) (Delivery, *Fault) {
	var d Delivery
	event, f := decode[easyPostEvent](r.Body)
	switch {
	case f != nil:
		return d, f
	case event.Description != "tracker.created" && event.Description != "tracker.updated":
		return d, &Fault{UnknownTopic, "description is no event of a tracker"}
	case event.Mode == "test": // made-up parcels
		return d, nil
	}
	t := &event.Result
	from, to := t.Carriers.Origin, t.Carriers.Destination
	p := parcel{source: sourceEasyPost, carrier: string(t.Carrier), number: string(t.Code),
		region: regionCode(to.Country, to.State), lane: laneCode(from.Country, to.Country), latest: promise(time.UTC, t.Expected)}
	for _, detail := range t.Details {
		var b blame
		s := scan{b.time("datetime", time.UTC, detail.At), string(detail.Status)}
		if b.fault != nil {
			d.Faults = append(d.Faults, b.fault)
			continue
		}
		p.scans = append(p.scans, s)
	}
	p.state, p.dated = scan{newestOf(p.scans), string(t.Status)}, true
	if p.state.at == 0 {
		p.dated = false
		if p.state.at = maybeTime(time.UTC, t.UpdatedAt); p.state.at == 0 {
			p.state.at = r.Received
		}
	}
	d.addParcel(r, easyPostStatuses(), &p)
	return d, nil
}

func easyPostStatuses() []Status {
	return slices.Concat(
		same(schemas.ParcelPending, "", "unknown"),
		same(schemas.ParcelAnnounced, "", "pre_transit"),
		same(schemas.ParcelInTransit, "pick-up, transit and customs alike", "in_transit"),
		same(schemas.ParcelOutForDelivery, "", "out_for_delivery"),
		same(schemas.ParcelReadyForPickup, "", "available_for_pickup"),
		same(schemas.ParcelAttemptFailed, "ambiguous: EasyPost does not say what failed", "failure"),
		same(schemas.ParcelDelivered, "", "delivered"),
		same(schemas.ParcelReturning, "refused or not, on the way back or there", "return_to_sender"),
		same(schemas.ParcelUnknown, "of the label or the tracker, not of the parcel", "cancelled", "error"),
	)
}
