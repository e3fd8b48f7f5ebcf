package processors

import (
	"fmt"
	"hash/fnv"
)

// PanelKind is how a panel draws.
type PanelKind uint8

// The kinds of panels.
const (
	Lines   PanelKind = iota + 1 // figures over time
	BigStat                      // one number for the range, with a sparkline
	Bars                         // one bar per value of a dimension, over the range
	Dial                         // a gauge of one number for the range
	Grid                         // a table: one row per dimension tuple, one column per figure
	Steps                        // a funnel: one bar per figure, in order
)

// Panel says how a board shows figures of a metric.
type Panel struct {
	Board   string // id of the board, for example "live"
	Section string // id of the section of that board; a board draws its sections in its own order
	Kind    PanelKind
	Title   Text     // empty: the metric's
	Show    []string // measures and values, in order
	By      []string // dimensions that it is split by, beside what the board's variables choose
	// Today takes the shop's business day so far, in its own time zone, instead of the board's range.
	Today bool
	// Band names the alert, on the one figure shown, whose expected value and limits Lines draws too.
	Band string
	// Drill is the board that a click on a dimension's value leads to, with that value chosen there.
	Drill  string
	Width  int // of the 24 columns; 0: usual for the kind
	Height int // in grid rows; 0: usual for the kind
}

// PanelID is the id of the metric's i-th panel on its board. It stays the same as long as what the panel shows does,
// whatever comes before it.
func (s *Spec) PanelID(i int) uint32 {
	p := &s.Panels[i]
	h := fnv.New32a()
	fmt.Fprint(h, s.Name, p.Board, p.Kind, p.Show, p.By, p.Today, p.Band)
	return 1000 + h.Sum32()%1_000_000
}

// BoardUID is the uid of a board in a language, for example tidemark-live-zh.
func BoardUID(board, lang string) string { return "tidemark-" + board + "-" + lang }

// AlertPanel returns the panel that the alert's message leads to: the one with its band, else the first that shows its
// figure. ok is false where there is none.
func (s *Spec) AlertPanel(a *Alert) (i int, ok bool) {
	found := -1
	for i := range s.Panels {
		p := &s.Panels[i]
		if p.Band == a.Name {
			return i, true
		}
		for _, f := range p.Show {
			if f == a.Figure && found < 0 {
				found = i
			}
		}
	}
	return max(found, 0), found >= 0
}
