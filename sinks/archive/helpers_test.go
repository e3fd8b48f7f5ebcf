package archive

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tidemark/schemas"
	"tidemark/sinks"
)

const testTime = schemas.Millis(1_800_000_000_000)

// spanOf makes a block of a family's raw table with values of every kind, as the rows of one span.
func spanOf(family string, r *rand.Rand, part uint64, first, next int64) schemas.Block {
	t, err := tableOf(family)
	if err != nil {
		panic(err)
	}
	n := int(next - first)
	b := schemas.Block{Table: t, Rows: n, Span: &schemas.Span{Family: family, Topic: "tidemark." + family, Partition: 3, Part: part,
		First: first, Next: next, Events: int64(n), M: testTime + schemas.Millis(next), AppendFrom: testTime, AppendTo: testTime + 5}}
	for i := range t.Columns {
		b.Names = append(b.Names, t.Columns[i].Name)
		b.Data = append(b.Data, columnOf(&t.Columns[i], r, part, first, n))
	}
	return b
}

func columnOf(c *schemas.Column, r *rand.Rand, part uint64, first int64, n int) any {
	texts := []string{"", "a", "é 𝄞 雨", "line\nbreak \x00", strings.Repeat("long ", 30)}
	word := func() string { return texts[r.IntN(len(texts))] }
	switch c.Name {
	case schemas.ColumnPart:
		return fill(n, func(int) uint64 { return part })
	case schemas.ColumnOffset:
		return fill(n, func(i int) uint64 { return uint64(first) + uint64(i) })
	case "shop":
		return fill(n, func(int) string { return []string{"berlin", "../../etc", "東京", "a b/c=d%"}[r.IntN(4)] })
	case "occurred_at", schemas.ColumnAppendTime:
		return fill(n, func(int) schemas.Millis { return testTime + schemas.Millis(r.IntN(3*dayMillis)) })
	}
	switch base := sinks.BaseType(c.Type); {
	case base == "String":
		return fill(n, func(int) string { return word() })
	case base == "Bool":
		return fill(n, func(int) bool { return r.IntN(2) == 0 })
	case base == "Int64":
		return fill(n, func(int) int64 { return int64(r.Uint64()) })
	case base == "Float64":
		return fill(n, func(int) float64 { return r.NormFloat64() })
	case strings.HasPrefix(base, "DateTime64"):
		return fill(n, func(int) schemas.Millis { return schemas.Millis(r.Int64N(4_000_000_000_000)) })
	case strings.HasPrefix(base, "Decimal"):
		return fill(n, func(int) schemas.Money { return schemas.Money(r.Uint64()) })
	case strings.HasPrefix(base, "Array(Decimal"):
		return fill(n, func(int) []schemas.Money {
			return fill(r.IntN(4), func(int) schemas.Money { return schemas.Money(r.Uint64()) })
		})
	case base == "Array(Int64)":
		return fill(n, func(int) []int64 { return fill(r.IntN(4), func(int) int64 { return int64(r.Uint64()) }) })
	case strings.HasPrefix(base, "Array("):
		return fill(n, func(int) []string { return fill(r.IntN(4), func(int) string { return word() }) })
	}
	panic("no value for " + c.Type)
}

func fill[T any](n int, f func(i int) T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

// rowsOf is every row of the blocks by offset, written out by column name.
func rowsOf(blocks ...schemas.Block) map[uint64]string {
	out := map[uint64]string{}
	for i := range blocks {
		b := &blocks[i]
		offsets, _ := column[uint64](b, schemas.ColumnOffset)
		for row := range b.Rows {
			values := map[string]string{}
			for j, name := range b.Names {
				values[name] = fmt.Sprintf("%#v", reflect.ValueOf(b.Data[j]).Index(row).Interface())
			}
			var line strings.Builder
			for _, name := range slices.Sorted(maps.Keys(values)) {
				fmt.Fprintf(&line, "%s=%s ", name, values[name])
			}
			out[offsets[row]] = line.String()
		}
	}
	return out
}

// contents is every file below a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := folder{dir: dir}.List(context.Background(), "", func(name string, _ int64) error {
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// open is an archive in a new folder.
func open(t testing.TB) (dir string, s *Sink, a *Archive) {
	t.Helper()
	dir = t.TempDir()
	store, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, NewSink(store, nil), New(store)
}

func insert(t testing.TB, s *Sink, blocks ...schemas.Block) {
	t.Helper()
	if err := s.Insert(context.Background(), blocks); err != nil {
		t.Fatal(err)
	}
}

// read returns the rows of an archive and its problems.
func read(t *testing.T, a *Archive, f Filter) (rows map[uint64]string, problems []string) {
	t.Helper()
	ctx := context.Background()
	parts, err := a.Parts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []schemas.Block
	problem := func(p Problem) { problems = append(problems, p.Error()) }
	for _, p := range parts {
		err := p.Spans(ctx, problem, func(s *Span) error {
			return s.Blocks(ctx, f, problem, func(b schemas.Block) error {
				blocks = append(blocks, b)
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return rowsOf(blocks...), problems
}
