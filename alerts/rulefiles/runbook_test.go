package rulefiles

import (
	"path"
	"regexp"
	"strings"
	"testing"

	"tidemark/alerts"
	"tidemark/processors/metrics"
)

// TestEveryRunbookHasItsPage: whatever address of a page stands in any file, the page exists and is in the index.
func TestEveryRunbookHasItsPage(t *testing.T) {
	all := files(t)
	index := string(all[RunbooksDir+"/index.md"])
	found := 0
	for name, text := range all {
		for _, m := range regexp.MustCompile(regexp.QuoteMeta(Site+"/docs/runbooks/")+`([a-z0-9_]+)\.md`).FindAllStringSubmatch(string(text), -1) {
			found++
			if _, ok := all[RunbooksDir+"/"+m[1]+".md"]; !ok {
				t.Errorf("%s names the page %s, which does not exist", name, m[1])
			}
			if !strings.Contains(index, "("+m[1]+".md)") {
				t.Errorf("the index does not name %s", m[1])
			}
		}
	}
	if found < 20 {
		t.Fatalf("only %d addresses found", found)
	}
}

// TestRunbookPages: a page holds all that the catalogue says of its alert, in both languages.
func TestRunbookPages(t *testing.T) {
	all := files(t)
	for _, r := range alerts.Rules(metrics.All()) {
		page := string(all[RunbooksDir+"/"+r.Name+".md"])
		for _, want := range []string{
			r.Title.EN, r.Title.ZH, r.Runbook.Meaning.EN, r.Runbook.Meaning.ZH, r.Runbook.Look.EN, r.Runbook.Look.ZH, r.Runbook.Act.EN, r.Runbook.Act.ZH,
			"`" + r.Figure + "`", r.View, "/d/tidemark-" + r.Board + "-zh", "board=" + r.Board + "&lang=en",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: %q is missing", r.Name, want)
			}
		}
	}
}

// TestLinksOfPages: links between files of the repository lead to files and headings that exist.
func TestLinksOfPages(t *testing.T) {
	all := files(t)
	for name, text := range metrics.All().Generate() {
		all[name] = text
	}
	anchors := map[string]bool{}
	for line := range strings.Lines(string(all["docs/metrics.md"])) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			anchors[anchor(strings.TrimSpace(heading))] = true
		}
	}
	for name, text := range all {
		if !strings.HasPrefix(name, "docs/") {
			continue
		}
		for _, m := range regexp.MustCompile(`\]\(([^)#:]+\.md)#?([^)]*)\)`).FindAllStringSubmatch(string(text), -1) {
			target := path.Join(path.Dir(name), m[1])
			if _, ok := all[target]; !ok {
				t.Errorf("%s links to %s, which does not exist", name, target)
			}
			if m[2] != "" && !anchors[m[2]] {
				t.Errorf("%s links to the heading %s, which does not exist", name, m[2])
			}
		}
	}
}
