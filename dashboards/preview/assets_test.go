package preview

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// The page is whole, or the error says what to do: a binary without it must not show an empty page.
func TestAssets(t *testing.T) {
	files, err := Assets()
	if err != nil {
		if !strings.Contains(err.Error(), "make web") {
			t.Fatalf("the error does not say what to do: %v", err)
		}
		return
	}
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`/assets/([a-z.]+)`).FindAllSubmatch(index, -1)
	if len(named) != 3 {
		t.Fatalf("index.html names %d files, want icon, style and script", len(named))
	}
	for _, m := range named {
		if text, err := fs.ReadFile(files, string(m[1])); err != nil || len(text) == 0 {
			t.Errorf("%s: %d bytes, %v", m[1], len(text), err)
		}
	}
	if regexp.MustCompile(`<script>|<style>| style=| on[a-z]+=`).Match(index) {
		t.Error("index.html holds script or style, which the content security policy forbids")
	}
}

// Whoever passes the bundle on passes the notices of what is in it.
func TestNotices(t *testing.T) {
	files, err := Assets()
	if err != nil {
		return // TestAssets judges the error
	}
	script, err := fs.ReadFile(files, "app.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, notice := range []string{"Apache ECharts", "Apache License", "zrender", "BSD 3-Clause", "tslib", "Mike Bostock"} {
		if !strings.Contains(string(script), notice) {
			t.Errorf("app.js does not name %q", notice)
		}
	}
	if limit := 900_000; len(script) > limit {
		t.Errorf("app.js has %d bytes, at most %d are to be loaded before the first board", len(script), limit)
	}
}
