package processors

import (
	"cmp"
	"math"
	"slices"

	"tidemark/processors/window"
	"tidemark/schemas"
)

// store holds the windows of one metric in one partition: open ones, and closed ones that wait for the flush.
type store struct {
	spec  *Spec
	table *schemas.Table
	size  int64
	step  int64
	// from cuts off windows that begin at or before it; 0 cuts none.
	from   int64
	open   map[int64]*pane
	recent *pane // the pane used last, which the next event most likely needs
	// nextEnd is the earliest end among the open windows.
	nextEnd int64
	closed  []*pane
	dirty   map[int64]string // window start to reason, since the last flush
	cells   int
}

// Reasons why a window is dirty.
const (
	DirtyLate = "late" // an event came after the window had closed
	DirtyCut  = "cut"  // the window began before the metric, or the log, did: never complete until recomputed
)

func newStore(spec *Spec) *store {
	return &store{
		spec: spec, table: spec.Table(), size: spec.Window.SizeMS(), step: spec.Window.StepMS(),
		open: map[int64]*pane{}, nextEnd: math.MaxInt64, dirty: map[int64]string{},
	}
}

// markCut marks the windows that from cuts off and that are not yet closed at watermark.
func (s *store) markCut(watermark int64) {
	for start := s.spec.Window.Last(s.from); start+s.size > watermark; start -= s.step {
		s.dirty[start] = DirtyCut
	}
}

// pane finds or makes the open window that begins at start and notes that it needs low.
func (s *store) pane(start int64, low window.Low) *pane {
	p := s.recent
	if p == nil || p.start != start {
		if p = s.open[start]; p == nil {
			p = newPane(start)
			s.open[start] = p
			s.nextEnd = min(s.nextEnd, start+s.size)
		}
		s.recent = p
	}
	if low.Off < p.low.Off {
		p.low = low
	}
	return p
}

// closeUpTo closes the windows that end at or before the watermark; off is the record that moved it.
func (s *store) closeUpTo(watermark, off int64) {
	if watermark < s.nextEnd {
		return
	}
	s.recent, s.nextEnd = nil, math.MaxInt64
	first := len(s.closed)
	for start, p := range s.open {
		if start+s.size > watermark {
			s.nextEnd = min(s.nextEnd, start+s.size)
			continue
		}
		p.ver = off
		delete(s.open, start)
		s.closed = append(s.closed, p)
	}
	slices.SortFunc(s.closed[first:], func(a, b *pane) int { return cmp.Compare(a.start, b.start) })
}

// low is the oldest point of the log that an open window needs.
func (s *store) low() window.Low {
	l := window.NoLow()
	for _, p := range s.open {
		l = l.Min(p.low)
	}
	return l
}

// openByStart lists the open windows in the order of time.
func (s *store) openByStart() []*pane {
	panes := make([]*pane, 0, len(s.open))
	for _, p := range s.open {
		panes = append(panes, p)
	}
	slices.SortFunc(panes, func(a, b *pane) int { return cmp.Compare(a.start, b.start) })
	return panes
}

// bytes estimates the memory held.
func (s *store) bytes() int64 {
	n := int64(s.cells) * int64(200+100*len(s.spec.Measures))
	for _, p := range s.open {
		n += p.held
	}
	for _, p := range s.closed {
		n += p.held
	}
	return n
}

// settle forgets what has been handed over, or, at the end of the silent replay, what the owner before has stored.
func (s *store) settle() {
	for _, p := range s.closed {
		s.cells -= len(p.order)
	}
	s.closed = nil
	clear(s.dirty)
	for _, p := range s.open {
		p.settle()
	}
}

// start is what the next owner must know: whether windows are cut off, given the watermark that the replay starts at.
func (s *store) start(watermark int64) Start {
	st := Start{Hash: s.spec.Fingerprint()}
	if s.from+s.size > watermark {
		st.From = schemas.Millis(s.from)
	}
	return st
}
