// Package memory is a sink for tests and measurements. It keeps rows as ReplacingMergeTree shows them after the last
// merge: of the rows with one sorting key the one with the highest version stays.
package memory

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"tidemark/schemas"
	"tidemark/sinks"
)

// Sink keeps blocks in memory, superseded rows included. Insert only takes them over; keys are compared at the first
// reading after it. It is safe for concurrent use.
type Sink struct {
	// Before, if set, is called with every insert before anything is stored; its error is the answer to the insert.
	Before func([]schemas.Block) error
	// After is called when everything is stored; with its error the insert looks failed, like a lost acknowledgement.
	After func([]schemas.Block) error

	mu     sync.Mutex
	tables map[string]*table
}

// New makes a sink for the tables; inserts into others fail. Where a table is sorted by a function of one column, such
// as toStartOfHour(at), the column itself stands in for it, and rows that differ within the hour stay apart.
func New(tables []*schemas.Table) (*Sink, error) {
	s := &Sink{tables: make(map[string]*table, len(tables))}
	for _, def := range tables {
		t, err := newTable(*def)
		if err != nil {
			return nil, fmt.Errorf("memory sink: table %s: %w", def.Name, err)
		}
		s.tables[def.Name] = t
	}
	return s, nil
}

// Insert stores the blocks; either all of them or none.
func (s *Sink) Insert(ctx context.Context, blocks []schemas.Block) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.Before != nil {
		if err := s.Before(blocks); err != nil {
			return err
		}
	}
	if err := s.insert(blocks); err != nil {
		return err
	}
	if s.After != nil {
		return s.After(blocks)
	}
	return nil
}

func (s *Sink) insert(blocks []schemas.Block) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ready := make([]stored, len(blocks))
	for i, b := range blocks {
		if err := sinks.Validate(b); err != nil {
			return err
		}
		t := s.tables[b.Table.Name]
		if t == nil {
			return sinks.Refused("insert into "+b.Table.Name, errors.New("there is no such table"))
		}
		b.Table = &t.def
		if err := sinks.Validate(b); err != nil {
			return err
		}
		var err error
		if ready[i], err = t.prepare(b); err != nil {
			return err
		}
	}
	for _, b := range ready {
		if t := s.tables[b.Table.Name]; b.Rows > 0 {
			t.blocks = append(t.blocks, b)
		}
	}
	return nil
}

// Watermark returns the newest M in table watermarks for the part by the group, or 0 where there is none.
func (s *Sink) Watermark(ctx context.Context, group string, part uint64) (schemas.Millis, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	var m schemas.Millis
	s.Each("watermarks", func(b *schemas.Block, row int) {
		if at[string](b, "group", row) == group && at[uint64](b, "part", row) == part {
			m = at[schemas.Millis](b, "m", row)
		}
	})
	return m, nil
}

// at is one value of a block, or zero where the block has no such column.
func at[T any](b *schemas.Block, name string, row int) (v T) {
	for i, n := range b.Names {
		if column, ok := b.Data[i].([]T); ok && n == name {
			return column[row]
		}
	}
	return v
}
