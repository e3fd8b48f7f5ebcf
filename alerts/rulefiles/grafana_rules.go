package rulefiles

import (
	"fmt"
	"time"

	"tidemark/alerts"
	"tidemark/alerts/deliver"
	"tidemark/processors"
)

const (
	grafanaFolder = "tidemark"
	clickhouseUID = "clickhouse"
	expressionUID = "__expr__"
	// readBack is how far before the newest complete window a rule looks for a reading, in windows: a pipeline that is
	// late for so long is told by others.
	readBack = 10
	// missingEvals is how many evaluations a series may be missing before its alert ends: a minute.
	missingEvals = 6
	evalEvery    = 10 * time.Second
)

func grafanaRulesOf(c processors.Catalogue) grafanaRules {
	out := grafanaRules{APIVersion: 1}
	rules := alerts.Rules(c)
	for i := range c {
		s := &c[i].Spec
		g := grafanaGroup{OrgID: 1, Name: "tidemark-" + s.Name, Folder: grafanaFolder, Interval: period(evalEvery)}
		for len(rules) > 0 && rules[0].Metric == s.Name {
			g.Rules = append(g.Rules, grafanaRuleOf(s, &rules[0], alerts.Yellow), grafanaRuleOf(s, &rules[0], alerts.Orange))
			rules = rules[1:]
		}
		if len(g.Rules) > 0 {
			out.Groups = append(out.Groups, g)
		}
	}
	return out
}

func grafanaRuleOf(s *processors.Spec, r *alerts.Rule, tier alerts.Tier) grafanaRule {
	limits := r.Yellow
	if tier == alerts.Orange {
		limits = r.Orange
	}
	return grafanaRule{
		UID: uid(r.Name, tier), Title: deliver.AlertName(r.Name) + deliver.AlertName(tier.String()), Condition: "C",
		Data:          []grafanaStep{readingsStep(s, r), newestStep(), limitStep(limits)},
		For:           "0s", // spans and samples have been waited for by the evaluator
		KeepFiringFor: period(r.Window),
		NoDataState:   "KeepLast", ExecErrState: "KeepLast", MissingResolve: missingEvals,
		DashboardUID: processors.BoardUID(r.Board, "en"), PanelID: r.Panel,
		Labels:      map[string]string{"rule": r.Name, "metric": r.Metric, "team": r.Team, "tier": tier.String(), "severity": tier.String()},
		Annotations: grafanaAnnotations(r),
	}
}

// grafanaAnnotations hold no "${": Grafana would take it for one of its environment variables.
func grafanaAnnotations(r *alerts.Rule) map[string]string {
	sigma := `{{ printf "%.1f" $values.B.Value }}`
	return map[string]string{
		"summary":     fmt.Sprintf("%s: {{ $labels.series }}, %s sigma off", r.Title.EN, sigma),
		"summary_zh":  fmt.Sprintf("%s：{{ $labels.series }}，偏离 %s 倍标准差", r.Title.ZH, sigma),
		"owner":       r.Owner,
		"runbook_url": runbookURL(r.Name),
	}
}

// readingsStep asks for the deviations of complete windows, oldest first. The range ends where windows are complete.
func readingsStep(s *processors.Spec, r *alerts.Rule) grafanaStep {
	to := r.Window + s.FinalAfter()
	return grafanaStep{
		RefID: "A", DatasourceUID: clickhouseUID,
		Range: &grafanaRange{From: int((to + readBack*r.Window).Seconds()), To: int(to.Seconds())},
		Model: clickhouseQuery{
			RefID: "A", Datasource: grafanaSource{Type: "grafana-clickhouse-datasource", UID: clickhouseUID},
			PluginVersion: "4.20.0", EditorType: "sql", QueryType: "timeseries",
			RawSQL: "SELECT window_start AS time, series, shop, sigma FROM v_alert_readings\nWHERE rule = '" + r.Name +
				"' AND NOT open AND $__timeFilter(window_start)\nORDER BY time",
			IntervalMS: int(r.Window.Milliseconds()), MaxDataPoints: 1000,
		},
	}
}

// newestStep takes the newest reading of each series.
func newestStep() grafanaStep {
	return grafanaStep{RefID: "B", DatasourceUID: expressionUID, Model: reduceStep{
		RefID: "B", Datasource: grafanaSource{Type: expressionUID, UID: expressionUID},
		Type: "reduce", Expression: "A", Reducer: "last", Settings: map[string]string{"mode": "dropNN"},
	}}
}

// hair is taken off a trigger: the evaluator fires at it, Grafana above it, and fixed bounds are often met exactly.
const hair = 1e-6

// limitStep fires from the trigger on and goes on until the deviation is below the recovery.
func limitStep(t processors.Tier) grafanaStep {
	return grafanaStep{RefID: "C", DatasourceUID: expressionUID, Model: thresholdStep{
		RefID: "C", Datasource: grafanaSource{Type: expressionUID, UID: expressionUID}, Type: "threshold", Expression: "B",
		Conditions: []grafanaCondition{{
			Evaluator:       evaluator{Type: "gt", Params: []float64{t.Trigger - hair}},
			UnloadEvaluator: evaluator{Type: "lt", Params: []float64{t.Recover}},
		}},
	}}
}
