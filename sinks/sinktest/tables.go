package sinktest

import (
	"tidemark/processors"
	"tidemark/schemas"
)

// tables are the tables of the suite.
func tables() []*schemas.Table {
	return append(processors.SystemTables(), kindTable(), pairTable(), otherTable())
}

// kindTable has a column of every kind.
func kindTable() *schemas.Table {
	column := func(name, typ, expr string) schemas.Column { return schemas.Column{Name: name, Type: typ, Expr: expr} }
	return &schemas.Table{
		Name: "kinds", Engine: "ReplacingMergeTree(ver)", Partition: "toYYYYMM(at)", OrderBy: []string{"id", "at"},
		Columns: []schemas.Column{
			column("id", "Int64", ""),
			column("at", "DateTime64(3, 'UTC')", ""),
			column("text", "String", ""),
			column("label", "LowCardinality(String)", ""),
			column("flag", "Bool", ""),
			column("small", "Int32", ""),
			column("octet", "UInt8", ""),
			column("count", "UInt64", ""),
			column("ratio", "Float64", ""),
			column("price", "Decimal(38, 6)", ""),
			column("total", "Decimal(38, 6)", ""),
			column("tags", "Array(String)", ""),
			column("numbers", "Array(Int64)", ""),
			column("hashes", "Array(UInt64)", ""),
			column("prices", "Array(Decimal(38, 6))", ""),
			column("histogram", "Map(Int32, UInt64)", ""),
			column("ids", "Array(UInt64)", "EPHEMERAL"),
			column("users", "AggregateFunction(uniq, UInt64)", "DEFAULT arrayReduce('uniqState', ids)"),
			column("ver", "UInt64", ""),
		},
	}
}

// pairTable maps a key to a value; its key has the name of an SQL keyword.
func pairTable() *schemas.Table {
	return &schemas.Table{
		Name: "pairs", Engine: "ReplacingMergeTree(ver)", OrderBy: []string{"group"},
		Columns: []schemas.Column{{Name: "group", Type: "String"}, {Name: "value", Type: "String"}, {Name: "ver", Type: "UInt64"}},
	}
}

// otherTable is a second table with the same columns.
func otherTable() *schemas.Table {
	t := pairTable()
	t.Name = "others"
	return t
}

// pairs makes a block of pairTable; all rows get the same value.
func pairs(keys []string, versions []uint64, value string) schemas.Block {
	return schemas.Block{
		Table: pairTable(), Rows: len(keys), Names: []string{"group", "value", "ver"},
		Data: []any{keys, fill(len(keys), func(int) string { return value }), versions},
	}
}

func fill[T any](n int, f func(int) T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}
