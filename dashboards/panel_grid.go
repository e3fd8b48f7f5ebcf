package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/table"

	"tidemark/processors"
)

// grid draws a table: one row per tuple of dimensions, one column per figure.
func (m maker) grid(s *processors.Spec, p *processors.Panel) (dashboard.Panel, error) {
	out := shell("table", tableOptions(), tableDefaults(""), asTable("A", m.reading(s).over(p, mostRows)))
	for _, d := range p.By {
		props, err := m.dimension(d, p.Drill)
		if err != nil {
			return out, err
		}
		out.FieldConfig.Overrides = append(out.FieldConfig.Overrides, override(d, props...))
	}
	for _, name := range p.Show {
		out.FieldConfig.Overrides = append(out.FieldConfig.Overrides, override(name, m.column(s, name)...))
	}
	return out, nil
}

// dimension is how a column of a dimension's values is shown. A click on one leads to a board on which it is chosen.
func (m maker) dimension(d, target string) ([]dashboard.DynamicConfigValue, error) {
	props := []dashboard.DynamicConfigValue{set("displayName", heading(nil, d, m.lang)), set("mappings", dimensionValues(d, m.lang))}
	if to, ok := find(target); target == "" || ok && !to.chooses(d) {
		return props, nil
	}
	l, err := m.drill(target, map[string]string{d: "${__value.raw}"})
	return append(props, set("links", []dashboard.DashboardLink{l})), err
}

// column is how a column of a figure is shown: with the colours of its alert where it has one.
func (m maker) column(s *processors.Spec, name string) []dashboard.DynamicConfigValue {
	f, _ := s.Figure(name)
	unit, decimals := unitOf(f)
	props := []dashboard.DynamicConfigValue{set("displayName", heading(s, name, m.lang)), set("unit", unit)}
	if decimals != nil {
		props = append(props, set("decimals", *decimals))
	}
	if mapping := mapped(words()[name], m.lang, false); mapping != nil {
		props = append(props, set("mappings", mapping))
	}
	if t, ok := tiers(s, f); ok {
		props = append(props, set("thresholds", t), set("custom.cellOptions", cell("color-text")))
	}
	return props
}

func cell(kind string) map[string]string {
	out := map[string]string{"type": kind}
	if kind == "color-background" {
		out["mode"] = "basic"
	}
	return out
}

// tableDefaults are the fields' own. kind marks a table that the preview draws in its own way.
func tableDefaults(kind string) dashboard.FieldConfig {
	custom := map[string]any{"align": "auto", "cellOptions": cell("auto"), "inspect": false}
	if kind != "" {
		custom["tidemark"] = kind
	}
	return dashboard.FieldConfig{Unit: cog.ToPtr("locale"), Thresholds: steps(plain), Color: byThreshold(), Custom: custom}
}

func tableOptions() table.Options {
	return table.Options{ShowHeader: true, CellHeight: cog.ToPtr(common.TableCellHeightSm)}
}
