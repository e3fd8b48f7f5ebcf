package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"

	"tidemark/schemas"
	"tidemark/sinks"
)

// batchRows is how many rows of a file become one Block.
const batchRows = 1 << 14

// decode reads a file as blocks of the table. Columns that the file lacks, because it is older than they are, are left
// out of the blocks: the store fills in their default.
func decode(ctx context.Context, t *schemas.Table, data []byte, yield func(schemas.Block) error) error {
	parquetFile, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer parquetFile.Close()
	reader, err := pqarrow.NewFileReader(parquetFile, pqarrow.ArrowReadProperties{BatchSize: batchRows}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	records, err := reader.GetRecordReader(ctx, nil, nil)
	if err != nil {
		return err
	}
	defer records.Release()
	kinds, err := kindsOf(t, records.Schema())
	if err != nil {
		return err
	}
	for records.Next() {
		if err := yield(blockOf(t, kinds, records.Record())); err != nil {
			return err
		}
	}
	if err := records.Err(); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// sameType compares without the names that files give to the elements of lists.
func sameType(a, b arrow.DataType) bool {
	la, ok1 := a.(*arrow.ListType)
	lb, ok2 := b.(*arrow.ListType)
	if ok1 && ok2 {
		return arrow.TypeEqual(la.Elem(), lb.Elem())
	}
	return arrow.TypeEqual(a, b)
}

// kindsOf finds how each column of a file is read, and refuses a file that holds what the table cannot take.
func kindsOf(t *schemas.Table, s *arrow.Schema) ([]kind, error) {
	kinds := make([]kind, s.NumFields())
	for i, f := range s.Fields() {
		c := sinks.Column(t, f.Name)
		if c == nil {
			return nil, fmt.Errorf("it has a column %q that table %s does not: use the version of tidemark that wrote it, or a newer one", f.Name, t.Name)
		}
		k, err := kindOf(c)
		if err != nil {
			return nil, err
		}
		if !sameType(k.arrow, f.Type) {
			return nil, fmt.Errorf("its column %q is %v where table %s wants %v", f.Name, f.Type, t.Name, k.arrow)
		}
		kinds[i] = k
	}
	return kinds, nil
}

func blockOf(t *schemas.Table, kinds []kind, r arrow.Record) schemas.Block {
	b := schemas.Block{Table: t, Rows: int(r.NumRows())}
	for i, k := range kinds {
		b.Names = append(b.Names, r.ColumnName(i))
		b.Data = append(b.Data, k.read(nil, r.Column(i)))
	}
	return b
}
