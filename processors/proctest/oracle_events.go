package proctest

import (
	"sort"
	"strings"

	"tidemark/processors"
)

// item is something that a window counts: an event, or a session at its close time.
type item struct {
	v   any
	ts  int64
	off int64
}

// countEvents sorts every event into its windows.
func countEvents(c *Counted, p processors.Plain, all []seen, o Options, out *Outcome) {
	size, late := c.Spec.Window.Size.Milliseconds(), c.Spec.Lateness.Milliseconds()
	in := map[int64][]item{}
	closed := func(start, m int64) bool {
		if o.Broken == WatermarkInclusive {
			return start+size < m-late
		}
		return start+size <= m-late
	}
	c.fates = make([]Fate, len(all))
	for i := range all {
		s := &all[i]
		if c.fates[i] = s.fate(c.Spec.Dedupe); c.fates[i] != Counts {
			continue
		}
		if !p.Where(s.event) {
			c.fates[i] = Skipped
			continue
		}
		refused, taken := false, false
		for _, start := range windows(c.Spec, s.ts) {
			if closed(start, s.before) && !o.NoLateness {
				refused, c.Dirty[start] = true, true
				continue
			}
			in[start] = append(in[start], item{s.event, s.ts, s.off})
			taken = taken || o.Cut[c.Spec.Name] == 0 || start > o.Cut[c.Spec.Name]
		}
		if refused {
			out.Late++
		}
		c.fates[i] = fateOf(refused, taken, o)
	}
	others := map[int64]bool{} // a record counts once, however many of its windows overflow
	c.Rows = map[Key]*Row{}
	for start, items := range in {
		for _, it := range fill(c, p, start, items, closed(start, out.M), o) {
			others[it.off] = true
		}
	}
	out.Other += int64(len(others))
}

// fill makes the rows of one window from its items, which come in the order in which they count. It returns the items
// that went to "(other)".
func fill(c *Counted, p processors.Plain, start int64, items []item, closed bool, o Options) (others []item) {
	if o.Broken == OtherByName {
		sort.SliceStable(items, func(i, j int) bool { return dimsOf(p, items[i].v) < dimsOf(p, items[j].v) })
	}
	rows := map[string][]item{}
	tuples := map[string]int{} // of a shop
	for _, it := range items {
		dims := dimsOf(p, it.v)
		if rows[dims] == nil {
			shop := shopOf(c.Spec, dims)
			if tuples[shop] >= c.Spec.MaxTuples && o.Broken != OtherUnbounded {
				others = append(others, it)
				dims = overflow(c.Spec, dims)
			}
			if rows[dims] == nil {
				tuples[shop]++
			}
		}
		rows[dims] = append(rows[dims], it)
	}
	for dims, its := range rows {
		r := &Row{Closed: closed, Dims: strings.Split(dims, DimSeparator)}
		for i, m := range p.Measures {
			r.Cells = append(r.Cells, measure(c.Spec.Measures[i].Kind, m, its, closed, o))
		}
		c.Rows[Key{start, dims}] = r
	}
	return others
}

func dimsOf(p processors.Plain, v any) string {
	vals := make([]string, len(p.Dims))
	for i, d := range p.Dims {
		vals[i] = strings.Clone(d(v))
	}
	return strings.Join(vals, DimSeparator)
}

func shopOf(s *processors.Spec, dims string) string {
	for i, v := range strings.Split(dims, DimSeparator) {
		if i < len(s.Dims) && s.Dims[i] == "shop" {
			return v
		}
	}
	return ""
}

func overflow(s *processors.Spec, dims string) string {
	vals := strings.Split(dims, DimSeparator)
	for i := range s.Dims {
		if s.Dims[i] != "shop" && s.Dims[i] != "market" {
			vals[i] = processors.Other
		}
	}
	return strings.Join(vals, DimSeparator)
}
