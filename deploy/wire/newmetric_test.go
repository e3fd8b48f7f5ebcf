package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/window"
	"tidemark/schemas"
)

// searches is a metric as its one file would define it.
func searches() processors.Definition {
	yellow, orange := processors.Usual()
	text := func(en, zh string) processors.Text { return processors.Text{EN: en, ZH: zh} }
	return processors.Define(schemas.Clickstream, processors.Metric[schemas.Click]{
		Name: "searches", Title: text("Searches", "搜索"), Help: "Searches per minute.", Formula: "events of type search", Owner: "growth",
		By:     []processors.Dim[schemas.Click]{{Name: "channel", Of: func(c *schemas.Click) string { return c.Channel }}},
		Window: window.Tumbling(time.Minute), Lateness: time.Minute,
		Measures: []processors.Measure[schemas.Click]{
			processors.Count("found", func(c *schemas.Click) bool { return c.Type == schemas.ClickSearch }).Titled("Searches", "搜索次数"),
		},
		Panels: []processors.Panel{{Board: "live", Section: "traffic", Kind: processors.Lines, Title: text("Searches per minute", "每分钟搜索次数"), Show: []string{"found"}, Band: "searches_fall"}},
		Alerts: []processors.Alert{{
			Name: "searches_fall", Title: text("Searches fall", "搜索下跌"), Figure: "found", Direction: processors.Falls, MinSamples: 20, MinRelative: 0.3,
			Yellow: yellow, Orange: orange, Cold: processors.Bounds{Yellow: 0.4, Orange: 0.1},
			Runbook: processors.Runbook{Meaning: text("Fewer searches.", "搜索减少。"), Look: text("At the search.", "查看搜索。"), Act: text("Mend it.", "修复。")},
		}},
	})
}

// A metric is one file and one line in all.go: everything else is derived from it.
func TestNewMetricIsOneFileAndOneLine(t *testing.T) {
	catalogue := append(metrics.All(), searches())
	if err := catalogue.Check(); err != nil {
		t.Fatal(err)
	}
	schema := Schema(catalogue)
	var found []string
	for _, table := range schema.Tables {
		found = append(found, table.Name)
	}
	for _, view := range schema.Views {
		found = append(found, view.Name)
	}
	if all := " " + strings.Join(found, " ") + " "; !strings.Contains(all, " m_searches ") || !strings.Contains(all, " v_searches ") {
		t.Errorf("table and view of searches are not among %s", all)
	}
	before, err := Generated(metrics.All())
	if err != nil {
		t.Fatal(err)
	}
	after, err := Generated(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	for path, texts := range map[string][]string{
		"docs/metrics.md":                           {"## v_searches: Searches (搜索)", "searches_fall: Searches fall (搜索下跌)"},
		"schemas/gen/clickhouse/metrics.sql":        {"CREATE TABLE IF NOT EXISTS m_searches", "VIEW v_searches AS"},
		"dashboards/gen/en/live.json":               {"Searches per minute", "searches_fall"},
		"dashboards/gen/zh/live.json":               {"每分钟搜索次数", "searches_fall"},
		"alerts/gen/grafana/rules.yaml":             {"searches_fall", "SearchesFallYellow", "SearchesFallOrange"},
		"docs/runbooks/searches_fall.md":            {"Fewer searches.", "搜索减少。"},
		"docs/runbooks/index.md":                    {"searches_fall"},
		"alerts/gen/alertmanager/alertmanager.yaml": nil,
	} {
		if len(after[path]) == 0 {
			t.Errorf("%s is not generated", path)
		}
		for _, text := range texts {
			if !strings.Contains(string(after[path]), text) || strings.Contains(string(before[path]), text) {
				t.Errorf("%s: %q should be there with the new metric, and only then", path, text)
			}
		}
	}
	d := catalogue[len(catalogue)-1]
	en, zh := panelIDs(t, after["dashboards/gen/en/live.json"]), panelIDs(t, after["dashboards/gen/zh/live.json"])
	if id := float64(d.PanelID(0)); !en[id] || !zh[id] {
		t.Errorf("panel %v is not on the board in both languages", id)
	}
}

func panelIDs(t *testing.T, board []byte) map[float64]bool {
	t.Helper()
	var b struct{ Panels []struct{ ID float64 } }
	if err := json.Unmarshal(board, &b); err != nil {
		t.Fatal(err)
	}
	out := map[float64]bool{}
	for _, p := range b.Panels {
		out[p.ID] = true
	}
	return out
}
