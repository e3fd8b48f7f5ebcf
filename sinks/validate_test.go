package sinks

import (
	"strings"
	"testing"

	"tidemark/schemas"
)

func TestValidate(t *testing.T) {
	cases := []struct {
		typ  string
		data any
		says string // empty where the column is right
	}{
		{"String", []string{"a"}, ""},
		{"LowCardinality(String)", []string{"a"}, ""},
		{"LowCardinality(Nullable(String))", []string{"a"}, ""},
		{"UUID", []string{"a"}, ""},
		{"Bool", []bool{true}, ""},
		{"UInt8", []int64{1}, ""},
		{"Nullable(Int64)", []int64{1}, ""},
		{"UInt64", []uint64{1}, ""},
		{"SimpleAggregateFunction(max, UInt64)", []uint64{1}, ""},
		{"Float64", []float64{1}, ""},
		{"DateTime64(3, 'UTC')", []schemas.Millis{1}, ""},
		{"Decimal(38, 6)", []schemas.Money{1}, ""},
		{"Decimal(38,6)", []schemas.Decimal{{}}, ""},
		{"Array(String)", [][]string{{"a"}}, ""},
		{"Array(LowCardinality(String))", [][]string{{"a"}}, ""},
		{"Array(Int64)", [][]int64{{1}}, ""},
		{"Array(UInt64)", [][]uint64{{1}}, ""},
		{"Array(Decimal(38, 6))", [][]schemas.Money{{1}}, ""},
		{"Map(Int32, UInt64)", []map[int32]uint64{{1: 1}}, ""},
		{"String", []int64{1}, "does not fit"},
		{"Int64", []string{"1"}, "does not fit"},
		{"Int64", []float64{1}, "does not fit"},
		{"Decimal(38, 6)", []int64{1}, "does not fit"},
		{"DateTime64(3, 'UTC')", []int64{1}, "does not fit"},
		{"Array(UInt64)", [][]int64{{1}}, "does not fit"},
		{"Map(String, UInt64)", []map[int32]uint64{{1: 1}}, "does not fit"},
		{"Float64", []float32{1}, "does not fit"},
		{"Float64", []any{1.0}, "does not fit"},
		{"Float64", nil, "does not fit"},
		{"String", []string{"a", "b"}, "2 values in a block of 1 rows"},
	}
	for _, c := range cases {
		table := &schemas.Table{Name: "t", Columns: []schemas.Column{{Name: "c", Type: c.typ}}}
		err := Validate(schemas.Block{Table: table, Names: []string{"c"}, Data: []any{c.data}, Rows: 1})
		if c.says == "" && err != nil {
			t.Errorf("%s of %T: %v", c.typ, c.data, err)
		}
		if c.says != "" && (!Permanent(err) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s of %T: got %v, want a permanent error that says %q", c.typ, c.data, err, c.says)
		}
	}
}
