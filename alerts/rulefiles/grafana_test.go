package rulefiles

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tidemark/alerts"
	"tidemark/dashboards"
	"tidemark/processors"
	"tidemark/processors/metrics"
)

// parsedRules is what the tests read of the rules file; the models of the queries, which have three shapes, are one here.
type parsedRules struct {
	Groups []struct {
		Rules []struct {
			UID          string            `yaml:"uid"`
			Title        string            `yaml:"title"`
			Condition    string            `yaml:"condition"`
			DashboardUID string            `yaml:"dashboardUid"`
			PanelID      uint32            `yaml:"panelId"`
			Labels       map[string]string `yaml:"labels"`
			Annotations  map[string]string `yaml:"annotations"`
			Data         []struct {
				Range grafanaRange `yaml:"relativeTimeRange"`
				Model struct {
					RawSQL     string             `yaml:"rawSql"`
					Expression string             `yaml:"expression"`
					Conditions []grafanaCondition `yaml:"conditions"`
				} `yaml:"model"`
			} `yaml:"data"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

// TestGrafanaRules: both tiers of every alert, with its own limits, and a panel that exists.
func TestGrafanaRules(t *testing.T) {
	boards := panels(t)
	want := map[string]processors.Tier{}
	for _, r := range alerts.Rules(metrics.All()) {
		want[r.Name+" yellow"], want[r.Name+" orange"] = r.Yellow, r.Orange
	}
	uids, titles := map[string]bool{}, map[string]bool{}
	for _, g := range read[parsedRules](t, "grafana/rules.yaml", loose).Groups {
		for _, r := range g.Rules {
			if uids[r.UID] || titles[r.Title] || !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`).MatchString(r.UID) {
				t.Errorf("uid %q or title %q is taken or not allowed", r.UID, r.Title)
			}
			uids[r.UID], titles[r.Title] = true, true
			key := r.Labels["rule"] + " " + r.Labels["tier"]
			limits, ok := want[key]
			if !ok {
				t.Errorf("%s: an alert that the catalogue does not have", key)
				continue
			}
			delete(want, key)
			if len(r.Data) != 3 || r.Condition != "C" || r.Data[1].Model.Expression != "A" || r.Data[2].Model.Expression != "B" {
				t.Errorf("%s: not a query, its newest value and a threshold", key)
				continue
			}
			limit := r.Data[2].Model.Conditions[0]
			if len(limit.Evaluator.Params) != 1 || limit.Evaluator.Params[0] >= limits.Trigger || limit.Evaluator.Params[0] < limits.Trigger-1e-5 || !slices.Equal(limit.UnloadEvaluator.Params, []float64{limits.Recover}) ||
				limit.Evaluator.Type != "gt" || limit.UnloadEvaluator.Type != "lt" {
				t.Errorf("%s: limits %+v, want %+v", key, limit, limits)
			}
			if !slices.Contains(boards[r.DashboardUID], r.PanelID) {
				t.Errorf("%s: no panel %d on %s", key, r.PanelID, r.DashboardUID)
			}
			for _, label := range []string{"rule", "tier", "severity", "team", "metric"} {
				if r.Labels[label] == "" || strings.Contains(r.Labels[label], "$") {
					t.Errorf("%s: label %s is %q", key, label, r.Labels[label])
				}
			}
			for name, text := range r.Annotations {
				if strings.Contains(text, "${") {
					t.Errorf("%s: Grafana would expand annotation %s: %s", key, name, text)
				}
			}
			if from := r.Data[0].Range; from.To < 60 || from.From <= from.To {
				t.Errorf("%s: range %+v holds windows that are not complete", key, from)
			}
		}
	}
	for key := range want {
		t.Errorf("%s has no rule", key)
	}
}

// panels are the ids on the generated boards, by uid.
func panels(t *testing.T) map[string][]uint32 {
	t.Helper()
	boards, err := dashboards.Generate(metrics.All())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]uint32{}
	for name, text := range boards {
		if !strings.HasSuffix(name, ".json") {
			continue
		}
		var board struct {
			UID    string `json:"uid"`
			Panels []struct {
				ID uint32 `json:"id"`
			} `json:"panels"`
		}
		if err := json.Unmarshal(text, &board); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, p := range board.Panels {
			out[board.UID] = append(out[board.UID], p.ID)
		}
	}
	return out
}

// TestGrafanaSQL: what only Grafana's browser side expands has no place in a rule.
func TestGrafanaSQL(t *testing.T) {
	for _, g := range read[parsedRules](t, "grafana/rules.yaml", loose).Groups {
		for _, r := range g.Rules {
			sql := r.Data[0].Model.RawSQL
			if rest := strings.ReplaceAll(sql, "$__timeFilter(window_start)", ""); strings.Contains(rest, "$") || rest == sql {
				t.Errorf("%s: wants $__timeFilter and no other macro or variable: %s", r.UID, sql)
			}
			if !strings.Contains(sql, "NOT open") || !strings.HasSuffix(strings.TrimSpace(sql), "ORDER BY time") {
				t.Errorf("%s: must read complete windows, oldest first: %s", r.UID, sql)
			}
		}
	}
}

func TestUIDs(t *testing.T) {
	long := strings.Repeat("a_long_name_", 5)
	if got := uid("ctr_falls", alerts.Orange); got != "ctr_falls-orange" {
		t.Errorf("a short name became %q", got)
	}
	y, o := uid(long, alerts.Yellow), uid(long, alerts.Orange)
	if len(y) != 40 || len(o) != 40 || y == o {
		t.Errorf("%q and %q, want two of 40 characters", y, o)
	}
}

// TestGrafanaNotifies: everything goes to the hook, orange more often, and no secret stands in the file.
func TestGrafanaNotifies(t *testing.T) {
	points := read[contactPoints](t, "grafana/contact-points.yaml", strict)
	s := points.Points[0].Receivers[0].Settings
	if !strings.HasPrefix(s["authorization_credentials"], "$__file{") || !strings.HasSuffix(s["url"], "/api/hooks/grafana") {
		t.Errorf("settings %v", s)
	}
	tree := read[policies](t, "grafana/policies.yaml", strict).Policies[0]
	if tree.Receiver != points.Points[0].Name || !slices.Equal(tree.GroupBy, []string{"rule", "series"}) {
		t.Errorf("root %+v", tree)
	}
	orange := tree.Routes[0]
	if orange.Matchers[0] != [3]string{"tier", "=", "orange"} || orange.RepeatInterval != "30m" || tree.RepeatInterval != "4h" {
		t.Errorf("orange %+v", orange)
	}
	if !strings.Contains(string(files(t)[GenDir+"/grafana/policies.yaml"]), "replaces the whole tree") {
		t.Error("nobody is warned that the tree is replaced")
	}
}
