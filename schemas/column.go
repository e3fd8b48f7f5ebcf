package schemas

import (
	"fmt"
	"unsafe"
)

// column collects the values of one field. Which of its slices is in use follows from the field's kind and from
// whether the field belongs to the event itself or to its lines.
type column struct {
	field *field
	list  *field // the slice of lines that field belongs to; nil for a field of the event itself

	texts     []string
	ints      []int64 // also Millis and Money
	flags     []bool
	floats    []float64
	textLists [][]string
	intLists  [][]int64 // also Money
}

// newColumns lists the columns of a struct in the order of eventColumns.
func newColumns(l *layout) ([]column, error) {
	var columns []column
	for i := range l.fields {
		f := &l.fields[i]
		if f.kind != kindStructs {
			columns = append(columns, column{field: f})
			continue
		}
		for j := range f.items.fields {
			inner := &f.items.fields[j]
			if inner.kind != kindString && inner.kind != kindInt && inner.kind != kindMoney {
				return nil, fmt.Errorf("schemas: %v.%s: lines in a table may have string, int64 and Money only", f.items.typ, inner.name)
			}
			columns = append(columns, column{field: inner, list: f})
		}
	}
	return columns, nil
}

// append adds the value of the event at base.
func (c *column) append(base unsafe.Pointer, a *arena) {
	if c.list != nil {
		c.appendLines(at[slice](base, c.list.off), a)
		return
	}
	off := c.field.off
	switch c.field.kind {
	case kindString:
		c.texts = append(c.texts, c.keep(*at[string](base, off), a))
	case kindBool:
		c.flags = append(c.flags, *at[bool](base, off))
	case kindFloat:
		c.floats = append(c.floats, *at[float64](base, off))
	case kindStrings:
		c.textLists = append(c.textLists, a.cloneList(*at[[]string](base, off)))
	default:
		c.ints = append(c.ints, *at[int64](base, off))
	}
}

// keep copies a string; neighbouring rows often have the same one and share it.
func (c *column) keep(s string, a *arena) string {
	if n := len(c.texts); n > 0 && c.texts[n-1] == s {
		return c.texts[n-1]
	}
	return a.clone(s)
}

func (c *column) appendLines(lines *slice, a *arena) {
	if c.field.kind == kindString {
		values := a.newTexts(lines.len)
		for i := range values {
			values[i] = a.clone(*at[string](c.list.items.element(lines, i), c.field.off))
		}
		c.textLists = append(c.textLists, values)
		return
	}
	values := a.newInts(lines.len)
	for i := range values {
		values[i] = *at[int64](c.list.items.element(lines, i), c.field.off)
	}
	c.intLists = append(c.intLists, values)
}

// width is the size of one value of the column, what it points to apart.
func (c *column) width() int64 {
	switch {
	case c.list != nil || c.field.kind == kindStrings:
		return 24
	case c.field.kind == kindString:
		return 16
	case c.field.kind == kindBool:
		return 1
	}
	return 8
}

// take hands over the values as the slice type that a Block wants and makes room for new ones.
func (c *column) take(room int) any {
	switch kind := c.field.kind; {
	case kind == kindStrings || c.list != nil && kind == kindString:
		return swap(&c.textLists, room)
	case c.list != nil && kind == kindMoney:
		return retypeLists[Money](swap(&c.intLists, room))
	case c.list != nil:
		return swap(&c.intLists, room)
	case kind == kindString:
		return swap(&c.texts, room)
	case kind == kindBool:
		return swap(&c.flags, room)
	case kind == kindFloat:
		return swap(&c.floats, room)
	case kind == kindMillis:
		return retype[Millis](swap(&c.ints, room))
	case kind == kindMoney:
		return retype[Money](swap(&c.ints, room))
	}
	return swap(&c.ints, room)
}

func swap[T any](s *[]T, room int) []T {
	full := *s
	*s = make([]T, 0, room)
	return full
}
