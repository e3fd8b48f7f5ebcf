package dashboards

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/window"
)

// object is a value of JSON whose members one goes through by name.
type object = map[string]any

// boardFile is one generated board, as Grafana reads it.
type boardFile struct {
	lang, id string
	object
}

// check is one rule that all generated boards keep, and a change that breaks it.
type check struct {
	name  string
	find  func(all []boardFile) []string // what is wrong
	spoil func(all []boardFile)
}

func checks() []check {
	return append(append(append(layoutChecks(), styleChecks()...), sqlChecks()...), linkChecks()...)
}

// readBoards decodes every board of a generated set of files.
func readBoards(t *testing.T, files fs.FS) []boardFile {
	t.Helper()
	var all []boardFile
	for _, l := range languages() {
		for _, b := range boards() {
			name := string(l) + "/" + b.id + ".json"
			text, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			f := boardFile{lang: string(l), id: strings.TrimSuffix(path.Base(name), ".json")}
			if err := json.Unmarshal(text, &f.object); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all = append(all, f)
		}
	}
	if want := len(languages()) * len(boards()); len(all) != want {
		t.Fatalf("%d boards, want %d", len(all), want)
	}
	return all
}

func TestLint(t *testing.T) {
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			for _, wrong := range c.find(readBoards(t, Files())) {
				t.Error(wrong)
			}
		})
	}
}

// TestLintBites makes sure that each check can fail.
func TestLintBites(t *testing.T) {
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			all := readBoards(t, Files())
			c.spoil(all)
			if len(c.find(all)) == 0 {
				t.Error("the check does not notice what it is there for")
			}
		})
	}
}

// TestGenerated makes sure that the committed files are what the catalogue says, and that generating is deterministic.
func TestGenerated(t *testing.T) {
	want, err := Generate(metrics.All())
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for name, text := range want {
		got, err := fs.ReadFile(Files(), strings.TrimPrefix(name, Dir+"/"))
		if err != nil || string(got) != string(text) {
			t.Errorf("%s is not up to date; run tidemark generate", name)
		}
		left[strings.TrimPrefix(name, Dir+"/")] = true
	}
	err = fs.WalkDir(Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !left[name] {
			t.Errorf("%s/%s is generated no more; run tidemark generate", Dir, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Panels that name what does not exist, or that would add up what does not, are refused with what there is instead.
func TestGenerateRefuses(t *testing.T) {
	money := processors.Panel{Board: "live", Section: "trade", Kind: processors.BigStat, Show: []string{"paid"}}
	for _, tt := range []struct {
		name, want string
		change     func(c processors.Catalogue)
	}{
		{"unknown board", `there is no board "lvie"; the boards are live, marketing, customers, logistics, pipeline`, func(c processors.Catalogue) { c[4].Panels[0].Board = "lvie" }},
		{"unknown section", `board "live" has no section "money"; its sections are header, today`, func(c processors.Catalogue) { c[4].Panels[0].Section = "money" }},
		{"money of several currencies", "split the panel by currency", func(c processors.Catalogue) { c[4].Panels = append(c[4].Panels, money) }},
		{"windows that overlap", "do not add up over a range", func(c processors.Catalogue) { c[0].Window = window.Sliding(5*time.Minute, time.Minute) }},
		{"drill to nowhere", "cannot choose any of the panel's dimensions", func(c processors.Catalogue) { c[0].Panels[3].Drill = "marketing" }},
		{"drill to an unknown board", `there is no board "x"`, func(c processors.Catalogue) { c[0].Panels[3].Drill = "x" }},
		{"text as a number", "show text in a table", func(c processors.Catalogue) {
			c[3].Panels = append(c[3].Panels, processors.Panel{Board: "marketing", Section: "funnel", Kind: processors.BigStat, Show: []string{"weakest_step"}})
		}},
		{"no shop", "not split by shop", func(c processors.Catalogue) {
			c[1].Dims[0], c[1].Alerts = "brand", nil
			c[1].Dims = c[1].Dims[:1]
			c[1].Panels = c[1].Panels[:1]
		}},
		{"without the metrics of a hand-made panel", "needs the metrics trade and page_views", func(c processors.Catalogue) { c[4].Name = "commerce" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := metrics.All()
			tt.change(c)
			_, err := Generate(c)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// at follows member names down from an object; nil where the way ends.
func at(v any, names ...string) any {
	for _, n := range names {
		m, ok := v.(object)
		if !ok {
			return nil
		}
		v = m[n]
	}
	return v
}

func textOf(v any, names ...string) string {
	s, _ := at(v, names...).(string)
	return s
}

func number(v any, names ...string) float64 {
	f, _ := at(v, names...).(float64)
	return f
}

func list(v any, names ...string) []object {
	items, _ := at(v, names...).([]any)
	var out []object
	for _, i := range items {
		if m, ok := i.(object); ok {
			out = append(out, m)
		}
	}
	return out
}

func (f boardFile) panels() []object { return list(f.object, "panels") }

// panel is the first panel of a type.
func (f boardFile) panel(kind string) object {
	for _, p := range f.panels() {
		if textOf(p, "type") == kind {
			return p
		}
	}
	return nil
}

// reads says whether a panel shows data.
func reads(p object) bool { k := textOf(p, "type"); return k != "row" && k != "text" }

func (f boardFile) name(p object) string {
	return fmt.Sprintf("%s/%s panel %v %q", f.lang, f.id, p["id"], textOf(p, "title"))
}

// walk visits every value below v with its name and the way to it.
func walk(v any, way string, visit func(way, name string, v any)) {
	switch v := v.(type) {
	case object:
		for name, inner := range v {
			visit(way+"/"+name, name, inner)
			walk(inner, way+"/"+name, visit)
		}
	case []any:
		for i, inner := range v {
			visit(fmt.Sprintf("%s/%d", way, i), "", inner)
			walk(inner, fmt.Sprintf("%s/%d", way, i), visit)
		}
	}
}
