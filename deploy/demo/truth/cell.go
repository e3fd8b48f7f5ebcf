package truth

import "time"

// Measure is one figure that the simulator keeps.
type Measure string

// The measures. Money is in micro-units of the shop's currency.
const (
	Views   Measure = "views"   // page views of people
	Robots  Measure = "robots"  // page views of robots
	Shown   Measure = "shown"   // promotion impressions
	Clicked Measure = "clicked" // promotion clicks
	Orders  Measure = "orders"  // orders placed
	GMV     Measure = "gmv"     // ordered amount
	Paid    Measure = "paid"    // paid amount
)

// Key names a cell: one minute (UTC, milliseconds of its start) of one shop in one measure.
type Key struct {
	Minute  int64   `json:"t"`
	Shop    string  `json:"s"`
	Measure Measure `json:"m"`
}

// At returns the key of the minute that holds the instant.
func At(at time.Time, shop string, m Measure) Key {
	return Key{Minute: at.Truncate(time.Minute).UnixMilli(), Shop: shop, Measure: m}
}

// Count is what a cell holds, by certainty.
type Count struct {
	Sure  int64 `json:"sure,omitempty"`
	Maybe int64 `json:"maybe,omitempty"`
	Late  int64 `json:"late,omitempty"`
	// LateAt is when the newest of the late ones was acknowledged, Unix milliseconds.
	LateAt int64 `json:"late_at,omitempty"`
}

// Holds reports whether the value is possible.
func (c Count) Holds(v int64) bool { return c.Sure <= v && v <= c.Sure+c.Maybe }

func (c Count) plus(o Count) Count {
	return Count{Sure: c.Sure + o.Sure, Maybe: c.Maybe + o.Maybe, Late: c.Late + o.Late, LateAt: max(c.LateAt, o.LateAt)}
}

// Fact is what one event adds: N in each of its measures, in the minute in which it happened.
type Fact struct {
	At   time.Time
	Shop string
	Adds []Add
}

// Add is N in one measure.
type Add struct {
	Measure Measure
	N       int64
}

// Bounds decides on certainty.
type Bounds struct {
	OnTime time.Duration // acknowledged within this after the event: sure
	Late   time.Duration // first sent later than this after the event: late
}

func (b Bounds) of(n int64, at, sent, acked time.Time) Count {
	switch {
	case acked.Sub(at) < b.OnTime:
		return Count{Sure: n}
	case sent.Sub(at) > b.Late:
		return Count{Late: n, LateAt: acked.UnixMilli()}
	}
	return Count{Maybe: n}
}
