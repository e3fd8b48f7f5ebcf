package schemas

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is committed under gen must be what the structs give now.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	want := must(Generate())
	for path, content := range want {
		got, err := os.ReadFile(filepath.Join("gen", path))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("schemas/gen/%s is not what the structs give (%v): run tidemark generate", path, err)
		}
	}
	err := filepath.WalkDir("gen", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if rel, _ := filepath.Rel("gen", path); want[filepath.ToSlash(rel)] == nil {
			t.Errorf("schemas/%s is not generated any more: run tidemark generate, or remove it", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestGenerateIsDeterministic(t *testing.T) {
	first, second := must(Generate()), must(Generate())
	if len(first) != 2*len(FamilyNames())+1 || !maps.EqualFunc(first, second, bytes.Equal) {
		t.Errorf("two runs differ, or %d files are not two per family and the dictionary", len(first))
	}
}

// The JSON Schemas must say of a full record that it is right: known names only, and types that fit.
func TestJSONSchemasFitTheRecords(t *testing.T) {
	files := must(Generate())
	for _, f := range must(familyDocs()) {
		var schema struct {
			Schema     string                     `json:"$schema"`
			Required   []string                   `json:"required"`
			Properties map[string]json.RawMessage `json:"properties"`
		}
		if err := json.Unmarshal(files["json/"+f.name+".schema.json"], &schema); err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		if schema.Schema != "https://json-schema.org/draft/2020-12/schema" || !slices.Equal(schema.Required, f.required()) {
			t.Errorf("%s: schema %q, required %v", f.name, schema.Schema, schema.Required)
		}
		if len(schema.Properties) != len(f.layout.fields) {
			t.Errorf("%s: %d properties for %d fields", f.name, len(schema.Properties), len(f.layout.fields))
		}
		for i := range f.layout.fields {
			var rules map[string]any
			if err := json.Unmarshal(schema.Properties[f.layout.fields[i].name], &rules); err != nil || rules["description"] == "" || rules["x-class"] == "" {
				t.Errorf("%s.%s: rules %v, %v", f.name, f.layout.fields[i].name, rules, err)
			}
		}
	}
}

func TestDictionaryNamesEverything(t *testing.T) {
	text := string(must(Generate())["events.md"])
	for _, f := range must(familyDocs()) {
		names := append([]string{f.topic, f.table.Name, f.view.Name}, f.types...)
		for i := range f.layout.fields {
			names = append(names, f.layout.fields[i].name)
		}
		for _, name := range names {
			if !strings.Contains(text, "`"+name+"`") {
				t.Errorf("the dictionary does not mention %s of %s", name, f.name)
			}
		}
	}
}
