package window

import "math"

// Low is a point of the log from which work can be taken up again: the offset of a record, its append time, and the
// highest event time M seen before it. All times are milliseconds since 1970.
type Low struct {
	Off int64
	At  int64
	M   int64
}

// NoLow needs nothing of the log; it is the neutral element of Min.
func NoLow() Low { return Low{Off: math.MaxInt64} }

// None reports whether l is NoLow.
func (l Low) None() bool { return l.Off == math.MaxInt64 }

// Min returns the older of two points.
func (l Low) Min(o Low) Low {
	if o.Off < l.Off {
		return o
	}
	return l
}
