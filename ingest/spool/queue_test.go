package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestOrderOverSegmentsAndRestarts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	want := numbered(100)
	q := open(t, Config{Dir: dir, Segment: 200})
	put(t, q, want[:60]...)
	for range 3 { // the position outlives each restart
		b, err := q.Head(100)
		if err != nil || len(b.Entries) == 0 {
			t.Fatal(len(b.Entries), err)
		}
		if err := q.Advance(b); err != nil {
			t.Fatal(err)
		}
		want = want[len(b.Entries):]
		if err := q.Close(); err != nil {
			t.Fatal(err)
		}
		q = open(t, Config{Dir: dir, Segment: 200})
		if s := q.Stats(); s.Entries != int64(len(want)-40) {
			t.Fatalf("%+v after a restart, want %d entries", s, len(want)-40)
		}
	}
	put(t, q, want[len(want)-40:]...)
	same(t, drain(t, q, 150), want)
	if left, _ := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix)); len(left) != 0 {
		t.Errorf("segments left: %v", left)
	}
	put(t, q, "after")
	same(t, drain(t, q, 1), []string{"after"})
}

func TestHeadRepeatsUntilAdvance(t *testing.T) {
	q := open(t, Config{})
	put(t, q, "a", "b", strings.Repeat("long", 1000), "c")
	for range 2 {
		b, err := q.Head(50)
		if err != nil || len(b.Entries) != 2 || string(b.Entries[0]) != "a" {
			t.Fatal(b, err)
		}
	}
	b, _ := q.Head(1 << 20)
	if err := q.Advance(b.Split()[0]); err != nil {
		t.Fatal(err)
	}
	same(t, drain(t, q, 1), []string{"b", strings.Repeat("long", 1000), "c"})
}

// The files never take more than Max, and what is refused is refused before anything is written.
func TestBounded(t *testing.T) {
	const most = 64 << 10
	q := open(t, Config{Max: most})
	entry := make([]byte, 1000)
	n := 0
	for ; ; n++ {
		err := q.Append(entry)
		if errors.Is(err, ErrFull) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < most/1020-1 {
		t.Errorf("full after %d entries", n)
	}
	var size int64
	files, _ := filepath.Glob(filepath.Join(q.cfg.Dir, "*"))
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f, info.Mode())
		}
		size += info.Size()
	}
	if size > most+positionSize {
		t.Errorf("%d bytes on disk, want at most %d", size, most)
	}
	if info, _ := os.Stat(q.cfg.Dir); info.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %v", info.Mode())
	}
	if got := len(drain(t, q, 4096)); got != n {
		t.Errorf("%d entries come out of %d", got, n)
	}
	put(t, q, "room again")
	if err := q.Append(make([]byte, MaxEntry+1)); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// Many at once share fsyncs, each finds its own entries in its own order, and a reader beside them sees all of it once.
func TestConcurrentAppends(t *testing.T) {
	var syncs atomic.Int64
	slow := func(f *os.File) error {
		syncs.Add(1)
		time.Sleep(time.Millisecond) // as a disk does
		return f.Sync()
	}
	q := open(t, Config{Segment: 2000, Sync: slow})
	const writers, each = 16, 40
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := q.Append(fmt.Appendf(nil, "%02d %03d", w, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	next := make([]int, writers)
	for read := 0; read < writers*each; {
		select {
		case <-done:
		case <-time.After(2 * time.Millisecond):
		}
		for _, e := range drainSome(t, q) {
			var w, i int
			if _, err := fmt.Sscanf(e, "%d %d", &w, &i); err != nil || i != next[w] {
				t.Fatalf("%q: want number %d of it", e, next[w])
			}
			next[w]++
			read++
		}
		if t.Failed() {
			return
		}
	}
	<-done
	if n := syncs.Load(); n >= writers*each {
		t.Errorf("%d fsyncs for %d entries: nothing was shared", n, writers*each)
	}
}

// drainSome removes one batch; others may append meanwhile.
func drainSome(t *testing.T, q *Queue) (out []string) {
	b, err := q.Head(500)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range b.Entries {
		out = append(out, string(e))
	}
	if len(out) > 0 {
		if err := q.Advance(b); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// A disk that fails refuses the entry, and the next one is good; nothing of the failed write is delivered.
func TestFailedSync(t *testing.T) {
	broken := errors.New("no space left")
	var fail atomic.Bool
	q := open(t, Config{Sync: func(f *os.File) error {
		if fail.Load() {
			return broken
		}
		return f.Sync()
	}})
	put(t, q, "before")
	fail.Store(true)
	for range 5 {
		if err := q.Append([]byte("lost")); !errors.Is(err, broken) {
			t.Fatal(err)
		}
	}
	fail.Store(false)
	put(t, q, "after")
	same(t, drain(t, q, 1), []string{"before", "after"})
}

func TestOneProcessPerFolder(t *testing.T) {
	q := open(t, Config{})
	if _, err := Open(Config{Dir: q.cfg.Dir}); err == nil || !strings.Contains(err.Error(), "another process uses it") {
		t.Errorf("a second queue on the folder: %v", err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if err := q.Append([]byte("x")); !errors.Is(err, ErrClosed) {
		t.Errorf("append after close: %v", err)
	}
	open(t, Config{Dir: q.cfg.Dir})
}

func TestUnusableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "mine.seg"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, foreign} {
		if _, err := Open(Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestOldestAndStats(t *testing.T) {
	now := time.UnixMilli(1_000)
	q := open(t, Config{Now: func() time.Time { return now }})
	for i := range 3 {
		now = time.UnixMilli(int64(1000 * (i + 1)))
		put(t, q, "x")
	}
	for want := int64(1000); want <= 3000; want += 1000 {
		if s := q.Stats(); s.Oldest.UnixMilli() != want || s.Entries != 4-want/1000 || s.Bytes != s.Entries*21 {
			t.Errorf("%+v, want oldest %d", s, want)
		}
		b, _ := q.Head(1)
		if err := q.Advance(b); err != nil {
			t.Fatal(err)
		}
	}
}
