package clickhouse

import (
	"fmt"
	"regexp"
	"strings"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"tidemark/schemas"
	"tidemark/sinks"
)

// batch is what one INSERT carries: blocks of one table that have the same columns.
type batch struct {
	table   *schemas.Table
	columns []ch.ColumnNameAndType
	query   string
	blocks  []schemas.Block
	rows    int
}

// group checks the blocks and sorts them into batches, in the order in which they come. Empty blocks are left out.
func group(blocks []schemas.Block) ([]*batch, error) {
	var out []*batch
	byKey := map[string]*batch{}
	for _, blk := range blocks {
		if err := sinks.Validate(blk); err != nil {
			return nil, err
		}
		if blk.Rows == 0 {
			continue
		}
		key := blk.Table.Name + "\n" + strings.Join(blk.Names, "\n")
		b := byKey[key]
		if b == nil {
			b = newBatch(blk)
			byKey[key] = b
			out = append(out, b)
		}
		b.blocks = append(b.blocks, blk)
		b.rows += blk.Rows
	}
	return out, nil
}

func newBatch(blk schemas.Block) *batch {
	b := &batch{table: blk.Table}
	names := make([]string, len(blk.Names))
	for i, name := range blk.Names {
		b.columns = append(b.columns, ch.ColumnNameAndType{Name: name, Type: wire(sinks.Column(blk.Table, name).Type)})
		names[i] = quote(name)
	}
	b.query = fmt.Sprintf("INSERT INTO %s (%s)", quote(blk.Table.Name), strings.Join(names, ", "))
	return b
}

// fill appends every block column by column. It checks the lengths that result: clickhouse-go would send nothing for
// columns of unequal length and report success.
func (b *batch) fill(to driver.Batch) error {
	for i, c := range to.Columns() {
		name := b.columns[i].Name
		for _, blk := range b.blocks {
			data, err := fit(blk.Data[i], sinks.BaseType(string(c.Type())))
			if err == nil {
				err = to.Column(i).Append(data)
			}
			if err != nil {
				return &localError{fmt.Errorf("column %q: %w", name, err)}
			}
		}
		if c.Rows() != b.rows {
			return &localError{fmt.Errorf("column %q holds %d values instead of %d", name, c.Rows(), b.rows)}
		}
	}
	return nil
}

// wire is the type that a column is sent as. Dictionaries are left to the server, which builds them faster: a fifth of
// an insert's whole CPU time.
func wire(typ string) string {
	return strings.ReplaceAll(spaced(typ), "LowCardinality(String)", "String")
}

// spaced writes a type as the server does, with one space after each comma; clickhouse-go's parser counts on it.
func spaced(typ string) string { return commaRule.ReplaceAllString(typ, ", ") }

var commaRule = regexp.MustCompile(` *, *`)

// quote makes an identifier of any name.
func quote(name string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`").Replace(name) + "`"
}

// localError is a block that cannot even be sent.
type localError struct{ error }

func (e *localError) Unwrap() error { return e.error }
