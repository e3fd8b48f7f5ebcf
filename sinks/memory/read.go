package memory

import "tidemark/schemas"

// Conflict is a pair of rows with the same sorting key and version but different values. A row is a pure function of
// the log up to its version, so there must never be one.
type Conflict struct {
	Table    string
	Version  uint64
	Old, New map[string]any
}

// Each calls f for the newest row of every key, in the order of the sorting key. f must neither keep nor change the
// block, and must not call the sink.
func (s *Sink) Each(table string, f func(b *schemas.Block, row int)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[table]
	if t == nil {
		return
	}
	for _, r := range t.sorted() {
		f(&t.blocks[r.block].Block, r.row)
	}
}

// Rows returns the newest row of every key by column name, in the order of the sorting key. Values have the element
// types of schemas.Block; columns that were not inserted are missing, ephemeral ones are there.
func (s *Sink) Rows(table string) []map[string]any {
	var out []map[string]any
	s.Each(table, func(b *schemas.Block, row int) { out = append(out, byName(b, row)) })
	return out
}

// Conflicts returns the conflicts met so far, at most 100 per table.
func (s *Sink) Conflicts() []Conflict {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Conflict
	for _, t := range s.tables {
		t.index()
		out = append(out, t.conflicts...)
	}
	return out
}
