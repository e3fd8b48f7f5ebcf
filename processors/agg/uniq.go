package agg

import "slices"

// Uniq is an exact set of 64-bit ids. The zero value is empty.
type Uniq struct {
	slots   []uint64 // open addressing, linear probing; 0 is empty
	n       int
	hasZero bool
}

// Add puts one id into the set. Ids must be well mixed hashes: they are their own hash.
func (u *Uniq) Add(id uint64) {
	if id == 0 {
		u.hasZero = true
		return
	}
	if u.n*4 >= len(u.slots)*3 {
		u.grow()
	}
	if u.put(id) {
		u.n++
	}
}

func (u *Uniq) put(id uint64) bool {
	mask := uint64(len(u.slots) - 1)
	for i := id & mask; ; i = (i + 1) & mask {
		switch u.slots[i] {
		case 0:
			u.slots[i] = id
			return true
		case id:
			return false
		}
	}
}

func (u *Uniq) grow() {
	old := u.slots
	u.slots = make([]uint64, max(8, 2*len(old)))
	for _, id := range old {
		if id != 0 {
			u.put(id)
		}
	}
}

// Merge adds another set.
func (u *Uniq) Merge(o *Uniq) {
	u.hasZero = u.hasZero || o.hasZero
	for _, id := range o.slots {
		if id != 0 {
			u.Add(id)
		}
	}
}

// Len is the number of distinct ids.
func (u *Uniq) Len() int {
	if u.hasZero {
		return u.n + 1
	}
	return u.n
}

// IDs returns the ids in rising order.
func (u *Uniq) IDs() []uint64 {
	ids := make([]uint64, 0, u.Len())
	if u.hasZero {
		ids = append(ids, 0)
	}
	for _, id := range u.slots {
		if id != 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Bytes is the memory held.
func (u *Uniq) Bytes() int64 { return int64(len(u.slots)) * 8 }
