package rulefiles

import (
	"fmt"
	"strings"

	"tidemark/alerts/deliver"
	"tidemark/processors"
)

func healthPage(h *health) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s: %s (%s)\n\nRule `%s` of Prometheus (alerts/gen/prometheus/rules.yaml), team %s.\n\n", pageHead, h.Name, h.Title.EN, h.Title.ZH, deliver.AlertName(h.Name), platform)
	b.WriteString("| Tier 级别 | For 持续 | Expression 表达式 |\n|---|---|---|\n")
	for _, t := range h.Tiers {
		fmt.Fprintf(&b, "| %s | %s | `%s` |\n", t.Tier, period(t.For), cell(t.Expr))
	}
	writeParts(&b, &h.Runbook)
	return b.String()
}

func indexPage(c processors.Catalogue) string {
	var b strings.Builder
	b.WriteString(pageHead + `# Runbooks 预警手册

One page per alert: what it means, where to look, what to do. Yellow can wait for the morning; orange cannot.

黄色可次日处理，橙色需立即处理。每个预警一页：含义、排查、处理。

## The shop 业务

| Alert 预警 | What has happened 现象 | Team 团队 |
|---|---|---|
`)
	for i := range c {
		s := &c[i].Spec
		for j := range s.Alerts {
			a := &s.Alerts[j]
			team := a.Team
			if team == "" {
				team = s.Owner
			}
			fmt.Fprintf(&b, "| [%s](%s.md) | %s (%s) | %s |\n", a.Name, a.Name, a.Title.EN, a.Title.ZH, team)
		}
	}
	b.WriteString("\n## The pipeline 数据链路\n\n| Alert 预警 | What has happened 现象 | Tiers 级别 |\n|---|---|---|\n")
	for _, h := range healthChecks() {
		var tiers []string
		for _, t := range h.Tiers {
			tiers = append(tiers, t.Tier.String())
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | %s (%s) | %s |\n", h.Name, h.Name, h.Title.EN, h.Title.ZH, strings.Join(tiers, ", "))
	}
	return b.String()
}
