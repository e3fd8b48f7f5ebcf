package schemas

// Column is one column of a ClickHouse table.
type Column struct {
	Name string
	Type string // ClickHouse type, for example "Decimal(38, 6)"
	Expr string // "EPHEMERAL", "DEFAULT ...", "MATERIALIZED ..." or empty
	Doc  string
}

// Table describes a ClickHouse table: enough to create it and to insert Blocks into it.
type Table struct {
	Name      string
	Doc       string
	Columns   []Column
	Engine    string // for example "ReplacingMergeTree(ver)"
	Partition string // expression of PARTITION BY, or empty
	OrderBy   []string
	TTL       string // expression of TTL, or empty
}

// Block is rows for one table, column by column. Data[i] belongs to column Names[i] of the table and is a slice of
// length Rows of one of these types: []string, []bool, []int64, []uint64, []float64, []Millis, []Money, []Decimal,
// [][]string, [][]int64, [][]uint64, [][]Money, []map[int32]uint64.
// A Block is owned by its receiver: the writer never changes it after handing it over, so a sink may retry it.
type Block struct {
	Table *Table
	Names []string
	Data  []any
	Rows  int
	// Span is the stretch of the log that the rows are all of, for sinks that keep logs; nil elsewhere.
	Span *Span
}
