package history

import "errors"

// row is one line of a file: cells as text, in the order of the table's columns. A row may have fewer cells than the
// table has columns.
type row struct {
	line  int64 // where it begins, from 1; of Parquet the row, from 1
	cells []string
}

// table is a file being read.
type table interface {
	// columns are the names of the cells.
	columns() []string
	// dropped are the columns of the file that are not among the cells, as far as it was read.
	dropped() []string
	// next returns the next row; io.EOF at the end; a *badRow where one row cannot be read but the next can.
	next() (row, error)
}

// badRow says why one row cannot be read. The reason holds none of its text.
type badRow struct{ reason string }

// Error returns the reason.
func (b *badRow) Error() string { return b.reason }

// maxLine is the longest line that is read, in bytes: more is a quote that is never closed, or no text.
const maxLine = 4 << 20

var errLongLine = errors.New("a line of more than 4 MiB: probably a quote that is never closed, or a file of another format")
