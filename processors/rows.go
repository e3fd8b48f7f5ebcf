package processors

import (
	"tidemark/processors/agg"
	"tidemark/schemas"
)

// rows builds the block of one metric, column by column.
type rows struct {
	store  *store
	part   uint64
	starts []schemas.Millis
	dims   [][]string
	parts  []uint64
	vers   []uint64
	cols   []*column
}

// column gathers one measure; its kind says which fields are in use.
type column struct {
	kind Kind
	ints []int64
	decs []schemas.Decimal
	u64s []uint64
	ids  [][]uint64
	maps []map[int32]uint64
	ats  []schemas.Millis
}

func newRows(s *store, part uint64) *rows {
	r := &rows{store: s, part: part, dims: make([][]string, len(s.spec.Dims))}
	for _, m := range s.spec.Measures {
		r.cols = append(r.cols, &column{kind: m.Kind})
	}
	return r
}

// block hands over what was gathered, or nothing where there is none.
func (r *rows) block() []schemas.Block {
	if len(r.starts) == 0 {
		return nil
	}
	b := schemas.Block{Table: r.store.table, Rows: len(r.starts)}
	put := func(name string, data any) {
		b.Names = append(b.Names, name)
		b.Data = append(b.Data, data)
	}
	put("window_start", r.starts)
	for i, d := range r.store.spec.Dims {
		put(d, r.dims[i])
	}
	put("part", r.parts)
	put("ver", r.vers)
	for i, m := range r.store.spec.Measures {
		r.cols[i].put(m.Name, put)
	}
	return []schemas.Block{b}
}

// changed adds what a flush needs: every cell of a closed window that has state to store, and whatever has changed.
func (r *rows) changed(ver func(off int64) uint64, off int64) {
	for _, p := range r.store.closed {
		cells := p.touched
		if r.store.spec.hasState() {
			cells = p.order
		}
		r.cells(p, cells, ver(p.ver), true)
	}
	for _, p := range r.store.openByStart() {
		r.cells(p, p.touched, ver(off), false)
	}
}

// headline adds the cells of open windows that have changed since the last headline flush.
func (r *rows) headline(ver uint64) {
	for _, p := range r.store.openByStart() {
		r.cells(p, p.fresh, ver, false)
	}
}

func (r *rows) cells(p *pane, cells []*cell, ver uint64, closed bool) {
	for _, c := range cells {
		r.starts = append(r.starts, schemas.Millis(p.start))
		for i := range r.dims {
			r.dims[i] = append(r.dims[i], p.values[c.dims[i]])
		}
		r.parts = append(r.parts, r.part)
		r.vers = append(r.vers, ver)
		for i, col := range r.cols {
			col.add(&c.slots[i], closed)
		}
	}
}

func (c *column) add(s *slot, closed bool) {
	switch c.kind {
	case KindCount:
		c.ints = append(c.ints, s.count.N)
	case KindSum:
		v, _ := s.sum.Int64()
		c.ints = append(c.ints, v)
	case KindMoney:
		c.decs = append(c.decs, schemas.Decimal{Hi: s.sum.Hi, Lo: s.sum.Lo})
	case KindMin:
		c.ints = append(c.ints, s.min.V)
	case KindMax:
		c.ints = append(c.ints, s.max.V)
	case KindUniq:
		c.u64s = append(c.u64s, uint64(s.uniq.Len()))
		c.ids = append(c.ids, idsOf(s.uniq, closed))
	case KindQuantile:
		c.maps = append(c.maps, s.hist.Buckets())
	case KindLast:
		c.ints = append(c.ints, s.last.V)
		c.ats = append(c.ats, schemas.Millis(s.last.At))
	}
}

// idsOf is the mergeable state, which is sent once, when the window is closed.
func idsOf(u *agg.Uniq, closed bool) []uint64 {
	if !closed {
		return []uint64{}
	}
	return u.IDs()
}

func (c *column) put(name string, put func(string, any)) {
	switch c.kind {
	case KindMoney:
		put(name, c.decs)
	case KindUniq:
		put(name, c.u64s)
		put(name+"_ids", c.ids)
	case KindQuantile:
		put(name, c.maps)
	case KindLast:
		put(name, c.ints)
		put(name+"_at", c.ats)
	default:
		put(name, c.ints)
	}
}

// hasState reports whether a closed window holds more than its early rows did.
func (s *Spec) hasState() bool {
	for _, m := range s.Measures {
		if m.Kind == KindUniq {
			return true
		}
	}
	return false
}
