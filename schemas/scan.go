package schemas

import (
	"encoding/binary"
	"unsafe"
)

// scan reads the object that begins at b[p] into the zero struct at base, and returns the index behind it. It expects
// the fields in struct order, which is how the encoder writes them; other orders cost a map lookup.
//
// It gives up (ok is false, base is half filled) on anything unusual: escapes, numbers beyond the plain forms, names
// that the struct does not have, names given twice, wrong types, broken JSON. What it does read, the strict decoder
// reads with the same result; FuzzDecode holds it to that.
func (l *layout) scan(b []byte, p int, base unsafe.Pointer) (end int, ok bool) {
	p = space(b, p+1)
	if p < len(b) && b[p] == '}' {
		return p + 1, true
	}
	var seen uint64
	next := 0
	for {
		i, q := l.find(b, p, next)
		if i < 0 || seen&(1<<i) != 0 {
			return 0, false
		}
		seen |= 1 << i
		next = i + 1
		if q = colon(b, q); q >= len(b) {
			return 0, false
		}
		if q, ok = l.fields[i].scan(b, q, base); !ok {
			return 0, false
		}
		if q = space(b, q); q >= len(b) {
			return 0, false
		}
		switch b[q] {
		case ',':
			p = space(b, q+1)
		case '}':
			return q + 1, true
		default:
			return 0, false
		}
	}
}

// find returns the field whose quoted name stands at b[p], and the index behind the name; -1 where there is none.
// Fields from next on are tried first.
func (l *layout) find(b []byte, p, next int) (i, end int) {
	if len(b)-p < 8 {
		return l.lookup(b, p)
	}
	word := binary.LittleEndian.Uint64(b[p:])
	for i := next; i < len(l.heads); i++ {
		if word&l.heads[i].mask != l.heads[i].word {
			continue
		}
		quoted := l.fields[i].quoted()
		if n := len(quoted); n <= 8 || len(b)-p >= n && string(b[p:p+n]) == quoted {
			return i, p + n
		}
	}
	return l.lookup(b, p)
}

func (l *layout) lookup(b []byte, p int) (i, end int) {
	if p >= len(b) || b[p] != '"' {
		return -1, 0
	}
	if end = plainText(b, p+1); end < 0 {
		return -1, 0
	}
	i, known := l.byName[string(b[p+1:end])]
	if !known {
		return -1, 0
	}
	return i, end + 1
}

// scan reads the value at b[p] into the field and returns the index behind it.
func (f *field) scan(b []byte, p int, base unsafe.Pointer) (end int, ok bool) {
	if f.kind == kindString && b[p] == '"' { // most fields
		if end = plainText(b, p+1); end < 0 {
			return 0, false
		}
		*at[string](base, f.off) = text(b[p+1 : end])
		return end + 1, true
	}
	if b[p] == 'n' {
		return literal(b, p, "null")
	}
	switch f.kind {
	case kindBool:
		return scanBool(b, p, at[bool](base, f.off))
	case kindInt:
		return scanInt(b, p, at[int64](base, f.off))
	case kindFloat:
		return scanFloat(b, p, at[float64](base, f.off))
	case kindMillis:
		return scanMillis(b, p, at[Millis](base, f.off))
	case kindMoney:
		return scanMoney(b, p, at[Money](base, f.off))
	case kindStrings:
		return scanStrings(b, p, at[[]string](base, f.off))
	case kindStructs:
		return f.items.scanList(b, p, at[slice](base, f.off))
	}
	return 0, false
}

func scanStrings(b []byte, p int, to *[]string) (end int, ok bool) {
	return scanArray(b, p, func(p int) (int, bool) {
		if b[p] != '"' {
			return 0, false
		}
		end := plainText(b, p+1)
		if end < 0 {
			return 0, false
		}
		*to = append(*to, text(b[p+1:end]))
		return end + 1, true
	})
}

func (l *layout) scanList(b []byte, p int, to *slice) (end int, ok bool) {
	return scanArray(b, p, func(p int) (int, bool) {
		if b[p] != '{' {
			return 0, false
		}
		return l.scan(b, p, l.extend(to))
	})
}

// scanArray reads the array at b[p]; element reads one element and returns the index behind it.
func scanArray(b []byte, p int, element func(p int) (int, bool)) (end int, ok bool) {
	if b[p] != '[' {
		return 0, false
	}
	if p = space(b, p+1); p < len(b) && b[p] == ']' {
		return p + 1, true
	}
	for p < len(b) {
		if p, ok = element(p); !ok {
			return 0, false
		}
		if p = space(b, p); p >= len(b) {
			return 0, false
		}
		switch b[p] {
		case ',':
			p = space(b, p+1)
		case ']':
			return p + 1, true
		default:
			return 0, false
		}
	}
	return 0, false
}
