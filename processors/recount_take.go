package processors

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tidemark/schemas"
)

// StoredKey names a row that a metric's table shows: its newest version is no tombstone.
type StoredKey struct {
	Start int64 // of the window, milliseconds
	Part  uint64
	Dims  []string
}

// WindowPart is one window of one part.
type WindowPart struct {
	Start int64
	Part  uint64
}

// Batch is whole windows of a recount, to be stored by one insert: the tombstones of a window travel with its rows, so
// that nobody sees the one without the other.
type Batch struct {
	Block      schemas.Block
	Windows    []WindowPart
	Rows       int // tombstones apart
	Tombstones int
}

// Take hands over the windows that Closed names, in batches that end with the window that fills them up to limit rows.
// stored must be the keys that the table shows for those windows and for the parts of the recount; those which were
// not counted this time get a tombstone.
func (c *Recount) Take(stored []StoredKey, limit int) []Batch {
	first, end := c.Closed()
	t := taking{c: c, old: map[WindowPart][]StoredKey{}, panes: map[WindowPart]*pane{}}
	for _, k := range stored {
		if w := (WindowPart{k.Start, k.Part}); k.Start >= first && k.Start < end && c.parts[k.Part] != nil {
			t.old[w] = append(t.old[w], k)
		}
	}
	for part, p := range c.parts {
		for _, pane := range p.store.closed {
			if pane.start >= first && pane.start < end {
				t.panes[WindowPart{pane.start, part}] = pane
			}
		}
	}
	out := t.batches(limit)
	for _, p := range c.parts {
		p.store.settle()
	}
	c.taken = end
	return out
}

// taking is one call of Take.
type taking struct {
	c     *Recount
	old   map[WindowPart][]StoredKey
	panes map[WindowPart]*pane
}

func (t *taking) batches(limit int) (out []Batch) {
	windows := make([]WindowPart, 0, len(t.panes))
	for w := range t.panes {
		windows = append(windows, w)
	}
	for w := range t.old {
		if t.panes[w] == nil {
			windows = append(windows, w)
		}
	}
	slices.SortFunc(windows, func(a, b WindowPart) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Part, b.Part))
	})
	var b *batching
	for i, w := range windows {
		if b == nil {
			b = newBatching(t.c.parts[w.Part].store)
		}
		b.window(w, t.panes[w], t.old[w], Version(t.c.revision, t.c.upto[w.Part]))
		if i+1 == len(windows) || len(b.gone) >= limit && windows[i+1].Start != w.Start {
			out = append(out, b.batch())
			b = nil
		}
	}
	return out
}

// batching is a batch in the making.
type batching struct {
	rows  *rows
	gone  []bool
	none  []slot // of a tombstone
	out   Batch
	known map[string]bool
}

func newBatching(s *store) *batching {
	return &batching{rows: newRows(s, 0), none: newSlots(s.spec.Measures), known: map[string]bool{}}
}

// window adds the rows of a window, and a tombstone for each old key that is not among them; p is nil where nothing counts.
func (b *batching) window(w WindowPart, p *pane, old []StoredKey, ver uint64) {
	b.out.Windows = append(b.out.Windows, w)
	b.rows.part = w.Part
	clear(b.known)
	if p != nil {
		b.rows.cells(p, p.order, ver, true)
		b.gone = append(b.gone, make([]bool, len(p.order))...)
		b.out.Rows += len(p.order)
		for _, c := range p.order {
			b.known[dimsKey(len(b.rows.dims), func(i int) string { return p.values[c.dims[i]] })] = true
		}
	}
	for _, k := range old {
		if !b.known[dimsKey(len(k.Dims), func(i int) string { return k.Dims[i] })] {
			b.rows.tombstone(k, ver, b.none)
			b.gone = append(b.gone, true)
			b.out.Tombstones++
		}
	}
}

func (b *batching) batch() Batch {
	for _, block := range b.rows.block() {
		block.Names, block.Data = append(block.Names, columnGone), append(block.Data, b.gone)
		b.out.Block = block
	}
	return b.out
}

// tombstone adds a row that hides the older versions of a key.
func (r *rows) tombstone(k StoredKey, ver uint64, none []slot) {
	r.starts = append(r.starts, schemas.Millis(k.Start))
	for i := range r.dims {
		r.dims[i] = append(r.dims[i], k.Dims[i])
	}
	r.parts, r.vers = append(r.parts, k.Part), append(r.vers, ver)
	for i, col := range r.cols {
		col.add(&none[i], true)
	}
}

// dimsKey joins values so that different ones never meet.
func dimsKey(n int, value func(i int) string) string {
	var b strings.Builder
	for i := range n {
		v := value(i)
		b.WriteString(strconv.Itoa(len(v)))
		b.WriteByte(':')
		b.WriteString(v)
	}
	return b.String()
}
