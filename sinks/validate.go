package sinks

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tidemark/schemas"
)

// Validate checks a block against the table it names: every column exists and is given once, holds Rows values and is
// of a Go type that fits its ClickHouse type. Its error is permanent.
func Validate(b schemas.Block) error {
	if b.Table == nil {
		return Refused("insert", errors.New("block without a table"))
	}
	if err := validate(b); err != nil {
		return Refused("insert into "+b.Table.Name, err)
	}
	return nil
}

func validate(b schemas.Block) error {
	if len(b.Names) == 0 || len(b.Names) != len(b.Data) {
		return fmt.Errorf("block has %d column names and %d columns", len(b.Names), len(b.Data))
	}
	for i, name := range b.Names {
		c := Column(b.Table, name)
		if c == nil {
			return fmt.Errorf("table has no column %q", name)
		}
		if slices.Contains(b.Names[:i], name) {
			return fmt.Errorf("column %q is given twice", name)
		}
		rows, fits := measure(b.Data[i], BaseType(c.Type))
		if !fits {
			return fmt.Errorf("column %q is %s, which %T does not fit", name, c.Type, b.Data[i])
		}
		if rows != b.Rows {
			return fmt.Errorf("column %q has %d values in a block of %d rows", name, rows, b.Rows)
		}
	}
	return nil
}

// Column returns the table's column of that name, or nil.
func Column(t *schemas.Table, name string) *schemas.Column {
	i := slices.IndexFunc(t.Columns, func(c schemas.Column) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &t.Columns[i]
}

// BaseType strips the wrappers that change how a ClickHouse type is stored but not which values it takes:
// LowCardinality(T), Nullable(T) and SimpleAggregateFunction(f, T) give T.
func BaseType(typ string) string {
	for _, wrapper := range []string{"LowCardinality(", "Nullable("} {
		if inner, ok := strings.CutPrefix(typ, wrapper); ok {
			return BaseType(strings.TrimSuffix(inner, ")"))
		}
	}
	if inner, ok := strings.CutPrefix(typ, "SimpleAggregateFunction("); ok {
		_, inner, _ = strings.Cut(inner, ",")
		return BaseType(strings.TrimSpace(strings.TrimSuffix(inner, ")")))
	}
	return typ
}

// measure returns the length of a column and whether its Go type fits the ClickHouse type.
func measure(data any, typ string) (rows int, fits bool) {
	is := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(typ, p) })
	}
	switch v := data.(type) {
	case []string:
		return len(v), is("String", "FixedString", "Enum", "UUID")
	case []bool:
		return len(v), is("Bool")
	case []int64:
		return len(v), is("Int", "UInt")
	case []uint64:
		return len(v), is("UInt", "Int")
	case []float64:
		return len(v), is("Float64")
	case []schemas.Millis:
		return len(v), is("DateTime", "Int64")
	case []schemas.Money:
		return len(v), is("Decimal")
	case []schemas.Decimal:
		return len(v), is("Decimal")
	case [][]string:
		return len(v), is("Array(String)", "Array(LowCardinality(String))")
	case [][]int64:
		return len(v), is("Array(Int64)")
	case [][]uint64:
		return len(v), is("Array(UInt64)")
	case [][]schemas.Money:
		return len(v), is("Array(Decimal")
	case []map[int32]uint64:
		return len(v), is("Map(Int32,")
	}
	return 0, false
}
