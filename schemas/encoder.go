package schemas

import (
	"math"
	"strconv"
	"unsafe"
)

// Encoder writes events of one type as JSON, fields in struct order, which is the order that Decoder reads fastest.
// It holds no state: any number of goroutines may use one.
type Encoder[E any] struct {
	layout *layout
}

// NewEncoder builds the field table of E; see NewDecoder for the types allowed.
func NewEncoder[E any]() (*Encoder[E], error) {
	l, err := layoutOf[E]()
	if err != nil {
		return nil, err
	}
	return &Encoder[E]{layout: l}, nil
}

// Append appends e as a JSON object to dst. Zero fields with omitempty are left out; bytes that are not valid UTF-8
// become U+FFFD.
func (c *Encoder[E]) Append(dst []byte, e *E) []byte {
	return c.layout.append(dst, baseOf(e))
}

func (l *layout) append(dst []byte, base unsafe.Pointer) []byte {
	start := len(dst)
	for i := range l.fields {
		f := &l.fields[i]
		if f.omit && f.zero(base) {
			continue
		}
		dst = append(dst, f.key...)
		dst = f.append(dst, base)
	}
	if len(dst) == start {
		return append(dst, "{}"...)
	}
	dst[start] = '{' // in place of the first field's comma
	return append(dst, '}')
}

func (f *field) zero(base unsafe.Pointer) bool {
	switch f.kind {
	case kindString:
		return *at[string](base, f.off) == ""
	case kindBool:
		return !*at[bool](base, f.off)
	case kindFloat:
		return *at[float64](base, f.off) == 0
	case kindStrings, kindStructs:
		return at[slice](base, f.off).len == 0
	}
	return *at[int64](base, f.off) == 0
}

func (f *field) append(dst []byte, base unsafe.Pointer) []byte {
	switch f.kind {
	case kindString:
		return appendText(dst, *at[string](base, f.off))
	case kindBool:
		return strconv.AppendBool(dst, *at[bool](base, f.off))
	case kindInt, kindMillis:
		return strconv.AppendInt(dst, *at[int64](base, f.off), 10)
	case kindFloat:
		return appendFloat(dst, *at[float64](base, f.off))
	case kindMoney:
		dst = at[Money](base, f.off).Append(append(dst, '"'))
		return append(dst, '"')
	case kindStrings:
		return appendTexts(dst, *at[[]string](base, f.off))
	}
	return f.items.appendList(dst, at[slice](base, f.off))
}

func appendTexts(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(dst, s)
	}
	return append(dst, ']')
}

func (l *layout) appendList(dst []byte, list *slice) []byte {
	dst = append(dst, '[')
	for i := range list.len {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = l.append(dst, l.element(list, i))
	}
	return append(dst, ']')
}

// appendFloat writes null for what JSON has no number for.
func appendFloat(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}
