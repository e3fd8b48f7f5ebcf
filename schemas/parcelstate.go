package schemas

import (
	"fmt"
	"strings"
	"time"
)

// reuseAfter is how long a tracking number must be silent before its next scan belongs to a new parcel: carriers use
// numbers again, the soonest after some months, and give up on a parcel without news after two.
const reuseAfter = 90 * 24 * time.Hour

// parcelRanks are the states of a parcel in the order in which they may follow each other; among those of one rank the
// latest holds. What is not known has no rank.
func parcelRanks() [][]string {
	return [][]string{
		{ParcelPending}, {ParcelAnnounced}, {ParcelPickedUp}, {ParcelInTransit, ParcelCustoms, ParcelDelayed, ParcelStalled},
		{ParcelOutForDelivery, ParcelReadyForPickup, ParcelAttemptFailed}, {ParcelDelivered, ParcelRefused}, {ParcelReturning}, {ParcelReturned},
	}
}

// parcelsView has one row per parcel: carrier, tracking number and first scan.
func parcelsView() View {
	is := func(t string) string { return "e.type = " + quoteSQL(t) }
	ranked := rank(parcelRanks())
	promise := "if(" + known("e.latest_promise") + ", e.latest_promise, e.promised_at)"
	columns := []string{
		"e.shop AS shop", "e.carrier AS carrier", "e.tracking_id AS tracking_id", "e.first_at AS first_at", "max(e.at) AS latest_at",
		"argMax(e.type, (" + ranked + ", e.at, e.place)) AS state",
		"argMax(e.at, (" + ranked + ", e.at, e.place)) AS state_at",
		"if(countIf(" + is(ParcelPickedUp) + ") > 0, minIf(e.at, " + is(ParcelPickedUp) + "), minIf(e.picked_up_at, " + known("e.picked_up_at") + ")) AS picked_up_at",
		"minIf(e.at, " + is(ParcelDelivered) + ") AS delivered_at",
		first("e.promised_at", known("e.promised_at")) + " AS promised_at",
		latest(promise, known(promise)) + " AS latest_promise",
		latest("e.requested_at", known("e.requested_at")) + " AS requested_at",
	}
	for _, c := range []string{"order_id", "warehouse", "region", "lane"} {
		columns = append(columns, first("e."+c, "e."+c+" != ''")+" AS "+c)
	}
	scan := []string{"type", "order_id", "warehouse", "region", "lane", "picked_up_at", "promised_at", "latest_promise", "requested_at"}
	return View{
		Name: "v_parcels",
		Doc: "Every parcel as it is now: its state by rank and then time, its original promise (the first one given) and the latest. " +
			fmt.Sprintf("A tracking number that was silent for %d days belongs to a new parcel. Times that are not known are 0.", int(reuseAfter.Hours()/24)),
		SQL: "SELECT " + strings.Join(columns, ",\n  ") + "\nFROM (\n" + lives(scan) + "\n) AS e\nGROUP BY e.shop, e.carrier, e.tracking_id, e.first_at",
	}
}

// lives gives every scan the first one of its parcel: the scans of a tracking number, cut where it was silent.
func lives(scan []string) string {
	inner := onceEach(Logistics, []string{"shop", "carrier", "tracking_id"}, "", scan...)
	var back []string
	for i, c := range scan {
		back = append(back, fmt.Sprintf("s.%d AS %s", i+3, c))
	}
	return "SELECT shop, carrier, tracking_id, life[1].1 AS first_at, s.1 AS at, s.2 AS place, " + strings.Join(back, ", ") + "\nFROM (\n" +
		"  SELECT shop, carrier, tracking_id, arrayJoin(arraySplit((s, gap) -> gap > " + fmt.Sprint(reuseAfter.Milliseconds()) + ",\n" +
		"    arraySort(s -> (s.1, s.2), groupArray((at, place, " + strings.Join(scan, ", ") + "))) AS scans,\n" +
		"    arrayDifference(arrayMap(s -> toUnixTimestamp64Milli(s.1), scans)))) AS life\n" +
		"  FROM (\n  " + inner + "\n  )\n  GROUP BY shop, carrier, tracking_id\n)\nARRAY JOIN life AS s"
}
