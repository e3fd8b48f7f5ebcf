package archive

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"tidemark/schemas"
	"tidemark/sinks"
)

// kind ties a ClickHouse type to its type in Parquet and to the Go type in a Block.
type kind struct {
	arrow arrow.DataType
	// write appends rows of a column; false where the column is of another Go type.
	write func(b array.Builder, data any, rows []int32) bool
	// read appends a whole array to a column, nil at first.
	read func(column any, a arrow.Array) any
}

// kindOf is the kind of a raw table's column. Types that no raw table has are an error of the program.
func kindOf(c *schemas.Column) (kind, error) {
	base := sinks.BaseType(c.Type)
	if element, ok := strings.CutPrefix(base, "Array("); ok {
		switch element = sinks.BaseType(strings.TrimSuffix(element, ")")); {
		case element == "String":
			return lists(text), nil
		case element == "Int64":
			return lists(integer), nil
		case strings.HasPrefix(element, "Decimal("):
			return lists(amount), nil
		}
	}
	switch {
	case base == "String":
		return plain(text), nil
	case base == "Bool":
		return plain(flag), nil
	case base == "Int64":
		return plain(integer), nil
	case base == "UInt64":
		return plain(natural), nil
	case base == "Float64":
		return plain(real), nil
	case strings.HasPrefix(base, "DateTime64(3"):
		return plain(instant), nil
	case strings.HasPrefix(base, "Decimal("):
		return plain(amount), nil
	}
	return kind{}, fmt.Errorf("column %q: the archive has no type for %s", c.Name, c.Type)
}

// element is how one Go type is written and read.
type element[T any] struct {
	arrow arrow.DataType
	put   func(array.Builder) func(T)
	get   func(arrow.Array) func(int) T
}

var (
	text = element[string]{arrow.BinaryTypes.String,
		func(b array.Builder) func(string) { return b.(*array.StringBuilder).Append },
		func(a arrow.Array) func(int) string { return a.(*array.String).Value }}
	flag = element[bool]{arrow.FixedWidthTypes.Boolean,
		func(b array.Builder) func(bool) { return b.(*array.BooleanBuilder).Append },
		func(a arrow.Array) func(int) bool { return a.(*array.Boolean).Value }}
	integer = element[int64]{arrow.PrimitiveTypes.Int64,
		func(b array.Builder) func(int64) { return b.(*array.Int64Builder).Append },
		func(a arrow.Array) func(int) int64 { return a.(*array.Int64).Value }}
	natural = element[uint64]{arrow.PrimitiveTypes.Uint64,
		func(b array.Builder) func(uint64) { return b.(*array.Uint64Builder).Append },
		func(a arrow.Array) func(int) uint64 { return a.(*array.Uint64).Value }}
	real = element[float64]{arrow.PrimitiveTypes.Float64,
		func(b array.Builder) func(float64) { return b.(*array.Float64Builder).Append },
		func(a arrow.Array) func(int) float64 { return a.(*array.Float64).Value }}
	instant = element[schemas.Millis]{&arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"},
		func(b array.Builder) func(schemas.Millis) {
			to := b.(*array.TimestampBuilder)
			return func(m schemas.Millis) { to.Append(arrow.Timestamp(m)) }
		},
		func(a arrow.Array) func(int) schemas.Millis {
			from := a.(*array.Timestamp)
			return func(i int) schemas.Millis { return schemas.Millis(from.Value(i)) }
		}}
	// amount is ClickHouse's own Decimal(38, 6); micro-units fit it without loss.
	amount = element[schemas.Money]{&arrow.Decimal128Type{Precision: 38, Scale: 6},
		func(b array.Builder) func(schemas.Money) {
			to := b.(*array.Decimal128Builder)
			return func(m schemas.Money) { to.Append(decimal128.FromI64(int64(m))) }
		},
		func(a arrow.Array) func(int) schemas.Money {
			from := a.(*array.Decimal128)
			return func(i int) schemas.Money { return schemas.Money(from.Value(i).LowBits()) }
		}}
)

func plain[T any](e element[T]) kind {
	return kind{
		arrow: e.arrow,
		write: func(b array.Builder, data any, rows []int32) bool {
			values, ok := data.([]T)
			if !ok {
				return false
			}
			b.Reserve(len(rows))
			put := e.put(b)
			for _, row := range rows {
				put(values[row])
			}
			return true
		},
		read: func(column any, a arrow.Array) any {
			values, _ := column.([]T)
			get := e.get(a)
			for i := range a.Len() {
				values = append(values, get(i))
			}
			return values
		},
	}
}

func lists[T any](e element[T]) kind {
	return kind{
		arrow: arrow.ListOf(e.arrow),
		write: func(b array.Builder, data any, rows []int32) bool {
			values, ok := data.([][]T)
			if !ok {
				return false
			}
			to := b.(*array.ListBuilder)
			put := e.put(to.ValueBuilder())
			for _, row := range rows {
				to.Append(true)
				for _, v := range values[row] {
					put(v)
				}
			}
			return true
		},
		read: func(column any, a arrow.Array) any {
			values, _ := column.([][]T)
			from := a.(*array.List)
			get := e.get(from.ListValues())
			for i := range a.Len() {
				begin, end := from.ValueOffsets(i)
				list := make([]T, 0, end-begin)
				for j := begin; j < end; j++ {
					list = append(list, get(int(j)))
				}
				values = append(values, list)
			}
			return values
		},
	}
}
