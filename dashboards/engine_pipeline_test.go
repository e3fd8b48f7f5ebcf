package dashboards_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/dashboards"
)

// The board's accounts add up for what was really counted, and a row that does not shows as its difference.
func accountsAddUp(t *testing.T, w *world) {
	difference := func() string {
		d := w.view(t).draw("pipeline", "var-shop=chaye&from=now-2h")["stat Unaccounted events"]
		if len(d.Stats) != 1 {
			t.Fatalf("%d figures, want one", len(d.Stats))
		}
		return d.Stats[0].Text + " " + d.Stats[0].Color
	}
	before := difference()
	w.exec("INSERT INTO accounts SELECT * REPLACE (9999999 AS ver, produced + 7 AS produced) FROM accounts FINAL WHERE metric = 'page_views' ORDER BY minute LIMIT 1")
	if after := difference(); before != "0 green" || after != "7 orange" {
		t.Errorf("the figure was %q, and is %q after seven events were added to what was produced", before, after)
	}
}

// The panels over corrections read the columns that the view has, on the real engine.
func TestCorrections(t *testing.T) {
	w := newWorld(t, "corrections")
	w.exec(`INSERT INTO dirty SELECT 'trade', toDateTime64('2026-06-18 10:00:00', 3, 'UTC'), number, 'late', 100, toDateTime64('2026-06-18 10:05:00', 3, 'UTC') FROM numbers(2)`)
	w.exec(`INSERT INTO rebuilt SELECT 'trade', toDateTime64('2026-06-18 10:00:00', 3, 'UTC'), 0, 100, 1, toDateTime64('2026-06-18 10:06:30', 3, 'UTC')`)
	from := time.Date(2026, 6, 18, 9, 0, 0, 0, time.UTC).Unix()
	fill := strings.NewReplacer("$__fromTime", fmt.Sprintf("toDateTime(%d)", from), "$__toTime", fmt.Sprintf("toDateTime(%d)", from+7200),
		"$__timeFilter(t.window_start)", fmt.Sprintf("t.window_start >= toDateTime(%d) AND t.window_start <= toDateTime(%d)", from, from+7200))
	for sql, want := range map[string]string{
		dashboards.OpenCorrectionsSQL: "1",
		dashboards.CorrectionsSQL:     "trade\t2026-06-18T10:00:00.000Z\tlate\t2026-06-18T10:05:00.000Z\t\\N\t1\t90",
	} {
		got, err := w.ask(t.Context(), fill.Replace(sql))
		if err != nil || strings.TrimSpace(string(got)) != want {
			t.Errorf("%s\n%q, %v; want %q", sql, got, err, want)
		}
	}
}
