package install

import (
	"context"
	"errors"
	"os"
	"os/exec"
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

// TestChromiumThatRuns: the first name that answers is taken, and one that only prints advice is passed over.
func TestChromiumThatRuns(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	program := func(name, script string) string {
		path := filepath.Join(bin, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	program("chromium", "echo install me from elsewhere >&2; exit 1")
	program("fc-list", "exit 1") // no fonts for Chinese, and no apt-get to bring them
	_, err := Chromium(t.Context())
	if err == nil || !strings.HasSuffix(err.Error(), "apt-get install fontconfig fonts-noto-cjk chromium") {
		t.Errorf("error %v, want the three packages", err)
	}
	want := program("google-chrome", "exit 0")
	program("fc-list", "echo Noto Sans CJK SC")
	program("sh", "exit 0")
	if got, err := Chromium(t.Context()); err != nil || got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

// TestNoServiceStarts while packages are installed, and may again afterwards; a policy that was there stays.
func TestNoServiceStarts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy")
	allow, err := forbidServices(path)
	if err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := exec.Command(path, "prometheus", "start").Run(); !errors.As(err, &exit) || exit.ExitCode() != 101 {
		t.Errorf("the policy ends with %v, want 101", err)
	}
	theirs, err := forbidServices(path)
	if err != nil || theirs() != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("a policy that was there has gone: %v", err)
	}
	if err := allow(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("our policy is still there")
	}
}
