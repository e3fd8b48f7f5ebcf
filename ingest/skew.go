package ingest

import "tidemark/schemas"

const (
	// skewTolerance is how far a sender's clock may be off before its times are corrected. Below it the sender's time
	// stands, so that a repeated request carries the same time.
	skewTolerance schemas.Millis = 10_000
	// maxAhead is how far after its arrival an event may claim to have happened.
	maxAhead schemas.Millis = 5 * 60_000
	// maxAge is how old an event may say that it is, in milliseconds: a year.
	maxAge schemas.Millis = 366 * 24 * 3_600_000
	// oldest is 2000-01-01: an earlier time is a clock that was never set, or a wrong unit.
	oldest schemas.Millis = 946_684_800_000
	// newest is 9999-12-31: beyond it a time is a wrong unit.
	newest schemas.Millis = 253_402_214_400_000
)

// occurredAt is when the event happened by the collector's clock: the sender's own time, moved by the difference of the
// two clocks only where that exceeds skewTolerance. sent is when the sender says it sent the request, 0 where unknown.
func occurredAt(received, sent, original schemas.Millis) (at schemas.Millis, corrected bool) {
	if !plausible(sent) || !plausible(original) {
		return original, false
	}
	skew := received - sent
	if skew >= -skewTolerance && skew <= skewTolerance {
		return original, false
	}
	return original + skew, true
}

// checkTime refuses times that cannot be true.
func checkTime(received, at schemas.Millis) *fault {
	switch {
	case at < oldest:
		return &fault{KindBadTime, "time before 2000-01-01"}
	case at > received+maxAhead:
		return &fault{KindBadTime, "time more than 5 min ahead of its arrival"}
	}
	return nil
}

func plausible(t schemas.Millis) bool { return t >= oldest && t <= newest }
