package webhook

import (
	"time"

	"tidemark/schemas"
)

// chinaTime is the zone of times that 快递100 gives without one. China has one zone and no summer time.
func chinaTime() *time.Location { return time.FixedZone("CST", 8*60*60) }

// parseTime reads a time in RFC 3339, or one without zone as of the zone given; zoned says which.
func parseTime(t text, zone *time.Location) (at schemas.Millis, zoned, ok bool) {
	if at, err := schemas.ParseTime(string(t)); err == nil {
		return at, true, true
	}
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(form, string(t), zone); err == nil {
			return schemas.MillisOf(at), false, true
		}
	}
	return 0, false, false
}

// time returns the first of some times that is given, all of the same zone where they name none.
func (b *blame) time(field string, zone *time.Location, times ...text) schemas.Millis {
	for _, t := range times {
		if t == "" {
			continue
		}
		at, _, ok := parseTime(t, zone)
		if !ok {
			b.say(BadTime, field+" is no time")
		}
		return at
	}
	b.say(BadTime, "no "+field)
	return 0
}

// maybeTime is time for what may be left out: 0 then, and where it cannot be read.
func maybeTime(zone *time.Location, t text) schemas.Millis {
	at, _, _ := parseTime(t, zone)
	return at
}

// unixSeconds converts seconds since 1970. What no clock shows is held to the ends of what can be multiplied, and refused
// as a time that cannot be true; wrapped around, it could look like one.
func unixSeconds(s int64) schemas.Millis {
	const most = 1 << 50
	return schemas.Millis(max(-most, min(most, s))) * 1000
}

// promise reads an expected time of delivery. A bare day, or midnight, which is how providers write a bare day, means any
// time of that day, so it ends with it: a parcel delivered at noon of the promised day is on time.
func promise(zone *time.Location, t text) schemas.Millis {
	at := maybeTime(zone, t)
	local := string(t)
	if at > 0 && (len(local) == len(time.DateOnly) || len(local) >= 19 && local[11:19] == "00:00:00") {
		at += schemas.Millis(24*time.Hour/time.Millisecond) - 1
	}
	return at
}
