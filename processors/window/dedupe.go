package window

import "math/bits"

// Dedupe remembers ids, as 64-bit hashes, for a horizon of append time after they were last seen. Two ids that share
// a hash within the horizon would count as one: about one chance in 10^7 for a million live ids.
type Dedupe struct {
	horizon int64
	slots   []sighting // open addressing, linear probing
	used    int
}

type sighting struct {
	id uint64 // 0 marks an empty slot
	at int64
}

const minSlots = 1 << 10

// NewDedupe remembers ids for horizon milliseconds.
func NewDedupe(horizon int64) *Dedupe {
	return &Dedupe{horizon: horizon, slots: make([]sighting, minSlots)}
}

// Seen notes a sighting of id at append time at and reports whether an earlier one lies at most the horizon back.
// Append times must not fall.
func (d *Dedupe) Seen(id uint64, at int64) bool {
	if id == 0 {
		id = 1
	}
	s := d.find(id)
	if s.id == id {
		dup := s.at >= at-d.horizon
		s.at = at
		return dup
	}
	s.id, s.at = id, at
	if d.used++; d.used*8 > len(d.slots)*7 {
		d.rebuild(at)
	}
	return false
}

func (d *Dedupe) find(id uint64) *sighting {
	i, _ := bits.Mul64(id, uint64(len(d.slots))) // spreads hashes over any length
	for {
		if s := &d.slots[i]; s.id == id || s.id == 0 {
			return s
		}
		if i++; i == uint64(len(d.slots)) {
			i = 0
		}
	}
}

// rebuild drops what has expired and sizes the table for what is left.
func (d *Dedupe) rebuild(now int64) {
	live := 0
	for i := range d.slots {
		if d.slots[i].id != 0 && d.slots[i].at >= now-d.horizon {
			live++
		}
	}
	old := d.slots
	d.slots, d.used = make([]sighting, max(minSlots, live+live*2/3)), live
	for i := range old {
		if old[i].id != 0 && old[i].at >= now-d.horizon {
			*d.find(old[i].id) = old[i]
		}
	}
}

// Bytes is the memory held.
func (d *Dedupe) Bytes() int64 { return int64(len(d.slots)) * 16 }
