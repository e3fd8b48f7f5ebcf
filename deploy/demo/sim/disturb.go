package sim

import "time"

// Delays that the simulator puts between an event and its delivery. Those on time stay well inside every metric's
// lateness; the late ones lie well outside of it.
const (
	mostDelay  = 20 * time.Second
	lateAfter  = 5 * time.Minute
	lateSpread = 3 * time.Minute
)

// disturb decides when an event is delivered: mostly within a second, one in ten up to 20 s later, one page view in 400
// long after its window has closed, and one event in 70 twice. Orders are never late: a shop's server waits for nobody.
func (v *visit) disturb(e *event) {
	e.delay = time.Duration(v.rng.Float64() * float64(800*time.Millisecond))
	if v.chance(0.1) {
		e.delay = time.Duration(v.rng.Float64() * float64(mostDelay))
	}
	if e.way == browser && v.chance(0.0025) {
		e.delay = lateAfter + time.Duration(v.rng.Float64()*float64(lateSpread))
		return
	}
	if v.chance(0.015) {
		e.copyAfter = time.Second + time.Duration(v.rng.Float64()*float64(mostDelay))
	}
}
