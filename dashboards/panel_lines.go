package dashboards

import (
	"fmt"
	"regexp"
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"tidemark/processors"
)

// mostPoints bounds the intervals of a time series.
const mostPoints = 720

// lines draws figures over time, with the band of an alert where the panel names one.
func (m maker) lines(s *processors.Spec, p *processors.Panel) (dashboard.Panel, error) {
	targets := []target{overTime("A", m.reading(s).lines(p))}
	if p.Band != "" {
		targets = append(targets, overTime("B", m.reading(s).band(p.Band)))
	}
	config := defaults(s, p.Show[0])
	config.Color, config.Custom = fixed(series), lineStyle()
	if s.Rollup != nil { // a single day would be no line
		style := lineStyle()
		style.ShowPoints = cog.ToPtr(common.VisibilityModeAuto)
		config.Custom = style
	}
	if config.Decimals != nil && *config.Decimals == 0 {
		config.Decimals = nil // a count per window need not be whole
	}
	out := shell("timeseries", timeOptions(), config, targets...)
	out.Interval, out.MaxDataPoints = ptrInterval(s), cog.ToPtr(float64(mostPoints))
	overrides, err := m.seriesOverrides(s, p, &out)
	if p.Band != "" {
		overrides = append(overrides, m.bandOverrides()...)
	}
	out.FieldConfig.Overrides = append(out.FieldConfig.Overrides, overrides...)
	return out, err
}

// seriesOverrides names the figures, or the series that dimensions tell apart.
func (m maker) seriesOverrides(s *processors.Spec, p *processors.Panel, out *dashboard.Panel) (o []dashboard.DashboardFieldConfigSourceOverrides, err error) {
	config := &out.FieldConfig.Defaults
	if len(p.By) == 0 {
		for i, name := range p.Show {
			props := []dashboard.DynamicConfigValue{set("displayName", heading(s, name, m.lang))}
			if i > 0 {
				props = append(props, set("color", fixed([]string{"purple", "green", "light-blue", "dark-purple"}[(i-1)%4])))
			}
			o = append(o, override(name, props...))
		}
		return o, nil
	}
	config.Color = &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdPaletteClassicByName}
	if known := words()[p.By[0]]; len(p.By) == 1 && len(p.Show) == 1 && known != nil {
		for _, w := range append(known, others(), none()) {
			props := []dashboard.DynamicConfigValue{set("displayName", m.lang.of(w.label))}
			if w.color != "" {
				props = append(props, set("color", fixed(w.color)))
			}
			o = append(o, overrideRegexp(seriesPattern(p.Show[0], w.code), props...))
		}
	} else if len(p.Show) == 1 {
		config.DisplayName = labelled(p.By)
	}
	if p.Drill != "" {
		values := map[string]string{}
		for _, d := range p.By {
			values[d] = "${__field.labels." + d + "}"
		}
		l, err := m.drill(p.Drill, values)
		config.Links = []dashboard.DashboardLink{l}
		return o, err
	}
	return o, nil
}

// seriesPattern matches the name that Grafana gives a figure's series: with its label, or the label alone. Without a label
// the figure's name is left.
func seriesPattern(figure, label string) string {
	if label == "" {
		return fmt.Sprintf("/^%s ?$/", figure)
	}
	return fmt.Sprintf("/^(%s )?%s$/", figure, regexp.QuoteMeta(label))
}

// bandOverrides draw the expected value and the limits as dashed lines, apart from the figure by style and colour.
func (m maker) bandOverrides() []dashboard.DashboardFieldConfigSourceOverrides {
	say := m.lang.say
	names := map[string]string{
		"expected":   say("Expected", "预期"),
		"yellow_low": say("Yellow below", "黄色下限"), "yellow_high": say("Yellow above", "黄色上限"),
		"orange_low": say("Orange below", "橙色下限"), "orange_high": say("Orange above", "橙色上限"),
	}
	colors := map[string]string{"expected": "light-blue", "yellow_low": yellow, "yellow_high": yellow, "orange_low": orange, "orange_high": orange}
	var o []dashboard.DashboardFieldConfigSourceOverrides
	for _, f := range bandFields() {
		o = append(o, override(f, set("displayName", names[f]), set("color", fixed(colors[f])),
			set("custom.lineStyle", common.LineStyle{Fill: cog.ToPtr(common.LineStyleFillDash), Dash: []float64{6, 6}}),
			set("custom.lineWidth", 1), set("custom.fillOpacity", 0)))
	}
	return o
}

func lineStyle() *timeseries.FieldConfig {
	return &timeseries.FieldConfig{
		DrawStyle: cog.ToPtr(common.GraphDrawStyleLine), LineInterpolation: cog.ToPtr(common.LineInterpolationLinear),
		LineWidth: cog.ToPtr(2.0), FillOpacity: cog.ToPtr(8.0), ShowPoints: cog.ToPtr(common.VisibilityModeNever),
		SpanNulls: &common.BoolOrFloat64{Bool: cog.ToPtr(false)}, AxisSoftMin: cog.ToPtr(0.0),
	}
}

func timeOptions() timeseries.Options {
	return timeseries.Options{
		Legend:  common.VizLegendOptions{ShowLegend: true, DisplayMode: common.LegendDisplayModeList, Placement: common.LegendPlacementBottom, Calcs: []string{"lastNotNull"}},
		Tooltip: common.VizTooltipOptions{Mode: common.TooltipDisplayModeMulti, Sort: common.SortOrderDescending},
	}
}

// intervalText is a window's length as Grafana writes it.
func intervalText(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}
