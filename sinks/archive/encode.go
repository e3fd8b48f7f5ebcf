package archive

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"

	"tidemark/schemas"
)

// encoder writes rows of one raw table as Parquet. The bytes are a function of the rows and of the library's version: no
// time, no name of a machine, no order of a map goes into them. One goroutine at a time may use it.
type encoder struct {
	table  *schemas.Table
	kinds  []kind
	fields []arrow.Field
	writer *parquet.WriterProperties
}

func newEncoder(t *schemas.Table) (*encoder, error) {
	if err := fastZstd(); err != nil {
		return nil, err
	}
	e := &encoder{table: t}
	options := []parquet.WriterProperty{
		parquet.WithCreatedBy("tidemark archive 1"), parquet.WithVersion(parquet.V2_6),
		parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDictionaryDefault(false),
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		k, err := kindOf(c)
		if err != nil {
			return nil, err
		}
		e.kinds = append(e.kinds, k)
		e.fields = append(e.fields, arrow.Field{Name: c.Name, Type: k.arrow, Metadata: arrow.NewMetadata([]string{"clickhouse"}, []string{c.Type})})
		if strings.Contains(c.Type, "LowCardinality") {
			options = append(options, parquet.WithDictionaryFor(c.Name, true))
		}
	}
	e.writer = parquet.NewWriterProperties(options...)
	return e, nil
}

// encode writes the given rows of a block as one file with one row group.
func (e *encoder) encode(b *schemas.Block, rows []int32) ([]byte, error) {
	schema := e.schema(b.Span)
	columns := make([]arrow.Array, len(e.fields))
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	for i, c := range e.table.Columns {
		if b.Names[i] != c.Name {
			return nil, fmt.Errorf("column %d of the block is %q where the table has %q", i, b.Names[i], c.Name)
		}
		builder := array.NewBuilder(memory.DefaultAllocator, e.kinds[i].arrow)
		if !e.kinds[i].write(builder, b.Data[i], rows) {
			return nil, fmt.Errorf("column %q is %s, which %T does not fit", c.Name, c.Type, b.Data[i])
		}
		columns[i] = builder.NewArray()
		builder.Release()
	}
	record := array.NewRecord(schema, columns, int64(len(rows)))
	defer record.Release()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, e.writer, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return nil, err
	}
	if err := w.Write(record); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// schema says in its metadata which span a file belongs to, for people who find one alone.
func (e *encoder) schema(s *schemas.Span) *arrow.Schema {
	m := arrow.NewMetadata([]string{"tidemark.topic", "tidemark.partition", "tidemark.part", "tidemark.first", "tidemark.next"},
		[]string{s.Topic, fmt.Sprint(s.Partition), fmt.Sprintf("%016x", s.Part), fmt.Sprint(s.First), fmt.Sprint(s.Next)})
	return arrow.NewSchema(e.fields, &m)
}
