//go:build integration

package alerting

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tidemark/deploy/integration/browser"
	"tidemark/deploy/integration/child"
)

// unseen are metrics that appear only when something has gone wrong for the first time.
func unseen() []string {
	return []string{"tidemark_run_retries_total", "tidemark_clickhouse_errors_total", "tidemark_deliver_requests_total",
		"tidemark_archive_waiting_seconds", "tidemark_ingest_spool_bytes", "tidemark_ingest_spool_max_bytes"} // the demo keeps no archive, and no spool
}

// TestPrometheusJudgesTheDemo: a real Prometheus reads a running tidemark, evaluates every generated rule without an
// error, finds the metrics that they ask for, and has nothing to say of a pipeline that works.
func TestPrometheusJudgesTheDemo(t *testing.T) {
	tools(t)
	dir := t.TempDir()
	demo, err := browser.NewDemo(t.Context(), dir)
	must(t, err)
	t.Cleanup(demo.End)
	must(t, demo.Start(t.Context()))
	p := prometheus(t, dir, strings.TrimPrefix(demo.URL, "http://"))

	rules, err := os.ReadFile(gen + "/prometheus/rules.yaml")
	must(t, err)
	for _, name := range metricsOf(string(rules)) {
		if slices.Contains(unseen(), name) {
			continue
		}
		until(t, "Prometheus has "+name, func() (bool, string) {
			found, err := p.query("count(" + name + ")")
			return err == nil && len(found) == 1, fmt.Sprint(found, err)
		}, p.process)
	}
	health := map[string]string{}
	until(t, "every rule has been evaluated", func() (bool, string) {
		health, err = p.health()
		return err == nil && len(health) > 0 && !slices.Contains(slices.Collect(maps.Values(health)), "unknown"), fmt.Sprint(health, err)
	}, p.process)
	for name, state := range health {
		if state != "ok" {
			t.Errorf("rule %s: %s", name, state)
		}
	}
	until(t, "the pipeline is well", func() (bool, string) {
		found, err := p.query("ALERTS")
		return err == nil && len(found) == 0, fmt.Sprint(found, err)
	}, p.process)
}

// metricsOf lists the metrics of tidemark that a text names.
func metricsOf(text string) []string {
	found := regexp.MustCompile(`tidemark_[a-z_]+[a-z]`).FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// server is a running Prometheus.
type server struct {
	process *child.Process
	url     string
}

// prometheus starts one that scrapes a single address under all the jobs of the example configuration.
func prometheus(t *testing.T, dir, target string) *server {
	t.Helper()
	text, err := os.ReadFile(gen + "/prometheus/prometheus.yml")
	must(t, err)
	rules, err := filepath.Abs(gen + "/prometheus/rules.yaml")
	must(t, err)
	edited := regexp.MustCompile(`127\.0\.0\.1:910\d`).ReplaceAllString(string(text), target)
	edited = strings.NewReplacer("rules.yaml", rules, "_interval: 15s", "_interval: 1s").Replace(edited)
	config := filepath.Join(dir, "prometheus.yml")
	must(t, os.WriteFile(config, []byte(edited), 0o600))
	listen := freeAddr(t)
	p := start(t, dir, "prometheus", "prometheus", "--config.file", config, "--storage.tsdb.path", filepath.Join(dir, "tsdb"), "--web.listen-address", listen)
	answers(t, p, "http://"+listen+"/-/ready")
	return &server{p, "http://" + listen + "/api/v1/"}
}

// query returns the labels of what an expression finds.
func (p *server) query(expr string) ([]map[string]string, error) {
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string `json:"metric"`
			} `json:"result"`
		} `json:"data"`
	}
	err := ask("GET", p.url+"query?query="+url.QueryEscape(expr), nil, "", &answer)
	var out []map[string]string
	for _, r := range answer.Data.Result {
		out = append(out, r.Metric)
	}
	return out, err
}

// health is how each rule's last evaluation went: ok, unknown, or its error.
func (p *server) health() (map[string]string, error) {
	var answer struct {
		Data struct {
			Groups []struct {
				Rules []struct {
					Name      string `json:"name"`
					Health    string `json:"health"`
					LastError string `json:"lastError"`
				} `json:"rules"`
			} `json:"groups"`
		} `json:"data"`
	}
	err := ask("GET", p.url+"rules", nil, "", &answer)
	out := map[string]string{}
	for _, g := range answer.Data.Groups {
		for i, r := range g.Rules {
			out[fmt.Sprint(r.Name, " ", i)] = r.Health + r.LastError
		}
	}
	return out, err
}
