package preview

import "context"

// Query runs one SELECT and returns its whole answer. It is called from several goroutines, must give up when ctx ends,
// and runs as a user that can only read: the text comes from the boards' files, never from a browser, but a board's
// file is not code that this server trusts to write.
//
// An adapter over ClickHouse's HTTP interface asks for the format JSONCompact with the setting
// date_time_output_format = iso, and gives the body to ReadJSONCompact.
type Query func(ctx context.Context, sql string) (Result, error)

// Result is the answer to a query: columns in the order of the SELECT, and rows of as many values.
type Result struct {
	Columns []ResultColumn
	Rows    [][]any // nil (NULL, NaN), float64 (every kind of number), bool, string, or time.Time in UTC
}

// ResultColumn is a column of an answer.
type ResultColumn struct {
	Name string
	Type string // ClickHouse's name of the type, for example LowCardinality(Nullable(String))
}
