package processors

import (
	"github.com/cespare/xxhash/v2"

	"tidemark/processors/window"
)

// aggregate counts events of type E into the windows of one metric. It is built once; nothing is looked up by name
// or by reflection afterwards.
type aggregate[E any] struct {
	*store
	where func(*E) bool
	dims  []func(*E) string
	// common is the number of leading dimensions that keep their value when the rest is "(other)".
	common int
	adds   []func(s *slot, e *E, at sample)
	dedupe bool
}

// sample is what a measure may need of the record beside the event.
type sample struct {
	ts   int64 // event time, milliseconds
	off  int64
	held *int64 // bytes of the pane's sets and histograms, to add to
}

func newAggregate[E any](spec Spec, m Metric[E]) *aggregate[E] {
	a := &aggregate[E]{store: newStore(&spec), where: m.Where, dedupe: spec.Dedupe}
	for _, d := range m.By {
		a.dims = append(a.dims, d.Of)
		if d.Name == "shop" || d.Name == "market" {
			a.common++
		}
	}
	for _, me := range m.Measures {
		a.adds = append(a.adds, adder(me))
	}
	return a
}

func adder[E any](m Measure[E]) func(*slot, *E, sample) {
	add := adderOf(m)
	if m.Where == nil {
		return add
	}
	where := m.Where
	return func(s *slot, e *E, at sample) {
		if where(e) {
			add(s, e, at)
		}
	}
}

func adderOf[E any](m Measure[E]) func(*slot, *E, sample) {
	switch m.Kind {
	case KindSum:
		return func(s *slot, e *E, _ sample) { s.sum.Add(m.Int(e)) }
	case KindMoney:
		return func(s *slot, e *E, _ sample) { s.sum.Add(int64(m.Money(e))) }
	case KindMin:
		return func(s *slot, e *E, _ sample) { s.min.Add(m.Int(e)) }
	case KindMax:
		return func(s *slot, e *E, _ sample) { s.max.Add(m.Int(e)) }
	case KindLast:
		return func(s *slot, e *E, at sample) { s.last.Add(m.Int(e), at.ts, at.off) }
	case KindQuantile:
		return func(s *slot, e *E, at sample) {
			before := s.hist.Bytes()
			s.hist.Add(m.Int(e))
			*at.held += s.hist.Bytes() - before
		}
	case KindUniq:
		return func(s *slot, e *E, at sample) {
			if id := m.ID(e); id != "" {
				before := s.uniq.Bytes()
				s.uniq.Add(xxhash.Sum64String(id))
				*at.held += s.uniq.Bytes() - before
			}
		}
	default:
		return func(s *slot, _ *E, _ sample) { s.count.Add() }
	}
}

// outcome says what became of an event in one metric.
type outcome struct {
	fate  fate
	late  bool // for one of its windows at least
	other bool
}

// add counts an event that happened at ts and needs low, given the watermark before it.
func (a *aggregate[E]) add(e *E, ts int64, low window.Low, watermark int64) (o outcome) {
	if a.where != nil && !a.where(e) {
		return o
	}
	for start := a.spec.Window.Last(ts); start+a.size > ts; start -= a.step {
		switch {
		case start+a.size <= watermark:
			o.late = true
			o.fate = o.fate.or(late)
			a.mark(start, DirtyLate)
			continue
		case a.from > 0 && start <= a.from:
			o.fate = o.fate.or(cut)
			a.mark(start, DirtyCut)
			continue
		}
		p := a.pane(start, low)
		c, other := a.cell(p, e)
		o.other = o.other || other
		o.fate = counted
		p.touch(c, a.spec.Headline) // first: a measure that panics has changed the cell too
		for i, add := range a.adds {
			add(&c.slots[i], e, sample{ts, low.Off, &p.held})
		}
	}
	return o
}

func (a *aggregate[E]) mark(start int64, reason string) {
	if a.dirty[start] != DirtyCut {
		a.dirty[start] = reason
	}
}

// cell finds or makes the event's cell. Tuples beyond the bound count under Other, in the order of the log.
func (a *aggregate[E]) cell(p *pane, e *E) (c *cell, other bool) {
	var t tuple
	known := true
	for i, dim := range a.dims {
		n, ok := p.numbers[dim(e)]
		t[i] = n
		known = known && ok
	}
	if known {
		if c := p.cells[t]; c != nil {
			return c, false
		}
	}
	shop := uint32(0)
	if a.common > 0 {
		shop = p.number(a.dims[0](e))
	}
	other = p.tuples[shop] >= a.spec.MaxTuples
	for i, dim := range a.dims {
		v := dim(e)
		if other && i >= a.common {
			v = Other
		}
		t[i] = p.number(v)
	}
	if c := p.cells[t]; c != nil {
		return c, other
	}
	p.tuples[shop]++
	c = &cell{dims: t, slots: newSlots(a.spec.Measures)}
	p.cells[t] = c
	p.order = append(p.order, c)
	a.cells++
	return c, other
}
