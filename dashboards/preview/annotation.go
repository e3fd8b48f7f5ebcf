package preview

import "github.com/go-json-experiment/json/jsontext"

type annotationJSON struct {
	Name       string         `json:"name"`
	Datasource datasourceJSON `json:"datasource"`
	Enable     bool           `json:"enable"`
	Hide       bool           `json:"hide"`
	IconColor  string         `json:"iconColor"`
	Target     jsontext.Value `json:"target"`
	Type       string         `json:"type"`
	BuiltIn    int            `json:"builtIn"`
}

// readAnnotation reads a query for annotations. Grafana's own, which asks its database, has nothing to show here.
func (b *board) readAnnotation(r reader, path string, j *annotationJSON) {
	if j.BuiltIn == 1 || !j.Enable {
		return
	}
	var t targetJSON
	if !r.decode(path+"/target", j.Target, &t) {
		return
	}
	r.source(path, &j.Datasource)
	r.source(path+"/target", &t.Datasource)
	if err := checkColor(j.IconColor); err != nil {
		r.cannot(path+"/iconColor", "%w", err)
	}
	b.checkSQL(r, path+"/target/rawSql", t.RawSQL)
	b.marks = append(b.marks, mark{name: j.Name, color: j.IconColor, sql: t.RawSQL})
}
