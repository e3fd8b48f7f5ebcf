package chaos

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocument holds docs/reliability.md to the cells and the results that are committed.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("results.tsv")
	if err != nil {
		t.Fatal(err)
	}
	results, err := ParseResults(text)
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(filepath.Join("..", "..", "..", DocumentFile))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, Document(results)) {
		t.Errorf("%s is not up to date: run make generate", DocumentFile)
	}
}

func TestDocumentShowsWhatWasNotRun(t *testing.T) {
	first := Cells()[0].Name
	text := string(Document(map[string]Result{first: {Cell: first, Hits: 3, Lost: 1, Proof: "a|b"}}))
	for _, want := range []string{"| " + first + " | ", "| **failed** | 3 | a\\|b |", "| not run |", "0 of ", "1 lost"} {
		if !strings.Contains(text, want) {
			t.Errorf("the document lacks %q", want)
		}
	}
}

func TestResultsAreKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.tsv")
	one, two := Cells()[0].Name, Cells()[1].Name
	first := Result{Cell: two, OK: true, Hits: 1, Proof: "x y; z", Events: 2, Records: 3, Rows: 4, Control: 5, Seed: 6}
	again := Result{Cell: one, Hits: 7, Lost: 8, Double: 9, Differ: 10}
	for _, some := range [][]Result{{first, {Cell: "gone"}}, {again}} {
		if err := UpdateResults(file, some); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	results, err := ParseResults(text)
	if err != nil || len(results) != 2 || results[one] != again || results[two] != first {
		t.Errorf("%v %v", results, err)
	}
	if _, err := ParseResults([]byte("a\tb\n")); err == nil {
		t.Error("a broken line was taken for a result")
	}
}

// TestCells keeps the list fit for the table, and TestProblems the verdict honest.
func TestCells(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range Cells() {
		if seen[c.Name] || c.Name == "" || c.Fault == "" || c.Least < 1 {
			t.Errorf("%+v: wants a name of its own, words and a least number of hits", c.Name)
		}
		if c.Refusal == nil && c.Act == nil && c.Send == nil && c.After == nil {
			t.Errorf("%s: has no fault", c.Name)
		}
		seen[c.Name] = true
	}
	if len(seen) < 40 {
		t.Errorf("%d cells, want 40 at least", len(seen))
	}
}

func TestProblems(t *testing.T) {
	good := Result{Hits: 3, Rows: 10, Control: 2}
	for _, tt := range []struct {
		name  string
		spoil func(*Result)
		want  int
	}{
		{"good", func(*Result) {}, 0},
		{"fault off", func(r *Result) { r.Hits = 0 }, 1},
		{"too few hits", func(r *Result) { r.Hits = 2 }, 1},
		{"lost", func(r *Result) { r.Lost = 1 }, 1},
		{"double", func(r *Result) { r.Double = 1 }, 1},
		{"differ", func(r *Result) { r.Differ = 1 }, 1},
		{"control blind", func(r *Result) { r.Control = 0 }, 1},
	} {
		r := good
		tt.spoil(&r)
		if got := r.problems(3); len(got) != tt.want {
			t.Errorf("%s: %q, want %d", tt.name, got, tt.want)
		}
	}
}
