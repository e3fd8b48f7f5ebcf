package clickhouse

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/column"

	"tidemark/schemas"
)

func TestFitIntegers(t *testing.T) {
	cases := []struct {
		data any
		typ  string
		ok   bool
	}{
		{[]int64{-128, 127}, "Int8", true},
		{[]int64{128}, "Int8", false},
		{[]int64{-32769}, "Int16", false},
		{[]int64{math.MinInt32, math.MaxInt32}, "Int32", true},
		{[]int64{math.MaxInt32 + 1}, "Int32", false},
		{[]int64{math.MinInt64, math.MaxInt64}, "Int64", true},
		{[]int64{0, 255}, "UInt8", true},
		{[]int64{256}, "UInt8", false},
		{[]int64{-1}, "UInt8", false},
		{[]int64{65536}, "UInt16", false},
		{[]int64{math.MaxUint32}, "UInt32", true},
		{[]int64{-1}, "UInt64", false},
		{[]int64{math.MaxInt64}, "UInt64", true},
		{[]uint64{math.MaxUint64}, "UInt64", true},
		{[]uint64{math.MaxInt64}, "Int64", true},
		{[]uint64{1 << 63}, "Int64", false},
		{[]uint64{256}, "UInt8", false},
		{[]int64{1}, "Int256", false},
	}
	for _, c := range cases {
		got, err := fit(c.data, c.typ)
		if (err == nil) != c.ok {
			t.Errorf("%v into %s: %v", c.data, c.typ, err)
		}
		if c.ok && fmt.Sprint(got) != fmt.Sprint(c.data) {
			t.Errorf("%v into %s: got %v", c.data, c.typ, got)
		}
	}
}

func TestMillisFitEveryTimeType(t *testing.T) {
	for typ, want := range map[string]string{
		"DateTime64(3, 'UTC')": "2023-11-14 22:13:20.123 +0000 UTC",
		"DateTime64(6, 'UTC')": "2023-11-14 22:13:20.123 +0000 UTC",
		"DateTime('UTC')":      "2023-11-14 22:13:20 +0000 UTC",
		"Date":                 "2023-11-14 00:00:00 +0000 UTC",
		"Int64":                "1700000000123",
	} {
		data, err := fit([]schemas.Millis{1_700_000_000_123}, typ)
		if err != nil {
			t.Fatal(err)
		}
		c, err := column.Type(typ).Column("c", &column.ServerContext{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Append(data); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(c.Row(0, false)); got != want {
			t.Errorf("%s: got %s, want %s", typ, got, want)
		}
	}
}

// Times beyond what the column can hold go to its limits, and never to some other time in between.
func TestMillisBeyondTheLimits(t *testing.T) {
	in := []schemas.Millis{math.MinInt64, firstMillis - 1, firstMillis, -1, lastMillis, lastMillis + 1, 253_402_300_799_999, math.MaxInt64}
	want := []schemas.Millis{firstMillis, firstMillis, firstMillis, -1, lastMillis, lastMillis, lastMillis, lastMillis}
	const typ = "DateTime64(3, 'UTC')"
	data, err := fit(in, typ)
	if err != nil {
		t.Fatal(err)
	}
	c, err := column.Type(typ).Column("c", &column.ServerContext{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(data); err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		if got := c.Row(i, false).(time.Time).UnixMilli(); got != int64(w) {
			t.Errorf("%d becomes %d, want %d", in[i], got, w)
		}
	}
}

// BenchmarkColumns is the cost of a value on its way from a Block into clickhouse-go's column.
func BenchmarkColumns(b *testing.B) {
	const rows = 10_000
	for _, c := range []struct {
		name, typ string
		data      any
	}{
		{"string", "String", columnOf(rows, func(i int) string { return fmt.Sprint("visitor ", i) })},
		{"label", "LowCardinality(String)", columnOf(rows, func(i int) string { return fmt.Sprint("campaign ", i%100) })},
		{"int64", "Int64", columnOf(rows, func(i int) int64 { return int64(i) })},
		{"millis", "DateTime64(3, 'UTC')", columnOf(rows, func(i int) schemas.Millis { return schemas.Millis(i) })},
		{"money", "Decimal(38, 6)", columnOf(rows, func(i int) schemas.Money { return schemas.Money(i) * 12_345_678 })},
		{"decimal", "Decimal(38, 6)", columnOf(rows, func(i int) schemas.Decimal { return schemas.Decimal{Hi: 1, Lo: uint64(i)} })},
		{"ten ids", "Array(UInt64)", columnOf(rows, func(i int) []uint64 { return columnOf(10, func(j int) uint64 { return uint64(i*j) << 30 }) })},
		{"ten buckets", "Map(Int32, UInt64)", columnOf(rows, func(i int) map[int32]uint64 {
			m := map[int32]uint64{}
			for j := range int32(10) {
				m[j*100] = uint64(i) << 10
			}
			return m
		})},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				to, err := column.Type(c.typ).Column("c", &column.ServerContext{})
				if err != nil {
					b.Fatal(err)
				}
				data, err := fit(c.data, c.typ)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := to.Append(data); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

func columnOf[T any](n int, f func(int) T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}
