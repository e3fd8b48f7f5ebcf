package spool

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("TIDEMARK_TEST_SPOOL_CHILD"); dir != "" {
		appendForever(dir)
	}
	goleak.VerifyTestMain(m)
}

func open(tb testing.TB, cfg Config) *Queue {
	tb.Helper()
	if cfg.Dir == "" {
		cfg.Dir = filepath.Join(tb.TempDir(), "spool")
	}
	cfg.Log = zerolog.Nop()
	q, err := Open(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = q.Close() }) // a second Close of one that a test has closed
	return q
}

func put(tb testing.TB, q *Queue, entries ...string) {
	tb.Helper()
	for _, e := range entries {
		if err := q.Append([]byte(e)); err != nil {
			tb.Fatalf("append %.20q: %v", e, err)
		}
	}
}

// drain reads and removes everything, in batches of about most bytes.
func drain(tb testing.TB, q *Queue, most int64) (out []string) {
	tb.Helper()
	for {
		b, err := q.Head(most)
		if err != nil {
			tb.Fatal(err)
		}
		if len(b.Entries) == 0 {
			if s := q.Stats(); s.Bytes != 0 || s.Entries != 0 || !s.Oldest.IsZero() {
				tb.Fatalf("empty, and holds %+v", s)
			}
			return out
		}
		for _, e := range b.Entries {
			out = append(out, string(e))
		}
		if err := q.Advance(b); err != nil {
			tb.Fatal(err)
		}
	}
}

func same(tb testing.TB, got, want []string) {
	tb.Helper()
	if !slices.Equal(got, want) {
		tb.Fatalf("%d entries %.300q, want %d %.300q", len(got), got, len(want), want)
	}
}

func numbered(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("entry-%03d", i))
	}
	return out
}

// copyFolder copies the files of a spool, as a crash leaves them.
func copyFolder(tb testing.TB, dir string) string {
	tb.Helper()
	to := filepath.Join(tb.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		tb.Fatal(err)
	}
	return to
}

// newest is the path of the last segment.
func newest(tb testing.TB, dir string) string {
	tb.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
	if err != nil || len(all) == 0 {
		tb.Fatal("no segment", err)
	}
	return slices.Max(all)
}

// noSync spares tests that open a spool hundreds of times the disk's time; they cut and change files themselves.
func noSync(*os.File) error { return nil }
