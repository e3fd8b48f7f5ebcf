package rulefiles

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tidemark/alerts"
)

// TestHealthChecks: what every rule of Prometheus must have, a test in which each tier fires and one in which none does.
func TestHealthChecks(t *testing.T) {
	seen := map[string]bool{}
	for _, h := range healthChecks() {
		if seen[h.Name] || h.Title.EN == "" || h.Title.ZH == "" || len(h.Tiers) == 0 {
			t.Errorf("%s: taken, or without title or tiers", h.Name)
		}
		seen[h.Name] = true
		r := h.Runbook
		for _, text := range []string{r.Meaning.EN, r.Meaning.ZH, r.Look.EN, r.Look.ZH, r.Act.EN, r.Act.ZH} {
			if text == "" {
				t.Errorf("%s: the runbook has a gap", h.Name)
			}
		}
		fired, quiet := map[alerts.Tier]bool{}, false
		for _, test := range h.Tests {
			quiet = quiet || len(test.Firing) == 0
			for _, f := range test.Firing {
				fired[f.Tier] = true
			}
		}
		for i, tier := range h.Tiers {
			if !fired[tier.Tier] || tier.Tier == alerts.Green || i > 0 && tier.Tier <= h.Tiers[i-1].Tier {
				t.Errorf("%s: no test in which %s fires, or tiers out of order", h.Name, tier.Tier)
			}
		}
		if !quiet {
			t.Errorf("%s: no test in which it stays quiet", h.Name)
		}
	}
}

// TestPrometheusRules: labels and annotations are complete, so that routes and messages can count on them.
func TestPrometheusRules(t *testing.T) {
	for _, r := range read[promRules](t, "prometheus/rules.yaml", strict).Groups[0].Rules {
		for _, label := range []string{"rule", "series", "tier", "severity", "team"} {
			if r.Labels[label] == "" {
				t.Errorf("%s: no label %s", r.Alert, label)
			}
		}
		for _, name := range []string{"summary", "summary_zh", "runbook_url"} {
			if r.Annotations[name] == "" {
				t.Errorf("%s: no annotation %s", r.Alert, name)
			}
		}
		if r.KeepFiring == "" || r.For == "" {
			t.Errorf("%s: for %q, keep_firing_for %q", r.Alert, r.For, r.KeepFiring)
		}
	}
}

// TestMetricsOfRulesExist: a rule over a metric that nobody counts would be silent for ever.
func TestMetricsOfRulesExist(t *testing.T) {
	folders := map[string]string{ // by prefix: whose code names what is left
		"tidemark_run_": "../../processors", "tidemark_ingest_": "../../ingest", "tidemark_clickhouse_": "../../sinks/clickhouse",
		"tidemark_deliver_": "../deliver", "tidemark_alerts_": "../hub", "tidemark_rollup_": "../../processors/rollup",
		"tidemark_accounting_": "../../processors/audit", "tidemark_archive_": "../../sinks/archive", "tidemark_correct_": "../../processors/recompute",
	}
	names := map[string]bool{}
	for _, h := range healthChecks() {
		for _, tier := range h.Tiers {
			for _, name := range regexp.MustCompile(`tidemark_[a-z_]+`).FindAllString(tier.Expr, -1) {
				names[strings.TrimSuffix(name, "_bucket")] = true
			}
		}
	}
	if len(names) < 8 {
		t.Fatalf("found only %v", names)
	}
	for name := range names {
		found := false
		for prefix, folder := range folders {
			rest, ok := strings.CutPrefix(name, prefix)
			found = found || ok && (contains(t, folder, `"`+rest+`"`) || contains(t, folder, `"`+name+`"`))
		}
		if !found {
			t.Errorf("nobody counts %s", name)
		}
	}
}

// contains says whether a Go file of the folder, tests aside, holds the text.
func contains(t *testing.T, folder, text string) bool {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(path, "_test.go") && strings.Contains(string(source), text) {
			return true
		}
	}
	return false
}
