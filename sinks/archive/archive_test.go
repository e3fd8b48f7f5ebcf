package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tidemark/schemas"
	"tidemark/sinks"
)

func TestRoundTripOfEveryFamily(t *testing.T) {
	for _, family := range schemas.FamilyNames() {
		t.Run(family, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 1))
			_, s, a := open(t)
			blocks := []schemas.Block{spanOf(family, r, 1<<63+5, 0, 300), spanOf(family, r, 1<<63+5, 300, 301)}
			empty := spanOf(family, r, 1<<63+5, 301, 400)
			empty.Rows, empty.Data, empty.Span.Events, empty.Span.Heartbeats = 0, nil, 0, 99
			insert(t, s, append(blocks, empty)...)
			got, problems := read(t, a, Filter{})
			if want := rowsOf(blocks...); !maps.Equal(got, want) || len(problems) > 0 {
				t.Errorf("%d rows came back of %d, or others; %v", len(got), len(want), problems)
			}
			stray := partPrefix(1<<63+5) + "x.json" // sorts behind every manifest
			if err := s.store.Put(context.Background(), stray, []byte("not ours")); err != nil {
				t.Fatal(err)
			}
			m, err := s.Watermark(context.Background(), "any", 1<<63+5)
			if err != nil || m != empty.Span.M {
				t.Errorf("watermark %v (%v), want %v", m, err, empty.Span.M)
			}
		})
	}
}

// TestSameBytes: order of arrival, repetition and other spans beside it change nothing.
func TestSameBytes(t *testing.T) {
	blocks := func() (b []schemas.Block) {
		r := rand.New(rand.NewPCG(2, 2))
		for i, family := range []string{"clickstream", "service"} {
			b = append(b, spanOf(family, r, uint64(i), 0, 200), spanOf(family, r, uint64(i), 200, 350))
		}
		return b
	}
	dir1, s1, _ := open(t)
	insert(t, s1, blocks()...)
	dir2, s2, _ := open(t)
	backwards := blocks()
	slices.Reverse(backwards)
	insert(t, s2, backwards...)
	insert(t, s2, blocks()...)
	for _, b := range blocks() {
		insert(t, s2, b)
	}
	one, two := contents(t, dir1), contents(t, dir2)
	if !maps.Equal(one, two) || len(one) < 10 {
		t.Errorf("%d files differ from %d", len(one), len(two))
	}
	for name := range one {
		if strings.Contains("/"+name, "/.") || strings.Contains(name, "//") {
			t.Errorf("a shop's id got into the path: %s", name)
		}
	}
}

// failing is a Store whose calls fail after some; what fails may have happened or not.
type failing struct {
	Store
	left *int
	r    *rand.Rand
}

var errLost = errors.New("connection lost")

func (f failing) Put(ctx context.Context, name string, data []byte) error {
	if *f.left--; *f.left >= 0 {
		return f.Store.Put(ctx, name, data)
	}
	if f.r.IntN(2) == 0 {
		_ = f.Store.Put(ctx, name, data) // done, but the answer is lost
	}
	return sinks.Failed("archive", errLost)
}

// serial lets one call in at a time.
type serial struct {
	Store
	mu sync.Mutex
}

func (s *serial) Put(ctx context.Context, name string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.Put(ctx, name, data)
}

// TestInsertThatFailsHalfWay, again and again, ends with the files of one that never failed; in between, no reader sees
// half a span.
func TestInsertThatFailsHalfWay(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	blocks := []schemas.Block{spanOf("service", r, 7, 0, 120), spanOf("service", r, 7, 120, 200), spanOf("inventory", r, 8, 0, 50)}
	whole, s, _ := open(t)
	insert(t, s, blocks...)
	for seed := range uint64(4) {
		dir := t.TempDir()
		left, failed := 0, 0
		store := failing{Store: folder{dir: dir}, left: &left, r: rand.New(rand.NewPCG(seed, 1))}
		broken := NewSink(&serial{Store: store}, nil)
		for {
			if left = store.r.IntN(60); failed == 0 {
				left %= 10 // fewer than the files
			}
			err := broken.Insert(context.Background(), blocks)
			rows, problems := read(t, New(folder{dir: dir}), Filter{})
			for _, p := range problems {
				if !strings.Contains(p, "no manifest covers them") { // a later span may be there before an earlier one
					t.Fatalf("seed %d: %s", seed, p)
				}
			}
			if err == nil {
				if len(rows) != 200 { // offsets of both parts, 0 to 199
					t.Fatalf("seed %d: %d rows", seed, len(rows))
				}
				break
			}
			failed++
			if sinks.Permanent(err) || !errors.Is(err, errLost) {
				t.Fatal(err)
			}
			if failed > 100 {
				t.Fatalf("seed %d: no progress", seed)
			}
		}
		if failed == 0 || !maps.Equal(contents(t, dir), contents(t, whole)) {
			t.Fatalf("seed %d: after %d failures the files differ from those of a run without any", seed, failed)
		}
	}
}

func TestInsertRefuses(t *testing.T) {
	_, s, _ := open(t)
	ctx := context.Background()
	marks := schemas.Block{Table: &schemas.Table{Name: "watermarks"}}
	if err := s.Insert(ctx, []schemas.Block{marks}); err != nil {
		t.Errorf("watermarks: %v", err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	without, short := spanOf("orders", r, 1, 0, 5), spanOf("orders", r, 1, 0, 5)
	without.Span = nil
	short.Data[0] = []string{"a"}
	for name, b := range map[string]schemas.Block{"no span": without, "columns of unequal length": short} {
		if err := s.Insert(ctx, []schemas.Block{b}); !sinks.Permanent(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOldFile: a file from before a column was added is read, one with a column that nobody knows any more is refused.
func TestOldFile(t *testing.T) {
	b := spanOf("service", rand.New(rand.NewPCG(1, 1)), 1, 0, 5)
	old := *b.Table
	old.Columns = slices.Delete(slices.Clone(old.Columns), 1, 2)
	write := func(table *schemas.Table, b schemas.Block) []byte {
		e, err := newEncoder(table)
		if err != nil {
			t.Fatal(err)
		}
		data, err := e.encode(&b, []int32{0, 1, 2, 3, 4})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	before := b
	before.Names, before.Data = slices.Delete(slices.Clone(b.Names), 1, 2), slices.Delete(slices.Clone(b.Data), 1, 2)
	var got []schemas.Block
	keep := func(b schemas.Block) error { got = append(got, b); return nil }
	if err := decode(context.Background(), b.Table, write(&old, before), keep); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(rowsOf(got...), rowsOf(before)) || sinks.Validate(got[0]) != nil {
		t.Error("an old file reads as other rows")
	}
	if err := decode(context.Background(), &old, write(b.Table, b), keep); err == nil || !strings.Contains(err.Error(), `"`+b.Names[1]+`"`) {
		t.Errorf("a file with an unknown column: %v", err)
	}
}

func TestFolder(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	f := folder{dir: dir}
	if err := f.Put(ctx, "a/b/c", []byte("x")); err != nil {
		t.Fatal(err)
	}
	young, old := filepath.Join(dir, writing, "1"), filepath.Join(dir, writing, "2")
	long := time.Now().Add(-2 * abandoned)
	if err := errors.Join(os.WriteFile(young, nil, 0o600), os.WriteFile(old, nil, 0o600), os.Chtimes(old, long, long)); err != nil {
		t.Fatal(err)
	}
	if got := contents(t, dir); len(got) != 1 || got["a/b/c"] != "x" {
		t.Errorf("%v", got)
	}
	if err := f.Put(ctx, "a/b/c", []byte("y")); err != nil {
		t.Fatal(err)
	}
	_, errYoung := os.Stat(young)
	_, errOld := os.Stat(old)
	if errYoung != nil || !errors.Is(errOld, fs.ErrNotExist) || contents(t, dir)["a/b/c"] != "y" {
		t.Errorf("a file that is being written: %v; one whose writer died: %v", errYoung, errOld)
	}
	if _, err := f.Get(ctx, "a/none"); !errors.Is(err, ErrAbsent) || !sinks.Permanent(err) {
		t.Errorf("absent: %v", err)
	}
	if has, err := f.Has(ctx, "a/b/c"); !has || err != nil {
		t.Error(has, err)
	}
	if err := f.Put(ctx, "a/b/c/d", nil); err == nil || bytes.Contains([]byte(err.Error()), []byte(ErrAbsent.Error())) {
		t.Errorf("a file as a directory: %v", err)
	}
}

func TestFolderOf(t *testing.T) {
	seen := map[string]string{}
	for _, shop := range []string{"", "a", "A", ".", "..", "a.b", "a/b", "a%2Fb", "a~b", "東京", strings.Repeat("x", 200), strings.Repeat("x", 199) + "y", strings.Repeat("x", 103) + "~0011223344556677"} {
		name := folderOf(shop)
		if other, taken := seen[name]; taken {
			t.Errorf("%q and %q share the folder %q", shop, other, name)
		}
		seen[name] = shop
		if len(name) > maxFolder || strings.HasPrefix(name, ".") || strings.ContainsAny(name, "/\\= ") {
			t.Errorf("%q becomes %q", shop, name)
		}
	}
}

func TestLocations(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "an-id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
	for _, at := range []string{"", "ftp://x/y", "s3://", "s3://id:key@bucket/x", "s3://b/p?endpoint=host:1", "s3://b/p?endpoint=https://h/path", "s3://b?endpoit=https://h", "s3://b?endpoint=https://u:hidden@h"} {
		if _, err := Open(at); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v", at, err)
		}
	}
	s, err := Open("s3://bucket/some/prefix/?endpoint=http://127.0.0.1:9")
	if err != nil || fmt.Sprint(s) != "s3://bucket/some/prefix at 127.0.0.1:9" {
		t.Errorf("%v, %v", s, err)
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if _, err := Open("s3://bucket"); err == nil || !strings.Contains(err.Error(), "AWS_SECRET_ACCESS_KEY") {
		t.Errorf("without credentials: %v", err)
	}
}
