package window

import (
	"encoding/binary"

	"tidemark/processors/wire"
)

// Append writes the point of the log.
func (l Low) Append(dst []byte) []byte {
	return binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(dst, l.Off), l.At), l.M)
}

// ReadLow takes back what Append wrote.
func ReadLow(r *wire.Reader) Low { return Low{Off: r.Varint(), At: r.Varint(), M: r.Varint()} }

// Append writes the marks.
func (o *Offsets) Append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(o.marks)))
	var last mark
	for _, m := range o.marks {
		dst = binary.AppendVarint(binary.AppendVarint(dst, m.at-last.at), m.off-last.off)
		last = m
	}
	return dst
}

// Read takes back what Append wrote.
func (o *Offsets) Read(r *wire.Reader) {
	n := r.Count(2)
	o.marks = make([]mark, 0, n)
	var last mark
	for i := range n {
		m := mark{last.at + r.Varint(), last.off + r.Varint()}
		if i > 0 && (m.at <= last.at || m.off <= last.off) {
			r.Fail()
			return
		}
		o.marks = append(o.marks, m)
		last = m
	}
}

// Append writes the sightings that may still make a copy at append time now or later.
func (d *Dedupe) Append(dst []byte, now int64) []byte {
	at := len(dst)
	dst = binary.BigEndian.AppendUint64(dst, 0)
	n := uint64(0)
	for i := range d.slots {
		s := &d.slots[i]
		if s.id == 0 || s.at < now-d.horizon {
			continue
		}
		n++
		dst = binary.BigEndian.AppendUint64(dst, s.id)
		dst = binary.AppendVarint(dst, now-s.at)
	}
	binary.BigEndian.PutUint64(dst[at:], n)
	return dst
}

// Read takes back what Append wrote for the same time.
func (d *Dedupe) Read(r *wire.Reader, now int64) {
	const least = 9 // bytes of a sighting
	n := r.Uint64()
	if n > uint64(r.Len()/least) {
		r.Fail()
		return
	}
	d.slots, d.used = make([]sighting, max(minSlots, n+n*2/3)), 0
	for range n {
		id, at := r.Uint64(), now-r.Varint()
		if id == 0 {
			r.Fail()
			return
		}
		s := d.find(id)
		if s.id == 0 {
			d.used++
		}
		s.id, s.at = id, at
	}
}
