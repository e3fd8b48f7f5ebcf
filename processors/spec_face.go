package processors

import (
	"fmt"
	"slices"
)

// checkPanels reports what is wrong with how boards are to show the metric.
func (s *Spec) checkPanels() (errs []error) {
	bad := func(i int, format string, a ...any) {
		errs = append(errs, fmt.Errorf("panel %d: "+format, append([]any{i}, a...)...))
	}
	ids := map[uint32]bool{}
	for i := range s.Panels {
		p := &s.Panels[i]
		if p.Board == "" || p.Section == "" || p.Kind == 0 || len(p.Show) == 0 {
			bad(i, "board, section, kind and at least one figure are required")
		}
		for _, name := range p.Show {
			if _, ok := s.Figure(name); !ok {
				bad(i, "figure %q is neither a measure nor a value", name)
			}
		}
		for _, d := range p.By {
			if !slices.Contains(s.Dims, d) {
				bad(i, "dimension %q is not one of %v", d, s.Dims)
			}
		}
		if p.Band != "" && (p.Kind != Lines || len(p.Show) != 1 || !s.hasAlert(p.Band, p.Show[0])) {
			bad(i, "band %q: only Lines with the one figure of that alert can draw it", p.Band)
		}
		if p.Width < 0 || p.Width > 24 || p.Height < 0 {
			bad(i, "width %d and height %d: a board has 24 columns", p.Width, p.Height)
		}
		if id := s.PanelID(i); ids[id] {
			bad(i, "shows the same as another one")
		} else {
			ids[id] = true
		}
	}
	return errs
}

func (s *Spec) hasAlert(name, figure string) bool {
	return slices.ContainsFunc(s.Alerts, func(a Alert) bool { return a.Name == name && a.Figure == figure })
}

// checkAlerts reports what is wrong with the metric's alerts.
func (s *Spec) checkAlerts() (errs []error) {
	for i := range s.Alerts {
		a := &s.Alerts[i]
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("alert %q: "+format, append([]any{a.Name}, args...)...))
		}
		if !nameRule.MatchString(a.Name) || a.Title.EN == "" || a.Title.ZH == "" || a.Direction == 0 {
			bad("a name in lower snake case, a title in en and zh and a direction are required")
		}
		if !s.judgeable(a.Figure) {
			bad("figure %q must be a count, or a ratio of two counts", a.Figure)
		}
		if !slices.Contains(s.Dims, "shop") {
			bad("the metric is not split by shop")
		}
		for _, d := range a.By {
			if d == "shop" || !slices.Contains(s.Dims, d) {
				bad("dimension %q is not one of %v, or shop, which always is one", d, s.Dims)
			}
		}
		if a.MinSamples < 1 || a.MinRelative <= 0 || a.MinAbsolute < 0 {
			bad("MinSamples and MinRelative must be above 0: without guards small numbers alert all day")
		}
		if y, o := a.Yellow, a.Orange; !(0 < y.Recover && y.Recover < y.Trigger && o.Recover < o.Trigger && y.Trigger < o.Trigger && y.Recover <= o.Recover) {
			bad("tiers must be ordered: recover below trigger, yellow below orange")
		}
		if !a.Cold.ordered(a.Direction) {
			bad("cold bounds: orange must lie beyond yellow")
		}
		if r := a.Runbook; slices.Contains([]string{r.Meaning.EN, r.Meaning.ZH, r.Look.EN, r.Look.ZH, r.Act.EN, r.Act.ZH}, "") {
			bad("the runbook needs meaning, look and act in en and zh")
		}
		if slices.ContainsFunc(a.Spans, func(n int) bool { return n < 1 || n > MaxSpan }) || !slices.IsSorted(a.Spans) {
			bad("spans are numbers of windows, 1 to %d, short ones first", MaxSpan)
		}
		if _, ok := s.AlertPanel(a); !ok {
			bad("no panel shows %q: a message must lead to one", a.Figure)
		}
	}
	return errs
}

// judgeable says whether the figure is a count or a ratio of counts: their spread at small numbers is known.
func (s *Spec) judgeable(figure string) bool {
	f, ok := s.Figure(figure)
	if !ok {
		return false
	}
	for _, name := range f.Needs {
		if m, ok := s.measure(name); !ok || m.Kind != KindCount {
			return false
		}
	}
	return len(f.Needs) == 1 || f.Unit == "ratio" && f.Den != ""
}

func (b Bounds) ordered(d Direction) bool {
	if d == Falls {
		return 0 <= b.Orange && b.Orange < b.Yellow
	}
	return 0 < b.Yellow && b.Yellow < b.Orange
}
