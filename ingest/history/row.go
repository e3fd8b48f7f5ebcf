package history

import "errors"

// row is one line of a file: cells as text, in the order of the table's columns. A row may have fewer cells than the
// table has columns.
type row struct {
	line  int64 // where it begins, from 1; of Parquet the row, from 1
	cells []string
	input string // name of the file that the row was in first, where that is another
	text  string // of a row that cannot be read: the line as it stands, so that nothing of it is lost
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
type badRow struct {
	reason  string
	extra   int  // cells more than columns, so that cells may stand that far from their column; negative where some are missing
	unknown bool // which document it belongs to cannot be told from its cells
}

// Error returns the reason.
func (b *badRow) Error() string { return b.reason }

// maxLine is the longest line that is read, in bytes: more is a quote that is never closed, or no text.
const maxLine = 4 << 20

var (
	errOpenQuote  = errors.New("a quoted cell runs over the end of the line and does not end as one should, so that other lines are inside it: mend the quotes of that line")
	errLazyLines  = errors.New("a quoted cell runs over the end of the line, and with lazy_quotes nothing tells whether that is meant or other lines are inside it: mend the quotes of that line, or take its line breaks out")
	errShiftLines = errors.New("a line with a quoted cell that has line breaks has another number of columns than the header, so that other lines may be inside that cell: mend the quotes or separators of that line")
)

var errLongLine = errors.New("a line of more than 4 MiB: probably a quote that is never closed, or a file of another format")
