package rulefiles

import (
	"cmp"
	"strings"

	"tidemark/alerts"
	"tidemark/alerts/deliver"
)

// healthTest is one moment of made-up metrics and the alerts that fire then.
type healthTest struct {
	Name   string
	Input  [][2]string // series and its values every 15 s, in promtool's notation
	At     string      // when to look
	Firing []healthFiring
}

// healthFiring is one alert that fires: the labels of the expression and its value, as the summary writes it.
type healthFiring struct {
	Tier   alerts.Tier
	Labels map[string]string
	Value  string
}

// The shape of promtool's unit tests.
type (
	promTests struct {
		RuleFiles []string   `yaml:"rule_files"`
		Interval  string     `yaml:"evaluation_interval"`
		Tests     []promTest `yaml:"tests"`
	}
	promTest struct {
		Name     string          `yaml:"name"`
		Interval string          `yaml:"interval"`
		Input    []promInput     `yaml:"input_series"`
		Alerts   []promAlertTest `yaml:"alert_rule_test"`
	}
	promInput struct {
		Series string `yaml:"series"`
		Values string `yaml:"values"`
	}
	promAlertTest struct {
		EvalTime string      `yaml:"eval_time"`
		Alert    string      `yaml:"alertname"`
		Expected []promAlert `yaml:"exp_alerts"`
	}
	promAlert struct {
		Labels      map[string]string `yaml:"exp_labels"`
		Annotations map[string]string `yaml:"exp_annotations"`
	}
)

const promTestComment = "# Unit tests: promtool test rules rules_test.yaml\n"

func promTestsOf(checks []health) promTests {
	out := promTests{RuleFiles: []string{"rules.yaml"}, Interval: "1m"}
	for i := range checks {
		h := &checks[i]
		for _, t := range h.Tests {
			test := promTest{Name: h.Name + ": " + t.Name, Interval: "15s"}
			for _, in := range t.Input {
				test.Input = append(test.Input, promInput{Series: in[0], Values: in[1]})
			}
			expected := []promAlert{}
			for _, f := range t.Firing {
				expected = append(expected, h.expect(f))
			}
			test.Alerts = []promAlertTest{{EvalTime: cmp.Or(t.At, "30m"), Alert: deliver.AlertName(h.Name), Expected: expected}}
			out.Tests = append(out.Tests, test)
		}
	}
	return out
}

// expect is the alert with everything that Prometheus fills in.
func (h *health) expect(f healthFiring) promAlert {
	labels := h.labels(f.Tier, func(name string) string { return f.Labels[name] })
	fill := []string{h.value(), f.Value}
	for name, value := range f.Labels {
		labels[name] = value
		fill = append(fill, "{{ $labels."+name+" }}", value)
	}
	filled := strings.NewReplacer(fill...)
	return promAlert{Labels: labels, Annotations: map[string]string{
		"summary": filled.Replace(h.summary()), "summary_zh": filled.Replace(h.summaryZH()), "runbook_url": runbookURL(h.Name),
	}}
}
