package window

import "sort"

// Offsets finds the offset at which the log had reached some append time, to one second.
type Offsets struct {
	marks []mark // rising in both fields
}

type mark struct{ at, off int64 }

// See notes a record. Append times must not fall.
func (o *Offsets) See(off, at int64) {
	second := Floor(at, 1000)
	if n := len(o.marks); n == 0 || o.marks[n-1].at < second {
		o.marks = append(o.marks, mark{second, off})
	}
}

// Before returns an offset at or before the first record appended at or after at, as near as the marks allow, and
// forgets what lies before it: later calls must not ask for earlier times. With no marks it returns none.
func (o *Offsets) Before(at, none int64) int64 {
	i := sort.Search(len(o.marks), func(i int) bool { return o.marks[i].at > at })
	if i == 0 {
		if len(o.marks) == 0 {
			return none
		}
		return o.marks[0].off
	}
	if i > 1 {
		o.marks = append(o.marks[:0], o.marks[i-1:]...)
	}
	return o.marks[0].off
}

// Bytes is the memory held.
func (o *Offsets) Bytes() int64 { return int64(cap(o.marks)) * 16 }
