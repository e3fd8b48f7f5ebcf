package history

import (
	"container/list"
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// line is one row with the rule that it falls under, or the reason why it is refused.
type line struct {
	row    *row
	rule   *boundRule
	reason string
	ghost  bool // the row is counted elsewhere; here it only refuses the document, since it may be a part of it
}

// document is the lines that share a name.
type document struct {
	name     string
	lines    []line
	bytes    int
	overflow bool // its lines were refused already: it is too large
	last     int64
	place    *list.Element
}

// documents joins lines to documents. A document waits until keep lines have passed without one of its own; then it is
// closed, and what comes later under its name is refused, since its events may have been sent.
type documents struct {
	keep   int64
	count  int64 // lines seen
	open   map[string]*document
	order  *list.List // open documents, the one longest without a line first
	closed idSet
}

func newDocuments(keep int) *documents {
	return &documents{keep: int64(keep), open: map[string]*document{}, order: list.New()}
}

// add takes a line to its document; false where the document was closed before.
func (d *documents) add(name string, l line) (*document, bool) {
	doc := d.find(name)
	if doc == nil || doc.overflow {
		return doc, doc != nil
	}
	doc.lines = append(doc.lines, l)
	for _, cell := range l.row.cells {
		doc.bytes += len(cell) + 16
	}
	return doc, true
}

// find returns the document of that name, or nil where it was closed before.
func (d *documents) find(name string) *document {
	if doc := d.open[name]; doc != nil {
		doc.last = d.count
		d.order.MoveToBack(doc.place)
		return doc
	}
	if d.closed.has(xxhash.Sum64String(name)) {
		return nil
	}
	doc := &document{name: name, last: d.count}
	doc.place = d.order.PushBack(doc)
	d.open[name] = doc
	return doc
}

// ripe closes and returns the document that has waited longest, if it need not wait any more; all says that none need.
func (d *documents) ripe(all bool) *document {
	front := d.order.Front()
	if front == nil {
		return nil
	}
	doc := front.Value.(*document)
	if !all && d.count-doc.last < d.keep {
		return nil
	}
	d.order.Remove(front)
	delete(d.open, doc.name)
	d.closed.add(xxhash.Sum64String(doc.name))
	return doc
}

// idSet is a set of hashes in 9 to 19 bytes each. Two names with one hash, which happens once among millions of files of
// a million documents, would make the second one refused: seen, and never joined with the first.
type idSet struct {
	slots []uint64
	n     int
}

func (s *idSet) has(id uint64) bool {
	if len(s.slots) == 0 {
		return false
	}
	return s.slots[s.slot(max(id, 1))] != 0
}

// add says whether the id is new.
func (s *idSet) add(id uint64) bool {
	id = max(id, 1) // 0 is an empty slot
	if 8*s.n >= 7*len(s.slots) {
		old := s.slots
		s.slots = make([]uint64, max(1<<10, 2*len(old)))
		for _, o := range old {
			if o != 0 {
				s.slots[s.slot(o)] = o
			}
		}
	}
	at := s.slot(id)
	if s.slots[at] == id {
		return false
	}
	s.slots[at] = id
	s.n++
	return true
}

// slot is where id is, or where it would go.
func (s *idSet) slot(id uint64) int {
	mask := len(s.slots) - 1
	at := int(id) & mask
	for s.slots[at] != 0 && s.slots[at] != id {
		at = (at + 1) & mask
	}
	return at
}

// hashOf hashes the parts, each preceded by its length so that no two lists run together.
func hashOf(parts []string) uint64 {
	if len(parts) == 1 {
		return xxhash.Sum64String(parts[0])
	}
	var h xxhash.Digest
	h.Reset()
	var n [4]byte
	for _, part := range parts {
		binary.LittleEndian.PutUint32(n[:], uint32(len(part)))
		_, _ = h.Write(n[:]) // never fails
		_, _ = h.WriteString(part)
	}
	return h.Sum64()
}
