package window

// Clock is the event time of one partition: M, the highest event time seen. It only moves with the log.
type Clock struct {
	M int64
}

// EventTime is the time of a record for every rule of windows: when it happened, but never after it was appended, so
// that a clock set to 2099 closes nobody's windows.
func EventTime(occurred, appended int64) int64 { return min(occurred, appended) }

// See moves M up to ts.
func (c *Clock) See(ts int64) { c.M = max(c.M, ts) }

// Watermark is the time before which nothing more is expected: M less the lateness.
func (c *Clock) Watermark(lateness int64) int64 { return c.M - lateness }
