package processors

import (
	"strings"

	"tidemark/processors/agg"
	"tidemark/processors/window"
)

// slot is the state of one measure in one cell; the measure's kind says which field is in use.
type slot struct {
	count agg.Count
	sum   agg.Sum
	min   agg.Min
	max   agg.Max
	last  agg.Last
	uniq  *agg.Uniq
	hist  *agg.Histogram
}

func newSlots(measures []MeasureSpec) []slot {
	slots := make([]slot, len(measures))
	for i, m := range measures {
		switch m.Kind {
		case KindMin:
			slots[i].min.V = agg.NoMin
		case KindMax:
			slots[i].max.V = agg.NoMax
		case KindUniq:
			slots[i].uniq = new(agg.Uniq)
		case KindQuantile:
			slots[i].hist = new(agg.Histogram)
		}
	}
	return slots
}

// tuple is a combination of dimension values, as numbers that the window gave them.
type tuple [MaxDims]uint32

// cell is one row in the making: one window, one tuple.
type cell struct {
	dims    tuple
	slots   []slot
	touched bool // changed since the last full flush
	fresh   bool // changed since the last headline flush
}

// pane is one window of one metric in one partition.
type pane struct {
	start   int64
	low     window.Low
	ver     int64 // offset of the record that closed it
	held    int64 // bytes of the cells' sets and histograms
	numbers map[string]uint32
	values  []string
	cells   map[tuple]*cell
	order   []*cell // by first appearance
	tuples  map[uint32]int
	touched []*cell
	fresh   []*cell
}

func newPane(start int64) *pane {
	return &pane{
		start: start, low: window.NoLow(), numbers: map[string]uint32{}, cells: map[tuple]*cell{}, tuples: map[uint32]int{},
	}
}

// number gives a value its number within the pane, and keeps a copy of it.
func (p *pane) number(v string) uint32 {
	if n, ok := p.numbers[v]; ok {
		return n
	}
	v = strings.Clone(v)
	n := uint32(len(p.values))
	p.numbers[v] = n
	p.values = append(p.values, v)
	return n
}

func (p *pane) touch(c *cell, headline bool) {
	if !c.touched {
		c.touched = true
		p.touched = append(p.touched, c)
	}
	if headline && !c.fresh {
		c.fresh = true
		p.fresh = append(p.fresh, c)
	}
}

// settle forgets what has changed since the last flush.
func (p *pane) settle() {
	for _, c := range p.touched {
		c.touched = false
	}
	p.touched = p.touched[:0]
	p.settleHeadline()
}

func (p *pane) settleHeadline() {
	for _, c := range p.fresh {
		c.fresh = false
	}
	p.fresh = p.fresh[:0]
}
