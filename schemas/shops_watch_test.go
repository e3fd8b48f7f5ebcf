package schemas

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// On a virtual clock: what the file goes through, and what is reported after each look.
// TestFingerprint: a new table of rates is a change of the shops file that names it.
func TestFingerprint(t *testing.T) {
	dir := t.TempDir()
	w := shopsWatch{path: filepath.Join(dir, "shops.yaml")}
	named, plain := []byte("rates: rates.csv\n"), []byte("shops: []\n")
	missing := w.fingerprint(named)
	if err := os.WriteFile(filepath.Join(dir, "rates.csv"), []byte(ratesCSV), 0o600); err != nil {
		t.Fatal(err)
	}
	there := w.fingerprint(named)
	if there == missing || there != w.fingerprint(named) || w.fingerprint(plain) == there {
		t.Error("the table of rates is not part of the state")
	}
}

func TestWatchShops(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shops.yaml")
	write := func(text string) func() {
		return func() {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	good := func(id string) string {
		return strings.Replace(goodShop, "id: a", "id: "+id, 1) + "}]"
	}
	steps := []struct {
		name string
		do   func()
		want []string
	}{
		{"present at the start", write(good("a")), []string{"a"}},
		{"nothing happens", func() {}, nil},
		{"touched, not changed", write(good("a")), nil},
		{"changed", write(good("b")), []string{"b"}},
		{"broken", write("shops: ["), []string{"error"}},
		{"still broken", func() {}, nil},
		{"broken otherwise", write("shops: {"), []string{"error"}},
		{"repaired", write(good("b")), []string{"b"}},
		{"removed", func() { _ = os.Remove(path) }, []string{"error"}},
		{"still removed", func() {}, nil},
		{"put back", write(good("c")), []string{"c"}},
		{"replaced by a rename", func() {
			write(good("d"))()
			if err := os.Rename(path, path+".new"); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		}, []string{"d"}},
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		reports := make(chan string, 10)
		steps[0].do()
		go watchInto(ctx, t, path, reports)
		for i, step := range steps {
			if i > 0 {
				step.do()
				time.Sleep(time.Second)
			}
			synctest.Wait()
			var got []string
			for len(reports) > 0 {
				got = append(got, <-reports)
			}
			if !slices.Equal(got, step.want) {
				t.Errorf("%s: reported %v, want %v", step.name, got, step.want)
			}
		}
	})
}

// watchInto reports the id of the first shop of each good state, and "error" for each bad one.
func watchInto(ctx context.Context, t *testing.T, path string, reports chan<- string) {
	WatchShops(ctx, path, time.Second,
		func(s *Shops) { reports <- s.All()[0].ID },
		func(err error) {
			if !strings.Contains(err.Error(), path) {
				t.Errorf("error %q does not name the file", err)
			}
			reports <- "error"
		})
}
