package archive

import (
	"fmt"

	"tidemark/schemas"
)

// pick leaves out the rows of a block that lie before an offset or outside the filter's times, and refuses rows of
// another part.
func pick(b schemas.Block, part uint64, from int64, f Filter) (schemas.Block, error) {
	parts, ok1 := column[uint64](&b, schemas.ColumnPart)
	offsets, ok2 := column[uint64](&b, schemas.ColumnOffset)
	occurred, ok3 := column[schemas.Millis](&b, "occurred_at")
	appended, ok4 := column[schemas.Millis](&b, schemas.ColumnAppendTime)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return b, fmt.Errorf("it lacks %s, %s, occurred_at or %s", schemas.ColumnPart, schemas.ColumnOffset, schemas.ColumnAppendTime)
	}
	var rows []int
	for i := range b.Rows {
		at := min(occurred[i], appended[i])
		if parts[i] != part {
			return b, fmt.Errorf("row %d belongs to part %016x", i, parts[i])
		}
		if int64(offsets[i]) >= from && (f.From == 0 || at >= f.From) && (f.To == 0 || at < f.To) {
			rows = append(rows, i)
		}
	}
	if len(rows) == b.Rows {
		return b, nil
	}
	out := schemas.Block{Table: b.Table, Names: b.Names, Rows: len(rows)}
	for i := range b.Data {
		data, err := take(b.Data[i], rows)
		if err != nil {
			return b, fmt.Errorf("column %q: %w", b.Names[i], err)
		}
		out.Data = append(out.Data, data)
	}
	return out, nil
}

// take returns some rows of a column.
func take(data any, rows []int) (any, error) {
	switch v := data.(type) {
	case []string:
		return some(v, rows), nil
	case []bool:
		return some(v, rows), nil
	case []int64:
		return some(v, rows), nil
	case []uint64:
		return some(v, rows), nil
	case []float64:
		return some(v, rows), nil
	case []schemas.Millis:
		return some(v, rows), nil
	case []schemas.Money:
		return some(v, rows), nil
	case [][]string:
		return some(v, rows), nil
	case [][]int64:
		return some(v, rows), nil
	case [][]schemas.Money:
		return some(v, rows), nil
	}
	return nil, fmt.Errorf("the archive has no %T", data)
}

func some[T any](v []T, rows []int) []T {
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = v[row]
	}
	return out
}
