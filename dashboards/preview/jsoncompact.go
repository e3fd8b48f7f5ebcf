package preview

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// ReadJSONCompact reads an answer in ClickHouse's format JSONCompact. Times are read in UTC unless their text names an
// offset. Arrays, maps and tuples are not for boards and are an error.
func ReadJSONCompact(r io.Reader) (Result, error) {
	var body struct {
		Meta []ResultColumn `json:"meta"`
		Data [][]any        `json:"data"`
	}
	if err := json.NewDecoder(r).Decode(&body); err != nil {
		return Result{}, fmt.Errorf("preview: the answer is not JSONCompact: %w", err)
	}
	for i, row := range body.Data {
		if len(row) != len(body.Meta) {
			return Result{}, fmt.Errorf("preview: row %d has %d values for %d columns", i, len(row), len(body.Meta))
		}
		for j, v := range row {
			value, err := plainValue(plainType(body.Meta[j].Type), v)
			if err != nil {
				return Result{}, fmt.Errorf("preview: row %d, column %s: %w", i, body.Meta[j].Name, err)
			}
			row[j] = value
		}
	}
	return Result{Columns: body.Meta, Rows: body.Data}, nil
}

// plainType takes off what wraps a type without changing how its values are written.
func plainType(t string) string {
	for _, wrapper := range []string{"LowCardinality(", "Nullable("} {
		if inner, ok := strings.CutPrefix(t, wrapper); ok {
			t = strings.TrimSuffix(inner, ")")
		}
	}
	return t
}

// plainValue makes one of Result's kinds of values of what JSON has.
func plainValue(typ string, v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, float64:
		return v, nil
	case string:
		switch {
		case strings.HasPrefix(typ, "Date"):
			return parseTime(v)
		case isNumber(typ): // where the server writes large numbers and NaN in quotes
			n, err := strconv.ParseFloat(v, 64)
			return finite(n), err
		}
		return v, nil
	default:
		return nil, fmt.Errorf("a board cannot show values of type %s", typ)
	}
}

func isNumber(typ string) bool {
	for _, p := range []string{"Int", "UInt", "Float", "Decimal"} {
		if strings.HasPrefix(typ, p) {
			return true
		}
	}
	return false
}

func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time", s)
}
