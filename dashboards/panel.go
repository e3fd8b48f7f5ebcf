package dashboards

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"tidemark/processors"
)

// maker makes the panels of one board in one language.
type maker struct {
	catalogue processors.Catalogue
	board     *board
	lang      lang
}

// The rows that bars and tables show at most.
const (
	mostBars = 20
	mostRows = 200
)

// panel makes a panel that a metric declares.
func (m maker) panel(s *processors.Spec, p *processors.Panel, id uint32) (tile, error) {
	if err := m.check(s, p); err != nil {
		return tile{}, err
	}
	draw, ok := map[processors.PanelKind]func(*processors.Spec, *processors.Panel) (dashboard.Panel, error){
		processors.Lines: m.lines, processors.BigStat: m.stat, processors.Bars: m.bars,
		processors.Dial: m.dial, processors.Grid: m.grid, processors.Steps: m.funnel,
	}[p.Kind]
	if !ok {
		return tile{}, fmt.Errorf("boards know no panel of kind %d", p.Kind)
	}
	out, err := draw(s, p)
	if err != nil {
		return tile{}, err
	}
	out.Id, out.Title, out.Description = &id, cog.ToPtr(m.title(s, p)), cog.ToPtr(m.describe(s, p))
	if s.Sessions != nil && p.Kind != processors.Grid { // there it would stand in every cell without a value
		out.FieldConfig.Defaults.NoValue = cog.ToPtr(m.noSessions(s))
	}
	w, h := usualSize(p.Kind)
	return tile{out, cmp.Or(p.Width, w), cmp.Or(p.Height, h)}, nil
}

// check reports panels that would show nonsense.
func (m maker) check(s *processors.Spec, p *processors.Panel) error {
	if !slices.Contains(s.Dims, "shop") {
		return fmt.Errorf("boards show one shop, and the metric is not split by shop")
	}
	if s.Window.Step < s.Window.Size && p.Kind != processors.Lines {
		return fmt.Errorf("windows of %v every %v overlap and do not add up over a range: draw them over time", s.Window.Size, s.Window.Step)
	}
	if s.Rollup != nil && p.Today {
		return fmt.Errorf("a rollup has no running day: show its newest period over the board's range")
	}
	for _, name := range p.Show {
		f, _ := s.Figure(name)
		if f.Unit == "currency" && slices.Contains(s.Dims, "currency") && !slices.Contains(p.By, "currency") {
			return fmt.Errorf("%q is money: split the panel by currency, amounts of several do not add up", name)
		}
		if m, ok := measureOf(s, name); ok && m.Kind == processors.KindQuantile {
			return fmt.Errorf("%q is a distribution: show a value computed from it", name)
		}
	}
	return nil
}

// noSessions explains the first half hour of an installation.
func (m maker) noSessions(s *processors.Spec) string {
	gap := m.lang.length(s.Sessions.Gap)
	return m.lang.say("No session has closed in this range yet. A session closes "+gap+" after its last event.",
		"该时段内尚无已关闭的会话：会话在最后一次事件 "+gap+"后关闭。")
}

func measureOf(s *processors.Spec, name string) (processors.MeasureSpec, bool) {
	i := slices.IndexFunc(s.Measures, func(m processors.MeasureSpec) bool { return m.Name == name })
	if i < 0 {
		return processors.MeasureSpec{}, false
	}
	return s.Measures[i], true
}

func usualSize(k processors.PanelKind) (w, h int) {
	switch k {
	case processors.BigStat, processors.Dial:
		return 4, 4
	case processors.Bars:
		return 8, 8
	case processors.Grid:
		return columns, 8
	case processors.Steps:
		return 12, 9
	default:
		return 12, 8
	}
}

// title is the panel's own, or that of its one figure, or the metric's.
func (m maker) title(s *processors.Spec, p *processors.Panel) string {
	if t := m.lang.of(p.Title); t != "" {
		return t
	}
	if len(p.Show) == 1 {
		return heading(s, p.Show[0], m.lang)
	}
	return m.lang.of(s.Title)
}

// shell is what all panels that read data have in common.
func shell(kind string, options any, defaults dashboard.FieldConfig, targets ...target) dashboard.Panel {
	source := datasource()
	p := dashboard.Panel{
		Type: kind, Datasource: &source, Options: options,
		FieldConfig: &dashboard.FieldConfigSource{Defaults: defaults, Overrides: []dashboard.DashboardFieldConfigSourceOverrides{}},
	}
	for _, t := range targets {
		p.Targets = append(p.Targets, t)
	}
	return p
}

func (m maker) reading(s *processors.Spec) reading { return reading{spec: s, vars: m.board.vars} }

// defaults are unit, decimals and colours of a figure.
func defaults(s *processors.Spec, name string) dashboard.FieldConfig {
	f, _ := s.Figure(name)
	unit, decimals := unitOf(f)
	c := dashboard.FieldConfig{Unit: &unit, Decimals: decimals, Thresholds: steps(plain), Color: byThreshold()}
	if t, ok := tiers(s, f); ok {
		c.Thresholds = t
	}
	return c
}

// labelled is the name of a series that dimensions tell apart.
func labelled(by []string) *string {
	if len(by) == 0 {
		return nil
	}
	parts := make([]string, len(by))
	for i, d := range by {
		parts[i] = "${__field.labels." + d + "}"
	}
	return cog.ToPtr(strings.Join(parts, " "))
}

// last reduces a field to its newest value.
func last() common.ReduceDataOptions {
	return common.ReduceDataOptions{Values: cog.ToPtr(false), Calcs: []string{"lastNotNull"}}
}

// everyRow takes each row as a value of its own, named by its text columns.
func everyRow() common.ReduceDataOptions {
	return common.ReduceDataOptions{Values: cog.ToPtr(true), Calcs: []string{}, Limit: cog.ToPtr(float64(mostBars))}
}
