package alerts

import (
	"cmp"

	"tidemark/processors"
)

// Rules lists the alerts of the catalogue, in its order. The catalogue has been checked.
func Rules(c processors.Catalogue) []Rule {
	var out []Rule
	for i := range c {
		s := &c[i].Spec
		for _, a := range s.Alerts {
			f, _ := s.Figure(a.Figure)
			panel, _ := s.AlertPanel(&a)
			r := Rule{
				Alert: a, Metric: s.Name, View: s.ViewName(), Window: s.Window.Size, Owner: s.Owner, Team: cmp.Or(a.Team, s.Owner),
				Group: processors.ConsumerGroup(s.Group), Topic: s.Topic, Dims: append([]string{"shop"}, a.By...), Num: f.Needs[0], Den: f.Den,
				Board: s.Panels[panel].Board, Panel: s.PanelID(panel),
			}
			if f.Den != "" {
				r.Num = f.Num
			}
			if len(r.Spans) == 0 {
				r.Spans = processors.DefaultSpans()
			}
			out = append(out, r)
		}
	}
	return out
}
