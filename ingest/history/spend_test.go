package history

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json"

	"tidemark/schemas"
)

// The mappings of docs/spend.md, each with its export.
func TestSpendExamples(t *testing.T) {
	for _, row := range []struct {
		platform         string
		used, ignored    int64
		campaign, spent  string // of the first line
		from, to         string
		shown, clicked   int64
		currency, credit string
	}{
		{"google", 2, 1, "Winter jackets", "1204.5", "2024-12-31T23:00:00.000Z", "2025-01-01T23:00:00.000Z", 48201, 812, "EUR", "2950"},
		{"meta", 2, 0, "Spring sale", "83.12", "2025-01-01T05:00:00.000Z", "2025-01-02T05:00:00.000Z", 9120, 140, "USD", "410.5"},
		{"baidu", 1, 0, "冬季茶叶", "1650.32", "2024-12-31T16:00:00.000Z", "2025-01-01T16:00:00.000Z", 20113, 402, "CNY", "0"},
		{"tencent", 1, 0, "朋友圈新客", "980", "2024-12-31T16:00:00.000Z", "2025-01-01T16:00:00.000Z", 50231, 711, "CNY", "0"},
		{"oceanengine", 1, 1, "直播间引流", "2300.55", "2024-12-31T16:00:00.000Z", "2025-01-01T16:00:00.000Z", 120331, 2210, "CNY", "0"},
	} {
		t.Run(row.platform, func(t *testing.T) {
			report, events := scanFile(t, exampleOf(t, "spend.md", row.platform+".yaml"), exampleOf(t, "spend.md", row.platform+".csv"))
			if report.Used != row.used || report.Ignored != row.ignored || report.Refused != 0 {
				t.Fatalf("%+v", report)
			}
			var s schemas.Spend
			if err := json.Unmarshal(events[0].Value, &s); err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintln(s.Platform, s.Campaign, s.Amount, s.PeriodStart, s.PeriodEnd, s.Impressions, s.Clicks, s.Currency, s.Attributed)
			want := fmt.Sprintln(row.platform, row.campaign, row.spent, row.from, row.to, row.shown, row.clicked, row.currency, row.credit)
			if got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// TestRestatedSpendHasOtherIDs: a newer export of the same days is news, the same one is not.
func TestRestatedSpendHasOtherIDs(t *testing.T) {
	mapping, first := exampleOf(t, "spend.md", "baidu.yaml"), exampleOf(t, "spend.md", "baidu.csv")
	text, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(t.TempDir(), "baidu-later.csv")
	if err := os.WriteFile(newer, text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, a := scanFile(t, mapping, first)
	_, again := scanFile(t, mapping, first)
	_, b := scanFile(t, mapping, newer)
	if a[0].ID != again[0].ID || a[0].ID == b[0].ID || a[0].Key != b[0].Key {
		t.Errorf("%+v\n%+v\n%+v", a[0], again[0], b[0])
	}
}
