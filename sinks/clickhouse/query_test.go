package clickhouse

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestQuery(t *testing.T) {
	s := openSink(t, engine, "default", Options{})
	awkward := "it's \\ \t\n 点击率 ; -- ' {x:String} ?"
	rows, err := s.Query(t.Context(),
		"SELECT number AS n, {text:String} AS text, {m:UInt64} AS m, toDateTime64(1.5, 3, 'UTC') AS at, toDecimal128('12.5', 6) AS price, nullIf(number, 0) AS maybe FROM numbers({count:UInt8})",
		Param{"text", awkward}, Param{"m", uint64(math.MaxUint64)}, Param{"count", 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[1]["n"] != uint64(1) || rows[1]["text"] != awkward || rows[1]["m"] != uint64(math.MaxUint64) {
		t.Errorf("rows: %v", rows)
	}
	if at := rows[0]["at"].(time.Time); at.UnixMilli() != 1500 {
		t.Errorf("at: %v", at)
	}
	if fmt.Sprint(rows[0]["price"]) != "12.5" || rows[0]["maybe"].(*uint64) != nil || *rows[1]["maybe"].(*uint64) != 1 {
		t.Errorf("rows: %v", rows)
	}
	none, err := s.Query(t.Context(), "SELECT 1 WHERE 0")
	if err != nil || len(none) != 0 {
		t.Errorf("no rows: %v, %v", none, err)
	}
}

func TestSelect(t *testing.T) {
	type row struct {
		N    uint64 `ch:"n"`
		Name string `ch:"name"`
	}
	s := openSink(t, engine, "default", Options{})
	rows, err := Select[row](t.Context(), s, "SELECT number AS n, concat('n', toString(n)) AS name FROM numbers({count:UInt8})", Param{"count", 3})
	if err != nil || len(rows) != 3 || rows[2] != (row{2, "n2"}) {
		t.Errorf("rows: %v, %v", rows, err)
	}
}

func TestEach(t *testing.T) {
	type row struct {
		N uint64 `ch:"n"`
	}
	s := openSink(t, engine, "default", Options{})
	var sum uint64
	add := func(r row) error { sum += r.N; return nil }
	if err := Each(t.Context(), s, "SELECT number AS n FROM numbers({count:UInt32})", add, Param{"count", 200_000}); err != nil || sum != 199_999*100_000 {
		t.Errorf("sum %d: %v", sum, err)
	}
	enough := errors.New("enough")
	calls := 0
	stop := func(row) error { calls++; return enough }
	if err := Each(t.Context(), s, "SELECT number AS n FROM numbers(200000)", stop); !errors.Is(err, enough) || calls != 1 {
		t.Errorf("after %d rows: %v", calls, err)
	}
	for _, sql := range []string{"SELECT nonsense AS n", "SELECT 'text' AS n", "SELECT number + throwIf(number = 300000) AS n FROM numbers(1000000) SETTINGS max_block_size = 10000"} {
		if err := Each(t.Context(), s, sql, add); err == nil {
			t.Errorf("%s: no error", sql)
		}
	}
}

func TestQueryErrors(t *testing.T) {
	s := openSink(t, engine, "default", Options{})
	for sql, says := range map[string]string{
		"SELEC 1":                     "62",
		"SELECT nonsense":             "nonsense",
		"SELECT 1 FROM no_such_table": "no_such_table",
		"SELECT throwIf(number = 3) FROM numbers(10)":                                                   "395",
		"SELECT number, throwIf(number = 300000) FROM numbers(1000000) SETTINGS max_block_size = 10000": "395", // after the first rows were sent
	} {
		if rows, err := s.Query(t.Context(), sql); err == nil || !strings.Contains(err.Error(), says) || rows != nil {
			t.Errorf("%s: %d rows, %v, want an error with %q", sql, len(rows), err, says)
		}
	}
}
