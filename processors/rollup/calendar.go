package rollup

import (
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// period is one day or month of a shop: from begins until before ends.
type period struct{ begins, ends schemas.Millis }

// calendar is a shop's business calendar. Days are those of the table shop_days: each begins where the one before ends.
type calendar struct {
	zone *time.Location
	by   processors.Period
}

// begin is the first instant of the n-th period after that of a date, in milliseconds.
func (c calendar) begin(y int, m time.Month, d, n int) schemas.Millis {
	if c.by == processors.Month {
		return schemas.MillisOf(time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, c.zone))
	}
	return schemas.MillisOf(time.Date(y, m, d+n, 0, 0, 0, 0, c.zone))
}

// at is the period that an instant lies in. Where the clocks change at midnight a date can begin before or after the
// instants that show it; the bounds decide.
func (c calendar) at(t schemas.Millis) period {
	y, m, d := time.UnixMilli(int64(t)).In(c.zone).Date()
	n := 0
	for c.begin(y, m, d, n) > t {
		n--
	}
	for c.begin(y, m, d, n+1) <= t {
		n++
	}
	return period{c.begin(y, m, d, n), c.begin(y, m, d, n+1)}
}

// next is the period that begins where p ends.
func (c calendar) next(p period) period { return c.at(p.ends) }

// endsMonth says whether the period is the last of its month.
func (c calendar) endsMonth(p period) bool {
	month := calendar{c.zone, processors.Month}
	return month.at(p.begins).ends == p.ends
}

// between lists the periods that overlap [from, to).
func (c calendar) between(from, to schemas.Millis) []period {
	var out []period
	for p := c.at(from); p.begins < to; p = c.next(p) {
		out = append(out, p)
	}
	return out
}
