package history

import (
	"fmt"
	"slices"
	"strings"
)

const (
	reasonLate    = "its document ended more than keep_open lines before"
	reasonNoID    = "nothing in the columns that identify it"
	reasonAnother = "another line of its document is refused"
)

// join takes a line to the document of that name.
func (s *scanner) join(name string, l line) error {
	doc, open := s.docs.add(name, l)
	switch {
	case l.ghost && (!open || doc.lines == nil):
		return nil
	case !open:
		return s.refuse(l.row, reasonLate)
	case doc.overflow:
		return s.refuse(l.row, reasonLarge)
	case doc.bytes <= maxDocument:
		return nil
	}
	doc.overflow = true
	err := s.refuseAll(doc.lines, &refusal{nil, reasonLarge})
	doc.lines = nil
	return err
}

// unread refuses a row that cannot be read, and with it the document that it belongs to. Where that cannot be told the
// import ends: any document might lack the row.
func (s *scanner) unread(r *row, bad *badRow) error {
	if s.doc < 0 || r.blank() && !bad.unknown {
		s.count()
		return s.refuse(r, bad.reason)
	}
	names := s.mayBelong(r, bad)
	if len(names) == 0 {
		return fmt.Errorf("input %s, line %d: %s. Which %s it belongs to cannot be told, and that document would be imported without it: mend the line, and give the command again", s.in.name, r.line, bad.reason, s.m.Document)
	}
	s.count()
	for i, name := range names {
		if err := s.join(name, line{row: r, reason: bad.reason, ghost: i > 0}); err != nil {
			return err
		}
	}
	return nil
}

// mayBelong lists the documents that a row may belong to, the likeliest first. Where cells are too many or too few, the
// document's name may stand in any of those as far from its column, or be missing.
func (s *scanner) mayBelong(r *row, bad *badRow) []string {
	if bad.unknown || s.doc >= len(r.cells) {
		return nil
	}
	var names []string
	add := func(at int) {
		if name := r.cell(at); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	add(s.doc)
	for at := max(0, s.doc+min(0, bad.extra)); at <= s.doc+max(0, bad.extra); at++ {
		add(at)
	}
	return names
}

// blank says whether nothing is in the row.
func (r *row) blank() bool {
	return !slices.ContainsFunc(r.cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}
