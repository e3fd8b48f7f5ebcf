package install

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDirIsFilledOnceAndWhole(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	broken := errors.New("network down")
	if _, err := Dir("tool-1", func(dir string) error {
		return errors.Join(os.WriteFile(filepath.Join(dir, "half"), nil, 0o600), broken)
	}); !errors.Is(err, broken) {
		t.Fatalf("error %v, want %v", err, broken)
	}
	fills := 0
	for range 2 {
		dir, err := Dir("tool-1", func(dir string) error {
			fills++
			return os.WriteFile(filepath.Join(dir, "whole"), nil, 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 || entries[0].Name() != "whole" {
			t.Errorf("the folder holds %v (%v), want only what the good fill wrote", entries, err)
		}
		if siblings, _ := os.ReadDir(filepath.Dir(dir)); len(siblings) != 1 {
			t.Errorf("left behind: %v", siblings)
		}
	}
	if fills != 1 {
		t.Errorf("filled %d times, want once", fills)
	}
}

// TestDirLosesARace: another process finished the same folder first; its contents stand.
func TestDirLosesARace(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir, err := Dir("tool-1", func(string) error {
		_, err := Dir("tool-1", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "first"), nil, 0o600)
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "first")); err != nil {
		t.Error(err)
	}
}

func TestNeedNamesThePackages(t *testing.T) {
	t.Setenv("PATH", "") // no apt-get
	err := Need(context.Background(),
		Tool{Check: []string{"/bin/true"}, Package: "present"},
		Tool{Check: []string{"/bin/false"}, Package: "absent"},
		Tool{Check: []string{"no-such-program"}, Package: "unknown"})
	if err == nil || !strings.HasSuffix(err.Error(), "apt-get install absent unknown") {
		t.Errorf("error %v, want the two missing packages", err)
	}
}
