package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"tidemark/processors"
)

// Colours. Yellow and orange mean the tiers of an alert and nothing else; red means that data is stale.
const (
	plain  = "text"
	calm   = "green"
	yellow = "yellow"
	orange = "orange"
	stale  = "red"
	series = "blue"
)

// unitOf is Grafana's unit of a figure, and how many decimals it is written with; nil is as many as needed. Amounts have
// no sign: their currency is the series' name.
func unitOf(f processors.Figure) (unit string, decimals *float64) {
	switch f.Unit {
	case "":
		return "locale", cog.ToPtr(0.0)
	case "ratio":
		return "percentunit", cog.ToPtr(2.0)
	case "currency", "pages":
		return "locale", cog.ToPtr(2.0)
	case "days":
		return "locale", cog.ToPtr(1.0)
	case "ms":
		return "ms", cog.ToPtr(1.0)
	case "text":
		return "string", nil
	default:
		return "suffix: " + f.Unit, nil
	}
}

// steps are the thresholds from which a figure is coloured; the first begins below everything.
func steps(base string, more ...dashboard.Threshold) *dashboard.ThresholdsConfig {
	return &dashboard.ThresholdsConfig{
		Mode: dashboard.ThresholdsModeAbsolute, Steps: append([]dashboard.Threshold{{Color: base}}, more...),
	}
}

func from(v float64, color string) dashboard.Threshold {
	return dashboard.Threshold{Value: &v, Color: color}
}

// tiers are the thresholds of a ratio that an alert watches: the fixed bounds of that alert. ok is false for any other
// figure: what is unusual for a count depends on the hour.
func tiers(s *processors.Spec, f processors.Figure) (t *dashboard.ThresholdsConfig, ok bool) {
	if f.Unit != "ratio" {
		return nil, false
	}
	for _, a := range s.Alerts {
		if a.Figure != f.Name {
			continue
		}
		if a.Direction == processors.Falls {
			return steps(orange, from(a.Cold.Orange, yellow), from(a.Cold.Yellow, calm)), true
		}
		return steps(calm, from(a.Cold.Yellow, yellow), from(a.Cold.Orange, orange)), true
	}
	return nil, false
}

func fixed(color string) *dashboard.FieldColor {
	return &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdFixed, FixedColor: &color}
}

func byThreshold() *dashboard.FieldColor {
	return &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdThresholds}
}
