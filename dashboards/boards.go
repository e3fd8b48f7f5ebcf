package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"tidemark/processors"
)

// board is one board: its sections in order, and what it lets one choose beside the shop.
type board struct {
	id       string
	title    processors.Text
	purpose  processors.Text // the question that it answers
	owner    string
	refresh  string
	from     string   // the range that it opens with
	vars     []string // dimensions that one can choose, beside shop
	sections []section
}

// section is a part of a board: panels of metrics that name it, then those made by hand.
type section struct {
	id    string
	row   uint32 // id of its heading; 0: none
	title processors.Text
	hand  func(maker) ([]tile, error) // nil: none
}

// boards lists every board, in the order of their links.
func boards() []*board { return []*board{live(), marketing(), customers(), logistics(), pipeline()} }

func find(id string) (*board, bool) {
	for _, b := range boards() {
		if b.id == id {
			return b, true
		}
	}
	return nil, false
}

func unknownBoard(id string) error {
	var ids []string
	for _, b := range boards() {
		ids = append(ids, b.id)
	}
	return fmt.Errorf("there is no board %q; the boards are %s", id, strings.Join(ids, ", "))
}

func (b *board) section(id string) (int, error) {
	i := slices.IndexFunc(b.sections, func(s section) bool { return s.id == id })
	if i < 0 {
		var ids []string
		for _, s := range b.sections {
			ids = append(ids, s.id)
		}
		return 0, fmt.Errorf("board %q has no section %q; its sections are %s", b.id, id, strings.Join(ids, ", "))
	}
	return i, nil
}

// chooses says whether the board has a variable for a dimension.
func (b *board) chooses(dim string) bool { return dim == "shop" || slices.Contains(b.vars, dim) }
