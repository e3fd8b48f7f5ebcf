//go:build integration

package alerting

import (
	"os/exec"
	"strings"
	"testing"
)

// TestToolsAcceptTheFiles: what is generated is what Prometheus and Alertmanager can read, and the rules do what their
// unit tests say.
func TestToolsAcceptTheFiles(t *testing.T) {
	tools(t)
	for _, argv := range [][]string{
		{"promtool", "check", "rules", gen + "/prometheus/rules.yaml"},
		{"promtool", "test", "rules", gen + "/prometheus/rules_test.yaml"},
		{"promtool", "check", "config", gen + "/prometheus/prometheus.yml"},
		{"amtool", "check-config", gen + "/alertmanager/alertmanager.yaml"},
	} {
		out, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "SUCCESS") {
			t.Errorf("%v: %v\n%s", argv, err, out)
		}
	}
}

// TestRoutes asks Alertmanager's own tool who is told.
func TestRoutes(t *testing.T) {
	tools(t)
	for labels, want := range map[string]string{
		"rule=paid_orders_fall series=chaye team=trade tier=orange":        "tidemark,trade-orange",
		"rule=paid_orders_fall series=chaye team=trade tier=yellow":        "tidemark,trade-yellow",
		"rule=ctr_falls series=chaye team=marketing tier=orange":           "tidemark,marketing-orange",
		"rule=consumer_lag series=tidemark-fast team=platform tier=yellow": "tidemark,platform-yellow",
		"rule=unknown team=nobody tier=orange":                             "tidemark,platform-orange",
		"alertname=Foreign":                                                "platform-yellow",
	} {
		argv := append([]string{"config", "routes", "test", "--config.file", gen + "/alertmanager/alertmanager.yaml"}, strings.Fields(labels)...)
		out, err := exec.CommandContext(t.Context(), "amtool", argv...).Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s goes to %s (%v), want %s", labels, got, err, want)
		}
	}
}
