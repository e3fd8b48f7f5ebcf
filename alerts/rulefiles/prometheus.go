package rulefiles

import (
	"strings"
	"time"

	"tidemark/alerts"
	"tidemark/alerts/deliver"
	"tidemark/processors"
)

// health is one alert of Prometheus over tidemark's own metrics: what has to work for the other alerts to mean anything.
type health struct {
	Name    string // lower snake case
	Title   processors.Text
	Value   processors.Text // what the expression's value is; empty where it says nothing
	Share   bool            // the value is a share: it is written as a percentage
	Series  []string        // labels that tell one alert of it from another
	Tiers   []healthTier
	Runbook processors.Runbook
	Tests   []healthTest
}

// healthTier is one level of it. Yellow can wait for the morning; orange means that figures or alerts are missing now.
type healthTier struct {
	Tier alerts.Tier
	Expr string
	For  time.Duration
}

// The shape of Prometheus' rule files.
type (
	promRules struct {
		Groups []promGroup `yaml:"groups"`
	}
	promGroup struct {
		Name  string     `yaml:"name"`
		Rules []promRule `yaml:"rules"`
	}
	promRule struct {
		Alert       string            `yaml:"alert"`
		Expr        string            `yaml:"expr"`
		For         string            `yaml:"for"`
		KeepFiring  string            `yaml:"keep_firing_for"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations"`
	}
)

// platform is the team that hears of the pipeline's health.
const platform = "platform"

// keepFiring is how long an alert goes on after its reason has gone, so that what flutters is told once.
const keepFiring = 2 * time.Minute

const promComment = `# The health of the pipeline, from what tidemark's programs say of themselves at /metrics, and order events that stop, which
# is seen here even while ClickHouse is away. Needs Prometheus 2.42 or newer (keep_firing_for).
`

// catalogue of what is watched, by the part of the program that it concerns.
func healthChecks() []health {
	all := collectorChecks()
	all = append(all, consumerChecks()...)
	all = append(all, storeChecks()...)
	all = append(all, accountingChecks()...)
	return append(all, alertingChecks()...)
}

func prometheusFiles() []document {
	return []document{
		{path: "prometheus/rules.yaml", comment: promComment + replaceSite, content: promRulesOf(healthChecks())},
		{path: "prometheus/rules_test.yaml", comment: promTestComment, content: promTestsOf(healthChecks())},
		{path: "prometheus/prometheus.yml", comment: scrapeComment, content: scrapeExample()},
	}
}

func promRulesOf(checks []health) promRules {
	g := promGroup{Name: "tidemark-health"}
	for i := range checks {
		h := &checks[i]
		for _, t := range h.Tiers {
			g.Rules = append(g.Rules, promRule{
				Alert: deliver.AlertName(h.Name), Expr: t.Expr, For: period(t.For), KeepFiring: period(keepFiring),
				Labels: h.labels(t.Tier, func(name string) string { return "{{ $labels." + name + " }}" }),
				Annotations: map[string]string{
					"summary": h.summary(), "summary_zh": h.summaryZH(), "runbook_url": runbookURL(h.Name),
				},
			})
		}
	}
	return promRules{Groups: []promGroup{g}}
}

// labels of an alert; of gives the value of a label of the expression. They are those of business alerts, so that one
// tree of routes serves both.
func (h *health) labels(tier alerts.Tier, of func(name string) string) map[string]string {
	values := make([]string, len(h.Series))
	for i, name := range h.Series {
		values[i] = of(name)
	}
	series := strings.Join(values, "/")
	if series == "" {
		series = "all"
	}
	return map[string]string{"rule": h.Name, "series": series, "tier": tier.String(), "severity": tier.String(), "team": platform}
}

// summary is one line: what, where, and the value.
func (h *health) summary() string {
	where := h.where()
	if h.Value.EN != "" {
		where = append(where, h.value()+" "+h.Value.EN)
	}
	if len(where) == 0 {
		return h.Title.EN
	}
	return h.Title.EN + ": " + strings.Join(where, ", ")
}

// summaryZH is the same in Chinese.
func (h *health) summaryZH() string {
	where := h.where()
	if h.Value.ZH != "" {
		where = append(where, h.Value.ZH+" "+h.value())
	}
	if len(where) == 0 {
		return h.Title.ZH
	}
	return h.Title.ZH + "：" + strings.Join(where, "，")
}

func (h *health) where() []string {
	var out []string
	for _, name := range h.Series {
		out = append(out, name+" {{ $labels."+name+" }}")
	}
	return out
}

// value is the value of the expression in Prometheus' templates.
func (h *health) value() string {
	if h.Share {
		return "{{ $value | humanizePercentage }}"
	}
	return "{{ $value | humanize }}"
}
