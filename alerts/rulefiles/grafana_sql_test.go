package rulefiles

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tidemark/alerts"
	"tidemark/sinks/clickhouse"
)

// TestGrafanaQueriesOnTheEngine runs every rule's SQL on ClickHouse as Grafana's plugin would and compares the rows.
func TestGrafanaQueriesOnTheEngine(t *testing.T) {
	sink, err := clickhouse.Open("http://default@"+engine+"/rulefiles", clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	if _, err := sink.Apply(t.Context(), clickhouse.Schema{Tables: alerts.Tables(), Views: alerts.Views()}); err != nil {
		t.Fatal(err)
	}
	noon := time.Now().UTC().Truncate(24 * time.Hour).Add(-12 * time.Hour) // old rows are deleted by ClickHouse
	for _, g := range read[parsedRules](t, "grafana/rules.yaml", loose).Groups {
		for _, r := range g.Rules {
			if r.Labels["tier"] != alerts.Orange.String() {
				continue // the same query
			}
			rule := r.Labels["rule"]
			insert := func(minute int, series string, sigma float64, open bool, ver int) {
				start := noon.Add(time.Duration(minute) * time.Minute).UnixMilli()
				ask(t, fmt.Sprintf(`INSERT INTO alert_readings (window_start, rule, series, shop, sigma, open, ver) VALUES (%d, '%s', '%s', 'chaye', %g, %t, %d)`,
					start, rule, series, sigma, open, ver))
			}
			insert(0, "chaye", 1, false, 1)
			insert(1, "chaye", 2, true, 1)
			insert(1, "chaye", 7, false, 2) // the same window, complete
			insert(2, "chaye", 9, true, 1)  // not complete
			insert(1, "kiefer", 0, false, 1)
			insert(-60, "kiefer", 8, false, 1)                                               // before the range
			sql := strings.ReplaceAll(r.Data[0].Model.RawSQL, "$__timeFilter(window_start)", // as the plugin expands it
				fmt.Sprintf("window_start >= toDateTime(%d) AND window_start <= toDateTime(%d)", noon.Unix()-600, noon.Unix()+600))
			want := "12:00 chaye 1\n12:01 chaye 7\n12:01 kiefer 0\n"
			if got := ask(t, "SELECT formatDateTime(time, '%H:%i', 'UTC') AS at, series, sigma FROM ("+sql+") ORDER BY time, series FORMAT CustomSeparated SETTINGS format_custom_field_delimiter = ' '"); got != want {
				t.Errorf("%s: got\n%s want\n%s", r.UID, got, want)
			}
		}
	}
}

// ask sends a statement and returns the answer's text.
func ask(t *testing.T, sql string) string {
	t.Helper()
	res, err := http.Post("http://default@"+engine+"/?database=rulefiles", "text/plain", strings.NewReader(sql))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s (%v)", sql, res.StatusCode, text, err)
	}
	return string(text)
}
