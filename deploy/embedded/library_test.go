package embedded_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tidemark/deploy/embedded"
	"tidemark/deploy/embedded/chhttp"
)

// pingHeader is the process id that answers, "" if none does.
func pingHeader(t *testing.T, addr string) string {
	t.Helper()
	res, err := http.Get("http://" + addr + "/ping")
	if err != nil {
		return ""
	}
	_ = res.Body.Close()
	return res.Header.Get(chhttp.ProcessHeader)
}

func TestLibrary(t *testing.T) {
	file := filepath.Join(t.TempDir(), "libchdb.so")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := embedded.Library(file); err != nil || got != file {
		t.Errorf("explicit file: %q %v", got, err)
	}
	t.Setenv(embedded.LibraryEnv, file)
	if got, err := embedded.Library(""); err != nil || got != file {
		t.Errorf("file from the environment: %q %v", got, err)
	}
	for _, missing := range []string{"/nowhere/libchdb.so", filepath.Dir(file)} {
		if _, err := embedded.Library(missing); err == nil || !strings.Contains(err.Error(), "make engine") {
			t.Errorf("%s: %v", missing, err)
		}
	}
	t.Setenv(embedded.LibraryEnv, "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Chdir(t.TempDir())
	if _, err := embedded.Library(""); err == nil || !strings.Contains(err.Error(), "make engine") {
		t.Errorf("nothing installed: %v", err)
	}
}
