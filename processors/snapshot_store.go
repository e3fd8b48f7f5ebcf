package processors

import (
	"encoding/binary"

	"tidemark/processors/window"
	"tidemark/processors/wire"
)

// append writes the open windows. There are no others, and nothing has changed: a flush has just settled.
func (s *store) append(dst []byte) []byte {
	dst = binary.AppendVarint(dst, s.from)
	dst = binary.AppendUvarint(dst, uint64(len(s.open)))
	for _, p := range s.open {
		dst = p.append(dst, s.spec)
	}
	return dst
}

func (s *store) read(r *wire.Reader) {
	s.from = r.Varint()
	for range r.Count(6) {
		p := readPane(r, s.spec)
		if !r.OK() || s.open[p.start] != nil {
			r.Fail()
			return
		}
		s.open[p.start] = p
		s.nextEnd = min(s.nextEnd, p.start+s.size)
		s.cells += len(p.order)
	}
}

func (p *pane) append(dst []byte, spec *Spec) []byte {
	dst = p.low.Append(binary.AppendVarint(dst, p.start))
	dst = binary.AppendUvarint(dst, uint64(len(p.values)))
	for _, v := range p.values {
		dst = wire.AppendText(dst, v)
	}
	dst = binary.AppendUvarint(dst, uint64(len(p.order)))
	for _, c := range p.order {
		for _, n := range c.dims[:len(spec.Dims)] {
			dst = binary.AppendUvarint(dst, uint64(n))
		}
		for i := range c.slots {
			dst = c.slots[i].state(spec.Measures[i].Kind).Append(dst)
		}
	}
	return dst
}

func readPane(r *wire.Reader, spec *Spec) *pane {
	p := newPane(r.Varint())
	p.low = window.ReadLow(r)
	for i := range r.Count(1) {
		v := r.Text()
		p.values = append(p.values, v)
		p.numbers[v] = uint32(i)
	}
	if len(p.numbers) != len(p.values) {
		r.Fail()
	}
	for range r.Count(len(spec.Dims) + len(spec.Measures)) {
		c := readCell(r, spec, uint64(len(p.values)))
		if !r.OK() || p.cells[c.dims] != nil {
			r.Fail()
			return p
		}
		p.tuples[spec.boundedBy(c.dims)]++
		p.cells[c.dims] = c
		p.order = append(p.order, c)
		for i := range c.slots {
			p.held += c.slots[i].bytes()
		}
	}
	return p
}

func readCell(r *wire.Reader, spec *Spec, values uint64) *cell {
	c := &cell{slots: newSlots(spec.Measures)}
	for i := range spec.Dims {
		n := r.Uvarint()
		if n >= values {
			r.Fail()
		}
		c.dims[i] = uint32(n)
	}
	for i := range c.slots {
		c.slots[i].state(spec.Measures[i].Kind).Read(r)
	}
	return c
}

// boundedBy is the number of the value that MaxTuples counts for: the shop's, or the one that stands for all.
func (s *Spec) boundedBy(t tuple) uint32 {
	if len(s.Dims) > 0 && s.Dims[0] == "shop" {
		return t[0]
	}
	return 0
}

// state is the aggregate that a measure of the kind uses.
func (s *slot) state(k Kind) interface {
	Append(dst []byte) []byte
	Read(r *wire.Reader)
} {
	switch k {
	case KindSum, KindMoney:
		return &s.sum
	case KindMin:
		return &s.min
	case KindMax:
		return &s.max
	case KindLast:
		return &s.last
	case KindUniq:
		return s.uniq
	case KindQuantile:
		return s.hist
	default:
		return &s.count
	}
}

// bytes is what the slot's set or histogram holds.
func (s *slot) bytes() (n int64) {
	if s.uniq != nil {
		n += s.uniq.Bytes()
	}
	if s.hist != nil {
		n += s.hist.Bytes()
	}
	return n
}
