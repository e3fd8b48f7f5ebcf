// Package install brings in what the integration tests need beyond Go and npm: programs from Debian packages, and
// versioned folders in the user's cache directory.
package install

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Dir returns the folder "tidemark/<name>" in the user's cache directory. When it is absent, fill makes its contents in
// a temporary folder beside it, which is then renamed, so that the folder exists only when it is whole. Two test
// binaries that fill the same folder at once both do the work and the slower one's is thrown away. The name must carry
// the version of the contents, because a folder that exists is never changed.
func Dir(name string, fill func(dir string) error) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache directory (set HOME or XDG_CACHE_HOME): %w", err)
	}
	dir := filepath.Join(cache, "tidemark", name)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), name+".tmp-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := fill(tmp); err != nil {
		return "", fmt.Errorf("installing %s: %w", name, err)
	}
	if err := os.Rename(tmp, dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return dir, nil
}
