package agg

import (
	"encoding/binary"

	"tidemark/processors/wire"
)

// Every aggregate writes its state and reads it back. What is read may be damaged: the reader then says so.

// Append writes the count.
func (c *Count) Append(dst []byte) []byte { return binary.AppendVarint(dst, c.N) }

// Read takes back what Append wrote.
func (c *Count) Read(r *wire.Reader) { c.N = r.Varint() }

// Append writes the sum.
func (s *Sum) Append(dst []byte) []byte {
	return binary.AppendUvarint(binary.AppendVarint(dst, s.Hi), s.Lo)
}

// Read takes back what Append wrote.
func (s *Sum) Read(r *wire.Reader) { *s = Sum{Hi: r.Varint(), Lo: r.Uvarint()} }

// Append writes the minimum.
func (m *Min) Append(dst []byte) []byte { return binary.AppendVarint(dst, m.V) }

// Read takes back what Append wrote.
func (m *Min) Read(r *wire.Reader) { m.V = r.Varint() }

// Append writes the maximum.
func (m *Max) Append(dst []byte) []byte { return binary.AppendVarint(dst, m.V) }

// Read takes back what Append wrote.
func (m *Max) Read(r *wire.Reader) { m.V = r.Varint() }

// Append writes the last sample.
func (l *Last) Append(dst []byte) []byte {
	return binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(dst, l.V), l.At), l.Off)
}

// Read takes back what Append wrote.
func (l *Last) Read(r *wire.Reader) { *l = Last{V: r.Varint(), At: r.Varint(), Off: r.Varint()} }

// Append writes the set, in no particular order.
func (u *Uniq) Append(dst []byte) []byte {
	dst = binary.AppendUvarint(wire.AppendBool(dst, u.hasZero), uint64(u.n))
	for _, id := range u.slots {
		if id != 0 {
			dst = binary.BigEndian.AppendUint64(dst, id)
		}
	}
	return dst
}

// Read takes back what Append wrote.
func (u *Uniq) Read(r *wire.Reader) {
	*u = Uniq{hasZero: r.Bool()}
	for range r.Count(8) {
		u.Add(r.Uint64())
	}
}

// Append writes the buckets, in no particular order.
func (h *Histogram) Append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(h.buckets)))
	for i, n := range h.buckets {
		dst = binary.AppendUvarint(binary.AppendVarint(dst, int64(i)), n)
	}
	return dst
}

// Read takes back what Append wrote.
func (h *Histogram) Read(r *wire.Reader) {
	h.buckets = nil
	n := r.Count(2)
	if n > 0 {
		h.buckets = make(map[int32]uint64, n)
	}
	for range n {
		i := r.Varint()
		if int64(int32(i)) != i {
			r.Fail()
		}
		h.buckets[int32(i)] = r.Uvarint()
	}
}

// Append writes the funnel's progress.
func (f *Funnel) Append(dst []byte) []byte {
	dst = append(dst, byte(f.Reached))
	for _, at := range f.At[:f.Reached] {
		dst = binary.AppendVarint(dst, at)
	}
	return dst
}

// Read takes back what Append wrote.
func (f *Funnel) Read(r *wire.Reader) {
	*f = Funnel{}
	n := r.Uvarint()
	if n > uint64(len(f.At)) {
		r.Fail()
		return
	}
	f.Reached = int8(n)
	for i := range n {
		f.At[i] = r.Varint()
	}
}
