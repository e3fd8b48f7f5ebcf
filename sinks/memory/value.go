package memory

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"

	"tidemark/schemas"
)

// appendKey appends a value such that different values give different bytes.
func appendKey(to []byte, column any, row int) []byte {
	switch c := column.(type) {
	case []string:
		return append(binary.AppendUvarint(to, uint64(len(c[row]))), c[row]...)
	case []int64:
		return binary.BigEndian.AppendUint64(to, uint64(c[row]))
	case []uint64:
		return binary.BigEndian.AppendUint64(to, c[row])
	case []schemas.Millis:
		return binary.BigEndian.AppendUint64(to, uint64(c[row]))
	default:
		text := fmt.Append(nil, value(column, row))
		return append(binary.AppendUvarint(to, uint64(len(text))), text...)
	}
}

// compare orders two values of key columns; kinds that make poor keys are ordered by their text.
func compare(a any, i int, b any, j int) int {
	switch x := a.(type) {
	case []string:
		return ordered(x[i], b, j)
	case []int64:
		return ordered(x[i], b, j)
	case []uint64:
		return ordered(x[i], b, j)
	case []schemas.Millis:
		return ordered(x[i], b, j)
	default:
		return bytes.Compare(fmt.Append(nil, value(a, i)), fmt.Append(nil, value(b, j)))
	}
}

func ordered[T cmp.Ordered](x T, b any, j int) int {
	if y, ok := b.([]T); ok {
		return cmp.Compare(x, y[j])
	}
	return 0 // columns of unlike types, which Validate keeps out of one table but for integers
}

// equal compares two values: NaN equals itself, and no list an empty one.
func equal(a any, i int, b any, j int) bool {
	x, y := reflect.ValueOf(a).Index(i), reflect.ValueOf(b).Index(j)
	switch x.Kind() {
	case reflect.Float64:
		return math.Float64bits(x.Float()) == math.Float64bits(y.Float())
	case reflect.Slice, reflect.Map:
		if x.Len() == 0 && y.Len() == 0 {
			return true
		}
	}
	return reflect.DeepEqual(x.Interface(), y.Interface())
}

// value takes one value out of a column.
func value(column any, row int) any { return reflect.ValueOf(column).Index(row).Interface() }
