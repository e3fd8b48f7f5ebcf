package schemas

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is committed must be what the structs give now. Other files lie beside it: `tidemark generate --check` knows all.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	for path, content := range must(Generate()) {
		got, err := os.ReadFile(filepath.Join("gen", path))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("schemas/gen/%s is not what the structs give (%v): run tidemark generate", path, err)
		}
	}
}

func TestGenerateIsDeterministic(t *testing.T) {
	first, second := must(Generate()), must(Generate())
	if len(first) != 2*len(FamilyNames())+2 || !maps.EqualFunc(first, second, bytes.Equal) {
		t.Errorf("two runs differ, or %d files are not two per family, the states and the dictionary", len(first))
	}
}

// The JSON Schemas know every field, with its meaning and class, and what is required.
func TestJSONSchemasNameEveryField(t *testing.T) {
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
			var rules struct {
				Description string `json:"description"`
				Class       string `json:"x-class"`
			}
			if err := json.Unmarshal(schema.Properties[f.layout.fields[i].name], &rules); err != nil || rules.Description == "" || rules.Class == "" {
				t.Errorf("%s.%s: rules %+v, %v", f.name, f.layout.fields[i].name, rules, err)
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
