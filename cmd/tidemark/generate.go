package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tidemark/deploy/wire"
	"tidemark/processors/metrics"
)

// generateCmd writes the derived files into the repository.
type generateCmd struct {
	Dir   string `default:"." placeholder:"DIR" help:"Root of the repository (${default})."`
	Check bool   `help:"Write nothing; fail if a file is not up to date."`
}

// Run prints the files that it wrote, or that are not up to date.
func (c generateCmd) Run(out output) error {
	stale, err := staleFiles(c.Dir)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(stale))
	if c.Check {
		if len(names) > 0 {
			return fmt.Errorf("not up to date: %s; run tidemark generate", strings.Join(names, ", "))
		}
		return nil
	}
	for _, name := range names {
		if err := writeOrRemove(filepath.Join(c.Dir, name), stale[name]); err != nil {
			return err
		}
		_, _ = fmt.Fprintln(out, name)
	}
	return nil
}

// staleFiles maps the files that differ from what the sources give to their right content; nil where there should be
// no file.
func staleFiles(dir string) (map[string][]byte, error) {
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		return nil, usagef("%s is not the root of the repository: name it with --dir", dir)
	}
	want, err := wire.Generated(metrics.All())
	if err != nil {
		return nil, err
	}
	stale := map[string][]byte{}
	for name, text := range want {
		have, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err != nil || !bytes.Equal(have, text) {
			stale[name] = text
		}
	}
	for _, folder := range wire.GeneratedDirs() {
		if err := addLeftovers(stale, want, dir, folder); err != nil {
			return nil, err
		}
	}
	return stale, nil
}

// addLeftovers marks the files below a folder of generated ones that nothing generates any more.
func addLeftovers(stale, want map[string][]byte, dir, folder string) error {
	return filepath.WalkDir(filepath.Join(dir, folder), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if _, wanted := want[filepath.ToSlash(name)]; err == nil && !wanted {
			stale[filepath.ToSlash(name)] = nil
		}
		return err
	})
}

func writeOrRemove(path string, text []byte) error {
	if text == nil {
		return os.Remove(path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
