package preview

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// table draws the fields that are not hidden as columns.
func (d drawing) table(f frame) *Table {
	t := &Table{Columns: []Column{}, Rows: make([][]Cell, f.rows())}
	order := d.sorted(f)
	for i := range f {
		c := d.configOf(&f[i])
		if c.custom.hidden {
			continue
		}
		t.Columns = append(t.Columns, Column{Title: d.nameOf(&f[i], c, place{values: d.values, name: f[i].name}), Align: align(&f[i], c)})
		longest := longestOf(f[i].values)
		for n, row := range order {
			t.Rows[n] = append(t.Rows[n], d.cell(f, i, row, c, longest))
		}
	}
	return t
}

func (d drawing) cell(f frame, i, row int, c fieldConfig, longest float64) Cell {
	v := f[i].values[row]
	s := c.show(v, d.w)
	out := Cell{Text: s.text, Value: s.value}
	if c.custom.cell != "" {
		out.Color = s.color
	}
	if c.custom.cell == cellBar && s.value != nil {
		out.Share = share(*s.value, longest)
	}
	if len(c.links) > 0 && v != nil {
		out.Link = d.placeOf(f, i, row).link(c.links)
	}
	return out
}

func align(f *field, c fieldConfig) string {
	if c.custom.align != "" {
		return c.custom.align
	}
	if f.kind == numberField {
		return "right"
	}
	return "left"
}

func longestOf(values []any) float64 {
	longest := 0.0
	for _, v := range values {
		if n, ok := v.(float64); ok {
			longest = max(longest, math.Abs(n))
		}
	}
	return longest
}

// sorted is the order of the rows: that of the query, or that of the column which the board names.
func (d drawing) sorted(f frame) []int {
	order := make([]int, f.rows())
	for i := range order {
		order[i] = i
	}
	by := slices.IndexFunc(f, func(c field) bool {
		return d.options.sortBy != "" && (c.name == d.options.sortBy || d.nameOf(&c, d.configOf(&c), place{values: d.values}) == d.options.sortBy)
	})
	if by < 0 {
		return order
	}
	slices.SortStableFunc(order, func(a, b int) int {
		n := compare(f[by].values[a], f[by].values[b])
		if d.options.sortDesc {
			return -n
		}
		return n
	})
	return order
}

// compare orders values of one column; nothing comes before everything.
func compare(a, b any) int {
	switch a := a.(type) {
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b)
		}
	}
	switch {
	case a == nil && b != nil:
		return -1
	case a != nil && b == nil:
		return 1
	}
	return 0
}
