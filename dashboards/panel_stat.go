package dashboards

import (
	"errors"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/gauge"
	"github.com/grafana/grafana-foundation-sdk/go/stat"

	"tidemark/processors"
)

// stat draws one number for the range or the day, and how it came about.
func (m maker) stat(s *processors.Spec, p *processors.Panel) (dashboard.Panel, error) {
	f, _ := s.Figure(p.Show[0])
	if f.Unit == "text" {
		return dashboard.Panel{}, errors.New("a stat shows numbers: show text in a table")
	}
	out := shell("stat", statOptions(common.BigValueGraphModeArea, len(p.By) > 0 || len(p.Show) > 1), defaults(s, p.Show[0]), overTime("A", m.reading(s).running(p)))
	if _, watched := tiers(s, f); !watched {
		out.FieldConfig.Defaults.Color = fixed(series)
	}
	if len(p.Show) == 1 {
		out.FieldConfig.Defaults.DisplayName = labelled(p.By)
	}
	if len(p.Show) > 1 || len(p.By) == 0 {
		m.nameFigures(s, p, &out)
	}
	if !p.Today {
		out.Interval = ptrInterval(s)
	}
	return out, nil
}

// dial draws one number for the range between its limits.
func (m maker) dial(s *processors.Spec, p *processors.Panel) (dashboard.Panel, error) {
	options := gauge.Options{
		ShowThresholdMarkers: true, Sizing: common.BarGaugeSizingAuto, MinVizWidth: 75, MinVizHeight: 75,
		ReduceOptions: last(), Orientation: common.VizOrientationAuto,
	}
	if len(p.By) > 0 {
		options.ReduceOptions = everyRow()
	}
	out := shell("gauge", options, defaults(s, p.Show[0]), asTable("A", m.reading(s).over(p, mostBars)))
	if f, _ := s.Figure(p.Show[0]); f.Unit == "ratio" {
		zero, one := 0.0, 1.0
		out.FieldConfig.Defaults.Min, out.FieldConfig.Defaults.Max = &zero, &one
	}
	if len(p.By) == 0 {
		m.nameFigures(s, p, &out)
	}
	return out, nil
}

// nameFigures writes the titles of the figures over the names of their columns.
func (m maker) nameFigures(s *processors.Spec, p *processors.Panel, out *dashboard.Panel) {
	for _, name := range p.Show {
		out.FieldConfig.Overrides = append(out.FieldConfig.Overrides, override(name, set("displayName", heading(s, name, m.lang))))
	}
}

func ptrInterval(s *processors.Spec) *string {
	text := "1d"
	if s.Rollup == nil {
		text = intervalText(s.Window.Step)
	}
	return &text
}

func statOptions(graph common.BigValueGraphMode, named bool) stat.Options {
	mode := common.BigValueTextModeValue
	if named {
		mode = common.BigValueTextModeValueAndName
	}
	return stat.Options{
		GraphMode: graph, ColorMode: common.BigValueColorModeValue, JustifyMode: common.BigValueJustifyModeAuto, TextMode: mode,
		WideLayout: true, ReduceOptions: last(), PercentChangeColorMode: common.PercentChangeColorModeStandard, Orientation: common.VizOrientationAuto,
	}
}
