package agg

// Funnel is the progress of one visitor or session through ordered steps 1, 2, 3 and so on. Steps must come in order;
// others may lie between them, and each event is used once. Formula: ClickHouse's windowFunnel without a time limit,
// events in (time, offset) order.
type Funnel struct {
	Reached int8 // number of steps done
	At      [8]int64
}

// Step takes an event that is step number n (from 1), at event time ts in milliseconds; n = 0 is no step.
func (f *Funnel) Step(n int8, ts int64) {
	if n == f.Reached+1 && int(n) <= len(f.At) {
		f.At[f.Reached] = ts
		f.Reached = n
	}
}
