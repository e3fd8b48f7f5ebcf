package webhook

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tidemark/schemas"
)

const sourceAfterShip = "aftership"

// aftership reads the webhooks of AfterShip Tracking: header aftership-hmac-sha256, body {event, ts, msg}, as its pages
// "Webhook signature" and "Webhook specifications" say, and sub-tags as "Delivery sub-statuses" lists them.
func aftership() Provider {
	return Provider{
		Name: sourceAfterShip, Media: jsonMedia(), Limit: smallBody, Answer: Success{true},
		scheme: base64Header("aftership-hmac-sha256"), read: readAfterShip, Statuses: afterShipStatuses(),
	}
}

type afterShipBody struct {
	Event text              `json:"event"`
	TS    int64             `json:"ts"` // Unix seconds
	Msg   afterShipTracking `json:"msg"`
}

type afterShipTracking struct {
	Slug        text `json:"slug"`
	Number      text `json:"tracking_number"`
	OrderID     text `json:"order_id"`
	Tag         text `json:"tag"`
	Subtag      text `json:"subtag"`
	Expected    text `json:"expected_delivery"`
	Origin      text `json:"origin_country_iso3"`
	Destination text `json:"destination_country_iso3"`
	State       text `json:"destination_state"`
	First       struct {
		At text `json:"datetime"`
	} `json:"first_estimated_delivery"`
	Latest struct {
		At text `json:"datetime"`
	} `json:"latest_estimated_delivery"`
	Checkpoints []afterShipCheckpoint `json:"checkpoints"`
}

type afterShipCheckpoint struct {
	Tag       text `json:"tag"`
	Subtag    text `json:"subtag"`
	At        text `json:"checkpoint_time"`
	CreatedAt text `json:"created_at"`
}

func readAfterShip(r *Request) (Delivery, *Fault) {
	var d Delivery
	body, f := decode[afterShipBody](r.Body)
	if f != nil {
		return d, f
	}
	switch body.Event {
	case "tracking_update", "edd_revise", "tracking_pending_time":
	default:
		return d, &Fault{UnknownTopic, "event is none of AfterShip Tracking's"}
	}
	m := &body.Msg
	p := parcel{source: sourceAfterShip, carrier: string(m.Slug), number: string(m.Number), order: string(m.OrderID),
		region: regionCode(m.Destination, m.State), lane: laneCode(m.Origin, m.Destination),
		state: scan{r.Received, afterShipCode(m.Tag, m.Subtag)},
		first: promise(time.UTC, m.First.At), latest: promise(time.UTC, cmp.Or(m.Latest.At, m.Expected))}
	if body.TS > 0 {
		p.state.at = unixSeconds(body.TS)
	}
	for _, c := range m.Checkpoints {
		var b blame
		s := scan{c.time(&b), afterShipCode(c.Tag, c.Subtag)}
		switch {
		case b.fault != nil:
			d.Faults = append(d.Faults, b.fault)
		case s.code != "":
			p.scans = append(p.scans, s)
			if c.Tag == m.Tag { // the state is that checkpoint's; Pending and Expired are AfterShip's own
				p.state.code = ""
			}
		}
	}
	d.addParcel(r, afterShipStatuses(), &p)
	return d, nil
}

// time is a checkpoint's time. AfterShip gives the carrier's local time, without an offset where it does not know the
// zone; that is taken as UTC. East of Greenwich it then lies ahead, so it is held down to when AfterShip read it.
func (c *afterShipCheckpoint) time(b *blame) schemas.Millis {
	at := b.time("checkpoint_time", time.UTC, c.At)
	if _, zoned, _ := parseTime(c.At, time.UTC); zoned {
		return at
	}
	if read := maybeTime(time.UTC, c.CreatedAt); read > 0 {
		return min(at, read)
	}
	return at
}

// afterShipCode is the sub-tag where there is one. One that is not listed is as good as its tag, of which it is a finer
// kind; not so under Exception, which holds opposites.
func afterShipCode(tag, subtag text) string {
	if _, known := statusOf(afterShipStatuses(), string(subtag)); subtag != "" && (known || tag == "Exception") {
		return string(subtag)
	}
	if tag == "" {
		tag, _, _ := strings.Cut(string(subtag), "_")
		return tag
	}
	return string(tag)
}

func afterShipStatuses() []Status {
	return slices.Concat(
		same(schemas.ParcelPending, "", "Pending", "Pending_001", "Pending_002", "Pending_003", "Pending_004", "Pending_005", "Pending_006"),
		same(schemas.ParcelAnnounced, "", "InfoReceived", "InfoReceived_001"),
		same(schemas.ParcelInTransit, "", "InTransit", "InTransit_001", "InTransit_003", "InTransit_004", "InTransit_007", "InTransit_008", "InTransit_009"),
		same(schemas.ParcelPickedUp, "accepted by the carrier", "InTransit_002"),
		same(schemas.ParcelCustoms, "customs cleared, handed over to customs, delayed there", "InTransit_005", "InTransit_006", "Exception_004"),
		same(schemas.ParcelOutForDelivery, "", "OutForDelivery", "OutForDelivery_001", "OutForDelivery_003", "OutForDelivery_004"),
		same(schemas.ParcelReadyForPickup, "", "AvailableForPickup", "AvailableForPickup_001"),
		same(schemas.ParcelAttemptFailed, "", "AttemptFail", "AttemptFail_001", "AttemptFail_002", "AttemptFail_003"),
		same(schemas.ParcelDelivered, "", "Delivered", "Delivered_001", "Delivered_002", "Delivered_003"),
		same(schemas.ParcelDelivered, "cash collected", "Delivered_004"),
		same(schemas.ParcelDelivered, "to a neighbour", "Delivered_005"),
		same(schemas.ParcelRefused, "", "Exception_003"),
		same(schemas.ParcelReturning, "", "Exception_010"),
		same(schemas.ParcelReturned, "", "Exception_011"),
		same(schemas.ParcelDelayed, "external, processing, weather", "Exception_005", "Exception_016", "Exception_017"),
		same(schemas.ParcelStalled, "30 days without news", "Expired", "Expired_001"),
		same(schemas.ParcelUnknown, "held, lost, damaged and the like: none of our states", "Exception", "Exception_001", "Exception_002", "Exception_006",
			"Exception_007", "Exception_008", "Exception_009", "Exception_012", "Exception_013", "Exception_014", "Exception_015", "Exception_018"),
	)
}
