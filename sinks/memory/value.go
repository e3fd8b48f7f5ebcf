package memory

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"

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

// equal compares two values bit by bit, so NaN equals itself.
func equal(a any, i int, b any, j int) bool {
	switch x := a.(type) {
	case []string:
		return same(x[i], b, j)
	case []bool:
		return same(x[i], b, j)
	case []int64:
		return same(x[i], b, j)
	case []uint64:
		return same(x[i], b, j)
	case []float64:
		y, ok := b.([]float64)
		return ok && math.Float64bits(x[i]) == math.Float64bits(y[j])
	case []schemas.Millis:
		return same(x[i], b, j)
	case []schemas.Money:
		return same(x[i], b, j)
	case []schemas.Decimal:
		return same(x[i], b, j)
	case [][]string:
		return sameSlice(x[i], b, j)
	case [][]int64:
		return sameSlice(x[i], b, j)
	case [][]uint64:
		return sameSlice(x[i], b, j)
	case [][]schemas.Money:
		return sameSlice(x[i], b, j)
	case []map[int32]uint64:
		y, ok := b.([]map[int32]uint64)
		return ok && maps.Equal(x[i], y[j])
	default:
		return false
	}
}

func same[T comparable](x T, b any, j int) bool {
	y, ok := b.([]T)
	return ok && x == y[j]
}

func sameSlice[T comparable](x []T, b any, j int) bool {
	y, ok := b.([][]T)
	return ok && slices.Equal(x, y[j])
}

// value takes one value out of a column.
func value(column any, row int) any {
	switch c := column.(type) {
	case []string:
		return c[row]
	case []bool:
		return c[row]
	case []int64:
		return c[row]
	case []uint64:
		return c[row]
	case []float64:
		return c[row]
	case []schemas.Millis:
		return c[row]
	case []schemas.Money:
		return c[row]
	case []schemas.Decimal:
		return c[row]
	case [][]string:
		return c[row]
	case [][]int64:
		return c[row]
	case [][]uint64:
		return c[row]
	case [][]schemas.Money:
		return c[row]
	case []map[int32]uint64:
		return c[row]
	default:
		return nil
	}
}
