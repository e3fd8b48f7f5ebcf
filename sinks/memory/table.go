package memory

import (
	"fmt"
	"slices"
	"strings"

	"tidemark/schemas"
	"tidemark/sinks"
)

// table is the blocks of one table and an index over those indexed so far.
type table struct {
	def       schemas.Table
	key       []string // columns that rows are unique by
	version   string   // version column, empty where the last inserted row wins
	keepAll   bool     // the engine replaces nothing
	blocks    []stored
	indexed   int
	rows      map[string]ref
	conflicts []Conflict
}

// stored is a block with the places of its key and version columns.
type stored struct {
	schemas.Block
	key     []any // data of the key columns
	version []uint64
}

// ref is the place of a row.
type ref struct{ block, row int }

// maxConflicts bounds what is kept for the report.
const maxConflicts = 100

func newTable(def schemas.Table) (*table, error) {
	t := &table{def: def, rows: map[string]ref{}}
	for _, expr := range def.OrderBy {
		name := strings.TrimRight(expr[strings.LastIndex(expr, "(")+1:], ")")
		if sinks.Column(&def, name) == nil {
			return nil, fmt.Errorf("it is sorted by %q, which is neither a column nor a function of one", expr)
		}
		t.key = append(t.key, name)
	}
	args, replacing := strings.CutPrefix(def.Engine, "ReplacingMergeTree")
	t.keepAll = !replacing
	if replacing {
		t.version = strings.Trim(args, "()")
	}
	if t.version != "" && sinks.Column(&def, t.version) == nil {
		return nil, fmt.Errorf("engine %s names no column of the table", def.Engine)
	}
	return t, nil
}

func (t *table) prepare(b schemas.Block) (stored, error) {
	out := stored{Block: b}
	column := func(name string) (any, error) {
		if i := slices.Index(b.Names, name); i >= 0 {
			return b.Data[i], nil
		}
		return nil, sinks.Refused("insert into "+t.def.Name, fmt.Errorf("block lacks column %q, which the sorting key or the version needs", name))
	}
	for _, name := range t.key {
		data, err := column(name)
		if err != nil {
			return out, err
		}
		out.key = append(out.key, data)
	}
	if t.version == "" {
		return out, nil
	}
	data, err := column(t.version)
	if err != nil {
		return out, err
	}
	var ok bool
	if out.version, ok = data.([]uint64); !ok {
		return out, sinks.Refused("insert into "+t.def.Name, fmt.Errorf("version column %q is %T instead of []uint64", t.version, data))
	}
	return out, nil
}

// index brings the rows of new blocks in.
func (t *table) index() {
	var key []byte
	for ; t.indexed < len(t.blocks); t.indexed++ {
		b := &t.blocks[t.indexed]
		for row := range b.Rows {
			key = key[:0]
			for _, column := range b.key {
				key = appendKey(key, column, row)
			}
			if t.keepAll {
				key = fmt.Appendf(key, "%d/%d", t.indexed, row)
			}
			t.put(key, ref{t.indexed, row})
		}
	}
}

func (t *table) put(key []byte, r ref) {
	old, found := t.rows[string(key)]
	if !found {
		t.rows[string(key)] = r
		return
	}
	was, is := t.blocks[old.block].versionOf(old.row), t.blocks[r.block].versionOf(r.row)
	if was > is {
		return
	}
	if t.version != "" && was == is && len(t.conflicts) < maxConflicts && !t.same(old, r) {
		t.conflicts = append(t.conflicts, Conflict{Table: t.def.Name, Version: is, Old: t.row(old), New: t.row(r)})
	}
	t.rows[string(key)] = r
}

func (b *stored) versionOf(row int) uint64 {
	if b.version == nil {
		return 0
	}
	return b.version[row]
}

// same compares two rows over the columns that both have.
func (t *table) same(a, b ref) bool {
	x, y := &t.blocks[a.block], &t.blocks[b.block]
	for i, name := range x.Names {
		if j := slices.Index(y.Names, name); j >= 0 && !equal(x.Data[i], a.row, y.Data[j], b.row) {
			return false
		}
	}
	return true
}

func (t *table) row(r ref) map[string]any { return byName(&t.blocks[r.block].Block, r.row) }

// byName is one row by column name.
func byName(b *schemas.Block, row int) map[string]any {
	out := make(map[string]any, len(b.Names))
	for i, name := range b.Names {
		out[name] = value(b.Data[i], row)
	}
	return out
}

// sorted returns the places of all rows in the order of the sorting key.
func (t *table) sorted() []ref {
	t.index()
	out := make([]ref, 0, len(t.rows))
	for _, r := range t.rows {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b ref) int {
		x, y := &t.blocks[a.block], &t.blocks[b.block]
		for i := range x.key {
			if c := compare(x.key[i], a.row, y.key[i], b.row); c != 0 {
				return c
			}
		}
		if a.block != b.block {
			return a.block - b.block
		}
		return a.row - b.row
	})
	return out
}
