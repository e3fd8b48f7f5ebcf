// Package sinktest is the suite that every sink passes.
package sinktest

import (
	"context"
	"fmt"
	"testing"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks"
)

// Store is a sink under test whose rows can be read back.
type Store interface {
	processors.Sink
	// Rows returns the newest row of every key in the order of the sorting key, by column name, with values of the
	// element types of schemas.Block; columns that cannot be read may be missing.
	Rows(ctx context.Context, table *schemas.Table) ([]map[string]any, error)
}

// Env is what a test asks of a new store.
type Env struct {
	Tables []*schemas.Table
	// LoseAnswer is asked after an insert has been stored and before it is acknowledged. On true the caller must see a
	// failure.
	LoseAnswer func() bool
}

// suite is one open store with the means to check it.
type suite struct {
	*testing.T
	store Store
}

// Run runs the suite; open makes a store that holds the tables, empty, and cleans up after the test.
func Run(t *testing.T, open func(*testing.T, Env) Store) {
	cases := []struct {
		name string
		run  func(*suite)
	}{
		{"every column kind comes back as it went in", kinds},
		{"the highest version wins in any order", versions},
		{"a block sent again changes nothing", repeats},
		{"several blocks and tables in one insert", mixed},
		{"blocks of one table with different columns", partial},
		{"empty inserts and blocks", empty},
		{"a big block", big},
		{"what cannot be stored is refused for good", refusals},
		{"a cancelled context", cancelled},
		{"concurrent inserts", concurrent},
		{"watermarks", watermarks},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.run(&suite{t, open(t, Env{Tables: tables(), LoseAnswer: func() bool { return false }})})
		})
	}
	t.Run("a lost acknowledgement and the retry", func(t *testing.T) { lostAnswer(t, open) })
}

// insert stores blocks or ends the test.
func (s *suite) insert(blocks ...schemas.Block) {
	s.Helper()
	if err := s.store.Insert(s.Context(), blocks); err != nil {
		s.Fatalf("insert: %v", err)
	}
}

// refused expects a permanent failure.
func (s *suite) refused(what string, blocks ...schemas.Block) {
	s.Helper()
	if err := s.store.Insert(s.Context(), blocks); !sinks.Permanent(err) {
		s.Errorf("%s: got %v, want a permanent error", what, err)
	}
}

// expect compares the table's rows with the rows of the blocks, which must be in the order of the sorting key.
func (s *suite) expect(table *schemas.Table, want ...schemas.Block) {
	s.Helper()
	rows, err := s.store.Rows(s.Context(), table)
	if err != nil {
		s.Fatalf("read %s: %v", table.Name, err)
	}
	n := 0
	for _, b := range want {
		for r := range b.Rows {
			if n++; n > len(rows) {
				continue
			}
			for i, name := range b.Names {
				if sinks.Column(table, name).Expr == "EPHEMERAL" {
					continue
				}
				if got, want := text(rows[n-1][name]), text(element(b.Data[i], r)); got != want {
					s.Errorf("%s row %d, column %q: got %s, want %s", table.Name, n-1, name, got, want)
				}
			}
		}
	}
	if n != len(rows) {
		s.Errorf("%s has %d rows, want %d", table.Name, len(rows), n)
	}
}

func lostAnswer(t *testing.T, open func(*testing.T, Env) Store) {
	lost := 0
	s := &suite{t, open(t, Env{Tables: tables(), LoseAnswer: func() bool { lost++; return lost <= 2 }})}
	b := pairs(fill(100, func(i int) string { return fmt.Sprintf("k%03d", i) }), fill(100, func(int) uint64 { return 7 }), "v")
	var err error
	for range 3 {
		if err = s.store.Insert(t.Context(), []schemas.Block{b}); err == nil {
			break
		}
		if sinks.Permanent(err) {
			t.Fatalf("a lost answer counts as permanent: %v", err)
		}
		s.expect(pairTable(), b)
	}
	if err != nil || lost != 3 {
		t.Fatalf("stored with error %v after %d inserts, want none after 3: two answers are lost", err, lost)
	}
	s.expect(pairTable(), b)
}
