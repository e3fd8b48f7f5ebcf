package dashboards

import (
	"fmt"
	"testing"

	"tidemark/processors"
)

func TestTiers(t *testing.T) {
	for _, tt := range []struct {
		metric, figure, want string
	}{
		{"ctr", "ctr", "orange 0.001:yellow 0.005:green"},           // falls: low values are bad
		{"sessions", "bounce_rate", "green 0.8:yellow 0.95:orange"}, // rises
		{"sessions", "depth", ""},                                   // no ratio
		{"sessions", "single_page_rate", ""},                        // no alert
		{"trade", "paid_orders", ""},                                // a count: its bounds are shares of the usual
	} {
		s := spec(t, tt.metric)
		f, _ := s.Figure(tt.figure)
		th, ok := tiers(s, f)
		got := ""
		if ok {
			for i, step := range th.Steps {
				if i > 0 {
					got += fmt.Sprintf(" %v:", *step.Value)
				}
				got += step.Color
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.figure, got, tt.want)
		}
	}
}

func TestUnits(t *testing.T) {
	for unit, want := range map[string]string{
		"": "locale 0", "ratio": "percentunit 2", "currency": "locale 2", "pages": "locale 2", "ms": "ms 1", "text": "string -", "kg": "suffix: kg -",
	} {
		name, decimals := unitOf(processors.Figure{Unit: unit})
		got := name + " -"
		if decimals != nil {
			got = fmt.Sprintf("%s %v", name, *decimals)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", unit, got, want)
		}
	}
}
