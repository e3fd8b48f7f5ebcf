package preview

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type panelJSON struct {
	Type          string         `json:"type"`
	ID            int64          `json:"id"`
	PluginVersion string         `json:"pluginVersion"`
	Title         string         `json:"title"`
	Description   string         `json:"description"`
	Transparent   bool           `json:"transparent"`
	Datasource    datasourceJSON `json:"datasource"`
	Grid          struct {
		X int `json:"x"`
		Y int `json:"y"`
		W int `json:"w"`
		H int `json:"h"`
	} `json:"gridPos"`
	Links           []linkJSON       `json:"links"`
	MaxDataPoints   int              `json:"maxDataPoints"`
	Interval        string           `json:"interval"`
	Targets         []targetJSON     `json:"targets"`
	Transformations []transformJSON  `json:"transformations"`
	Options         jsontext.Value   `json:"options"`
	FieldConfig     fieldConfigJSON  `json:"fieldConfig"`
	Collapsed       bool             `json:"collapsed"` // rows
	Panels          []jsontext.Value `json:"panels"`    // of a collapsed row
}

type fieldConfigJSON struct {
	Defaults  jsontext.Value `json:"defaults"`
	Overrides []overrideJSON `json:"overrides"`
}

type targetJSON struct {
	RefID         string         `json:"refId"`
	Hide          bool           `json:"hide"`
	Datasource    datasourceJSON `json:"datasource"`
	PluginVersion string         `json:"pluginVersion"`
	EditorType    string         `json:"editorType"`
	RawSQL        string         `json:"rawSql"`
	QueryType     string         `json:"queryType"`
	Format        int            `json:"format"`
	Meta          struct {
		Timezone string `json:"timezone"`
	} `json:"meta"`
}

// What the target's format may be.
const (
	formatSeries = 0
	formatTable  = 1
)

// readPanel reads a panel, and those that a collapsed row holds: the preview draws them below it.
func (b *board) readPanel(r reader, path string, raw jsontext.Value) {
	var name struct {
		ID   int64  `json:"id"`
		Type string `json:"type"`
	}
	if err := json.Unmarshal(raw, &name); err != nil {
		r.cannot(path, "%w", err)
		return
	}
	inner := reader{where: fmt.Sprintf("%s, panel %d (%s)", r.where, name.ID, name.Type), errs: r.errs}
	var j panelJSON
	if !inner.decode(path, raw, &j) {
		return
	}
	p := &panel{Panel: Panel{
		ID: j.ID, Title: j.Title, Description: j.Description, X: j.Grid.X, Y: j.Grid.Y, W: j.Grid.W, H: j.Grid.H,
	}, most: j.MaxDataPoints}
	if b.panels[p.ID] != nil || p.ID <= 0 {
		inner.cannot(path+"/id", "ids are above 0 and unique")
	}
	if g := j.Grid; g.X < 0 || g.W < 1 || g.X+g.W > 24 || g.H < 1 {
		inner.cannot(path+"/gridPos", "x %d, width %d and height %d do not fit into 24 columns", g.X, g.W, g.H)
	}
	var err error
	if p.least, err = parseInterval(j.Interval); err != nil {
		inner.cannot(path+"/interval", "%w", err)
	}
	p.readFields(inner, path+"/fieldConfig", &j.FieldConfig)
	p.readOptions(inner, path, &j)
	inner.source(path, &j.Datasource)
	b.readTargets(inner, path, p, j.Targets)
	p.readLinks(inner, path, j.Links)
	p.readTransformations(inner, path+"/transformations", j.Transformations)
	b.panels[p.ID] = p
	b.Panels = append(b.Panels, p.Panel)
	for i, raw := range j.Panels {
		b.readPanel(r, fmt.Sprintf("%s/panels/%d", path, i), raw)
	}
}

func (b *board) readTargets(r reader, path string, p *panel, targets []targetJSON) {
	for i := range targets {
		t, at := &targets[i], fmt.Sprintf("%s/targets/%d", path, i)
		if t.Hide {
			continue
		}
		r.source(at, &t.Datasource)
		if t.EditorType != "sql" || (t.Format != formatSeries && t.Format != formatTable) || t.Meta.Timezone != "" {
			r.cannot(at, "only SQL, as a time series or a table")
		}
		b.checkSQL(r, at+"/rawSql", t.RawSQL)
		p.queries = append(p.queries, query{ref: t.RefID, sql: t.RawSQL, series: t.Format == formatSeries})
	}
	if needs := p.Type != "row" && p.Type != "text"; needs == (len(p.queries) == 0) {
		r.cannot(path+"/targets", "%d queries for a %s", len(p.queries), p.Type)
	}
	if single := p.Type == "table" || p.Type == "alerts"; single && len(p.queries) > 1 {
		r.cannot(path+"/targets", "a table shows one query")
	}
}

func (p *panel) readLinks(r reader, path string, links []linkJSON) {
	for i := range links {
		t, err := links[i].template()
		if err == nil && len(t.set) > 0 {
			err = fmt.Errorf("a panel's link sets no variables")
		}
		if err != nil {
			r.cannot(fmt.Sprintf("%s/links/%d", path, i), "%w", err)
			continue
		}
		p.Links = append(p.Links, *place{}.link([]linkTemplate{t}))
	}
}

// readFields reads how fields are shown, and what overrides it.
func (p *panel) readFields(r reader, path string, j *fieldConfigJSON) {
	none, _ := parseUnit("")
	p.config = fieldConfig{unit: none, decimals: -1, color: colour{mode: "palette-classic"}}
	for _, set := range r.defaults(path+"/defaults", j.Defaults) {
		set(&p.config)
	}
	for i := range j.Overrides {
		p.changes = append(p.changes, r.override(fmt.Sprintf("%s/overrides/%d", path, i), &j.Overrides[i]))
	}
}
