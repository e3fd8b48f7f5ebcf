package memory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/sinktest"
)

var _ processors.Sink = (*Sink)(nil)

// store adapts a Sink to the suite.
type store struct{ *Sink }

func (s store) Rows(_ context.Context, t *schemas.Table) ([]map[string]any, error) {
	return s.Sink.Rows(t.Name), nil
}

func TestSuite(t *testing.T) {
	sinktest.Run(t, func(t *testing.T, env sinktest.Env) sinktest.Store {
		s, err := New(env.Tables)
		if err != nil {
			t.Fatal(err)
		}
		s.After = func([]schemas.Block) error {
			if env.LoseAnswer() {
				return errors.New("answer lost")
			}
			return nil
		}
		t.Cleanup(func() {
			if c := s.Conflicts(); len(c) > 0 {
				t.Errorf("conflicts: %v", c)
			}
		})
		return store{s}
	})
}

func counters() *schemas.Table {
	return &schemas.Table{
		Name: "counters", Engine: "ReplacingMergeTree(ver)", OrderBy: []string{"k"},
		Columns: []schemas.Column{{Name: "k", Type: "String"}, {Name: "n", Type: "Int64"}, {Name: "ids", Type: "Array(UInt64)"}, {Name: "ver", Type: "UInt64"}},
	}
}

func counter(k string, n int64, ver uint64, ids ...uint64) schemas.Block {
	return schemas.Block{
		Table: counters(), Rows: 1, Names: []string{"k", "n", "ids", "ver"},
		Data: []any{[]string{k}, []int64{n}, [][]uint64{ids}, []uint64{ver}},
	}
}

func open(t testing.TB, tables ...*schemas.Table) *Sink {
	s, err := New(tables)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func insert(t testing.TB, s *Sink, blocks ...schemas.Block) {
	t.Helper()
	if err := s.Insert(context.Background(), blocks); err != nil {
		t.Fatal(err)
	}
}

func TestConflictsAreSeen(t *testing.T) {
	s := open(t, counters())
	insert(t, s, counter("a", 1, 7, 1, 2), counter("a", 1, 7, 1, 2), counter("b", 1, 7), counter("b", 2, 8))
	if c := s.Conflicts(); len(c) != 0 {
		t.Fatalf("repeated and newer rows are no conflicts: %v", c)
	}
	insert(t, s, counter("a", 2, 7, 1, 2), counter("b", 2, 8, 5))
	c := s.Conflicts()
	if len(c) != 2 || c[0].Version != 7 || c[0].Old["n"] != int64(1) || c[0].New["n"] != int64(2) {
		t.Fatalf("conflicts: %v", c)
	}
	if rows := s.Rows("counters"); len(rows) != 2 || rows[0]["n"] != int64(2) {
		t.Fatalf("of equal versions the last inserted row wins: %v", rows)
	}
}

func TestFaults(t *testing.T) {
	s := open(t, counters())
	broken := errors.New("broken")
	s.Before = func([]schemas.Block) error { return broken }
	if err := s.Insert(context.Background(), []schemas.Block{counter("a", 1, 1)}); !errors.Is(err, broken) || len(s.Rows("counters")) != 0 {
		t.Fatalf("a fault before storing: %v, rows %v", err, s.Rows("counters"))
	}
	s.Before, s.After = nil, func([]schemas.Block) error { return broken }
	if err := s.Insert(context.Background(), []schemas.Block{counter("a", 1, 1)}); !errors.Is(err, broken) || len(s.Rows("counters")) != 1 {
		t.Fatalf("a fault after storing: %v, rows %v", err, s.Rows("counters"))
	}
}

func TestEngines(t *testing.T) {
	plain, last := counters(), counters()
	plain.Name, plain.Engine = "plain", "MergeTree"
	last.Name, last.Engine = "last", "ReplacingMergeTree"
	s := open(t, plain, last)
	for _, table := range []*schemas.Table{plain, last} {
		for n := range 3 {
			b := counter("a", int64(n), uint64(9-n))
			b.Table = table
			insert(t, s, b)
		}
	}
	if rows := s.Rows("plain"); len(rows) != 3 {
		t.Errorf("MergeTree keeps every row: %v", rows)
	}
	if rows := s.Rows("last"); len(rows) != 1 || rows[0]["n"] != int64(2) {
		t.Errorf("ReplacingMergeTree without version keeps the last row: %v", rows)
	}
}

func TestSortedByFunctions(t *testing.T) {
	table := counters()
	table.OrderBy = []string{"toStartOfHour(toDateTime(n))", "lower(k)"}
	s := open(t, table)
	insert(t, s, counter("b", 1, 1), counter("a", 2, 1), counter("a", 1, 1), counter("a", 1, 2))
	if rows := s.Rows("counters"); len(rows) != 3 || rows[0]["k"] != "a" || rows[1]["k"] != "b" || rows[2]["n"] != int64(2) {
		t.Errorf("rows: %v", rows)
	}
}

func TestKeysOfSeveralTexts(t *testing.T) {
	table := &schemas.Table{
		Name: "t", Engine: "ReplacingMergeTree", OrderBy: []string{"a", "b"},
		Columns: []schemas.Column{{Name: "a", Type: "String"}, {Name: "b", Type: "String"}},
	}
	s := open(t, table)
	insert(t, s, schemas.Block{Table: table, Rows: 4, Names: []string{"b", "a"}, Data: []any{[]string{"c", "bc", "", "abc"}, []string{"ab", "a", "abc", ""}}})
	if rows := s.Rows("t"); len(rows) != 4 || rows[0]["a"] != "" || rows[1]["b"] != "bc" {
		t.Errorf("texts that join to the same bytes are different keys: %v", rows)
	}
}

func TestTablesThatCannotBeKept(t *testing.T) {
	byHour, lost := counters(), counters()
	byHour.OrderBy = []string{"k", "cityHash64(k, n)"}
	lost.Engine = "ReplacingMergeTree(version)"
	for want, table := range map[string]*schemas.Table{"cityHash64(k, n)": byHour, "ReplacingMergeTree(version)": lost} {
		if _, err := New([]*schemas.Table{table}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that names %s", err, want)
		}
	}
}

// BenchmarkInsertAndRead is 50,000 cells in 20 flushes, read once.
func BenchmarkInsertAndRead(b *testing.B) {
	const cells, flushes = 50_000, 20
	keys := make([]string, cells)
	for i := range keys {
		keys[i] = fmt.Sprintf("campaign %06d", i)
	}
	for b.Loop() {
		s := open(b, counters())
		for f := range flushes {
			n, ver := make([]int64, cells), make([]uint64, cells)
			for i := range ver {
				n[i], ver[i] = int64(f), uint64(f)
			}
			insert(b, s, schemas.Block{Table: counters(), Rows: cells, Names: []string{"k", "n", "ver"}, Data: []any{keys, n, ver}})
		}
		rows := 0
		s.Each("counters", func(*schemas.Block, int) { rows++ })
		if rows != cells {
			b.Fatal(rows)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/cells/flushes, "ns/row")
}
