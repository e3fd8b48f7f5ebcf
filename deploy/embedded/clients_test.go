//go:build integration

package embedded_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestClickhouseConnect runs the published Python client against the engine. It needs python3 with venv and a package index.
func TestClickhouseConnect(t *testing.T) {
	python := pythonWithClient(t)
	host, port, err := net.SplitHostPort(supervise(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "clickhouse_connect_check.py"), host, port).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%s", out)
}

// pythonWithClient makes a virtual environment with the pinned client in the user's cache, once.
func pythonWithClient(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "tidemark", "python-clickhouse")
	python := filepath.Join(dir, "bin", "python")
	for _, command := range [][]string{
		{"python3", "-m", "venv", dir},
		{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", filepath.Join("testdata", "requirements.txt")},
	} {
		if out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", command, err, out)
		}
	}
	return python
}
