package truth

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Report is the outcome of a comparison over complete minutes.
type Report struct {
	Cells int // compared
	Exact int // of them without a maybe, and equal
	Diffs []Diff
}

// Diff is a cell that shows what it cannot show.
type Diff struct {
	Key  Key
	Got  int64
	Want Count
}

// String names the cell and both figures.
func (d Diff) String() string {
	want := fmt.Sprint(d.Want.Sure)
	if d.Want.Maybe > 0 {
		want = fmt.Sprintf("%d to %d", d.Want.Sure, d.Want.Sure+d.Want.Maybe)
	}
	at := time.UnixMilli(d.Key.Minute).UTC().Format("15:04")
	return fmt.Sprintf("%s %s at %s UTC is %d, should be %s", d.Key.Shop, d.Key.Measure, at, d.Got, want)
}

// Span says which minutes are compared, and whether late events are in the figures.
type Span struct {
	From, To time.Time // From <= minute < To
	Except   map[int64]bool
	WithLate bool
	// Corrected says of minutes that were rebuilt from raw events how far their late events are in the figures.
	Corrected map[int64]Correction
}

// Correction is how far late events are in the figures of a minute. The zero value is: not at all.
type Correction struct {
	// Until is the time such that every event acknowledged before it is in the figures, late or not, Unix milliseconds.
	Until int64
	// Partly says that late events may be in the figures or not: the minute was being rebuilt, or part of it waits to be.
	Partly bool
}

// with is what a figure must hold that has been corrected so far.
func (c Count) with(done Correction) Count {
	switch {
	case c.Late == 0:
	case done.Partly || done.Until > 0 && c.LateAt >= done.Until:
		c.Maybe += c.Late
	case done.Until > 0:
		c.Sure += c.Late
	}
	return c
}

func (s Span) holds(k Key) bool {
	return k.Minute >= s.From.UnixMilli() && k.Minute < s.To.UnixMilli() && !s.Except[k.Minute]
}

// Compare holds the figures of one measure against the truth. Cells of the measure that got leaves out are zero.
func (t *Truth) Compare(m Measure, got map[Key]int64, span Span) Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	var r Report
	for k, want := range t.cells {
		if k.Measure == m && span.holds(k) {
			if want = want.with(span.Corrected[k.Minute]); span.WithLate {
				want.Sure += want.Late
			}
			r.compare(k, got[k], want)
		}
	}
	for k, v := range got {
		if _, known := t.cells[k]; !known && k.Measure == m && span.holds(k) {
			r.compare(k, v, Count{})
		}
	}
	slices.SortFunc(r.Diffs, func(a, b Diff) int {
		return cmp.Or(cmp.Compare(a.Key.Minute, b.Key.Minute), strings.Compare(a.Key.Shop, b.Key.Shop))
	})
	return r
}

func (r *Report) compare(k Key, got int64, want Count) {
	r.Cells++
	switch {
	case !want.Holds(got):
		r.Diffs = append(r.Diffs, Diff{k, got, want})
	case want.Maybe == 0:
		r.Exact++
	}
}

// Plus adds up two reports.
func (r Report) Plus(o Report) Report {
	return Report{Cells: r.Cells + o.Cells, Exact: r.Exact + o.Exact, Diffs: append(slices.Clip(r.Diffs), o.Diffs...)}
}

// String is "ok (n minutes exact)" or the first difference and how many there are.
func (r Report) String() string {
	switch {
	case len(r.Diffs) > 0:
		return fmt.Sprintf("%d of %d differ: %s", len(r.Diffs), r.Cells, r.Diffs[0])
	case r.Cells == 0:
		return "waiting for the first complete minute"
	case r.Exact == r.Cells:
		return fmt.Sprintf("ok, %d figures exact", r.Cells)
	}
	return fmt.Sprintf("ok, %d figures exact, %d within bounds", r.Exact, r.Cells-r.Exact)
}
