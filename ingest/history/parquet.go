package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
)

// parquetBatch is how many rows are decoded at a time.
const parquetBatch = 4096

// parquetTable reads the wanted columns of a Parquet file.
type parquetTable struct {
	names, others []string
	rows          pqarrow.RecordReader
	batch         arrow.Record
	at            int // row within batch
	line          int64
	total, size   int64
	read          *atomic.Int64
}

func newParquet(raw io.Reader, wanted []string, read *atomic.Int64) (t *parquetTable, err error) {
	defer damaged(&err)
	source, ok := raw.(parquet.ReaderAtSeeker)
	if !ok {
		return nil, errors.New("no Parquet from a stream, since it is read from both ends; name the file")
	}
	size, err := source.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	r, err := file.NewParquetReader(source)
	if err != nil {
		return nil, err
	}
	t = &parquetTable{total: r.NumRows(), size: size, read: read}
	columns := t.choose(r, wanted)
	if len(columns) == 0 {
		return nil, fmt.Errorf("none of the mapped columns is in the file, which has %q", t.others)
	}
	arrowed, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{BatchSize: parquetBatch}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	t.rows, err = arrowed.GetRecordReader(context.Background(), columns, nil)
	return t, err
}

// choose finds the leaves of the wanted columns, and names the others.
func (t *parquetTable) choose(r *file.Reader, wanted []string) (leaves []int) {
	for i := range r.MetaData().Schema.NumColumns() {
		name := r.MetaData().Schema.Column(i).ColumnPath()[0]
		if slices.Contains(wanted, name) {
			leaves = append(leaves, i)
			if !slices.Contains(t.names, name) {
				t.names = append(t.names, name)
			}
		} else if !slices.Contains(t.others, name) {
			t.others = append(t.others, name)
		}
	}
	return leaves
}

// damaged turns a panic of the Parquet library, which trusts its input, into an error.
func damaged(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("damaged Parquet file: %v", p)
	}
}

func (t *parquetTable) columns() []string { return t.names }

func (t *parquetTable) dropped() []string { return t.others }

func (t *parquetTable) next() (out row, err error) {
	defer damaged(&err)
	for t.batch == nil || t.at == int(t.batch.NumRows()) {
		t.batch, t.at = nil, 0
		if t.batch, err = t.rows.Read(); err != nil {
			return row{line: t.line}, err
		}
	}
	t.line++
	out = row{line: t.line, cells: make([]string, len(t.names))}
	for i := range out.cells {
		out.cells[i] = cellText(t.batch.Column(i), t.at)
	}
	t.at++
	t.read.Store(int64(float64(t.size) * float64(t.line) / float64(max(t.total, 1))))
	return out, nil
}

// cellText writes a value as a CSV file would have it. A time without a zone stays without one; null is empty.
func cellText(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return ""
	}
	switch a := a.(type) {
	case *array.String:
		return string([]byte(a.Value(i))) // the batch's memory is used again
	case *array.Float64:
		return strconv.FormatFloat(a.Value(i), 'f', -1, 64)
	case *array.Float32:
		return strconv.FormatFloat(float64(a.Value(i)), 'f', -1, 32)
	case *array.Timestamp:
		kind := a.DataType().(*arrow.TimestampType)
		at := a.Value(i).ToTime(kind.Unit)
		if kind.TimeZone == "" {
			return at.Format("2006-01-02 15:04:05.999999999")
		}
		return at.UTC().Format(time.RFC3339Nano)
	case *array.Dictionary:
		return cellText(a.Dictionary(), a.GetValueIndex(i))
	}
	return a.ValueStr(i)
}
