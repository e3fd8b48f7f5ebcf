package dashboards

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"tidemark/processors"
)

// bars draws one bar per value of a dimension. Grafana gives a link the text that is shown, and a translated one chooses
// nothing: where a click leads on, the link takes the values, and the bar's name their labels in columns beside them.
func (m maker) bars(s *processors.Spec, p *processors.Panel) (dashboard.Panel, error) {
	config := defaults(s, p.Show[0])
	config.Color, config.Min = fixed(series), cog.ToPtr(0.0)
	out := shell("bargauge", barOptions(everyRow()), config, asTable("A", m.reading(s).over(p, mostBars)))
	if len(p.By) == 0 { // else each bar is named by its row's dimensions: a name of the figure's would stand instead
		m.nameFigures(s, p, &out)
	}
	labels, values, names := p.By, map[string]string{}, []string{}
	if p.Drill != "" {
		labels = labelColumns(p.By)
	}
	for i, d := range p.By {
		out.FieldConfig.Overrides = append(out.FieldConfig.Overrides, override(labels[i], set("mappings", dimensionValues(d, m.lang))))
		values[d], names = "${__data.fields."+d+"}", append(names, "${__data.fields."+labels[i]+"}")
	}
	if p.Drill == "" {
		return out, nil
	}
	l, err := m.drill(p.Drill, values)
	out.FieldConfig.Defaults.Links = []dashboard.DashboardLink{l}
	out.FieldConfig.Defaults.DisplayName = cog.ToPtr(strings.Join(names, " "))
	return out, err
}

// labelColumns repeat dimensions whose values a link takes, to be shown under labels.
func labelColumns(by []string) []string {
	out := make([]string, len(by))
	for i, d := range by {
		out[i] = d + "_label"
	}
	return out
}

// funnel draws one bar per figure, in order.
func (m maker) funnel(s *processors.Spec, p *processors.Panel) (dashboard.Panel, error) {
	config := defaults(s, p.Show[0])
	config.Color, config.Min, config.Custom = fixed(series), cog.ToPtr(0.0), map[string]string{"tidemark": "funnel"}
	out := shell("bargauge", barOptions(last()), config, asTable("A", m.reading(s).over(p, 1)))
	m.nameFigures(s, p, &out)
	return out, nil
}

func barOptions(reduce common.ReduceDataOptions) bargauge.Options {
	return bargauge.Options{
		DisplayMode: common.BarGaugeDisplayModeBasic, ValueMode: common.BarGaugeValueModeText, NamePlacement: common.BarGaugeNamePlacementLeft,
		ShowUnfilled: true, Sizing: common.BarGaugeSizingAuto, MinVizWidth: 8, MinVizHeight: 16, MaxVizHeight: 300,
		Legend:        common.VizLegendOptions{DisplayMode: common.LegendDisplayModeList, Placement: common.LegendPlacementBottom, Calcs: []string{}},
		ReduceOptions: reduce, Orientation: common.VizOrientationHorizontal,
	}
}
