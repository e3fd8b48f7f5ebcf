package webhook

import (
	"strconv"
	"strings"

	"tidemark/schemas"
)

// parcel is what one delivery says of a parcel: all its scans so far, and how it stands.
type parcel struct {
	source, carrier, number string
	order, region, lane     string
	scans                   []scan
	state                   scan           // how the provider itself says that it stands; no code where it does not
	dated                   bool           // the state's time is a scan's, so every delivery says the same
	first, latest           schemas.Millis // promised delivery, the original one and the present one; 0 where unknown
}

// scan is one line of a parcel's history.
type scan struct {
	at   schemas.Millis
	code string // the provider's
}

// rawPromise is the raw_status of an event that carries a promise and no news.
const rawPromise = "promise"

// addParcel adds an event for each scan, one for the provider's own state where no scan says it, and one for the promise.
//
// A scan's id is made of the parcel, its time, its code and its place among equal ones, so that any number of deliveries
// in any order give one event for each. The promise does not stand on the scans, since it changes while they do not: it
// is an event of its own, at the time of the newest scan, as ParcelPending, which in the view of parcels gives way to
// every other state.
func (d *Delivery) addParcel(r *Request, statuses []Status, p *parcel) {
	var b blame
	p.carrier = strings.ToLower(b.id("carrier", text(p.carrier)))
	b.id("tracking number", text(p.number))
	if b.fault != nil {
		d.Faults = append(d.Faults, b.fault)
		return
	}
	seen, told := map[scan]int{}, map[string]bool{}
	for _, s := range p.scans {
		eventType, known := statusOf(statuses, s.code)
		if told[eventType] = true; !known {
			d.Unknown++
		}
		seen[s]++
		d.Parcels = append(d.Parcels, p.event(r, eventType, s, "scan", s.at.String(), s.code, strconv.Itoa(seen[s])))
	}
	newest := newestOf(p.scans)
	if newest == 0 {
		newest = p.state.at
	}
	if eventType, known := statusOf(statuses, p.state.code); p.state.code != "" && !told[eventType] {
		if !known {
			d.Unknown++
		}
		id := []string{"state", p.state.code}
		if p.dated {
			id = append(id, p.state.at.String())
		}
		d.Parcels = append(d.Parcels, p.event(r, eventType, p.state, id...))
	}
	if p.latest > 0 {
		e := p.event(r, schemas.ParcelPending, scan{newest, rawPromise}, rawPromise, newest.String(), p.first.String(), p.latest.String())
		e.PromisedAt, e.LatestPromise = p.latest, p.latest
		if p.first > 0 {
			e.PromisedAt = p.first
		}
		d.Parcels = append(d.Parcels, e)
	}
}

// event makes one event; id tells it from the parcel's others.
func (p *parcel) event(r *Request, eventType string, s scan, id ...string) *schemas.Parcel {
	stable := schemas.StableID(append([]string{r.Shop, p.source, p.carrier, p.number}, id...)...)
	return &schemas.Parcel{
		Envelope: r.envelope(p.source, eventType, stable, s.at),
		Carrier:  p.carrier, TrackingID: p.number, OrderID: p.order, RawStatus: s.code, Region: p.region, Lane: p.lane,
	}
}

// regionCode joins the codes of country and province. A province that is written out is left away: names are spelt in
// many ways, and some providers put a city there.
func regionCode(country, province text) string {
	c, p := strings.ToUpper(string(country)), strings.ToUpper(string(province))
	switch {
	case !letters(c):
		return ""
	case letters(p):
		return c + "-" + p
	}
	return c
}

// laneCode joins the codes of two countries.
func laneCode(from, to text) string {
	if !letters(string(from)) || !letters(string(to)) {
		return ""
	}
	return strings.ToLower(string(from) + "-" + string(to))
}

// letters says whether s may be the code of a country or a province.
func letters(s string) bool {
	for _, c := range s {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return len(s) == 2 || len(s) == 3
}

// newestOf returns the latest time of some scans, 0 where there are none.
func newestOf(scans []scan) (at schemas.Millis) {
	for _, s := range scans {
		at = max(at, s.at)
	}
	return at
}
