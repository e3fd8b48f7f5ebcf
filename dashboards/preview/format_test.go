package preview

import (
	"math"
	"testing"
	"time"
)

func TestWrite(t *testing.T) {
	for _, c := range []struct {
		v        float64
		unit     string
		decimals int
		en, zh   string
	}{
		{1234567, "locale", 0, "1,234,567", "1,234,567"},
		{1234567, "none", 0, "1234567", "1234567"},
		{-1234.5, "locale", 2, "-1,234.50", "-1,234.50"},
		{999, "locale", -1, "999", "999"},
		{0, "locale", 2, "0.00", "0.00"},
		{-0.001, "locale", 2, "0.00", "0.00"},
		{12.345, "locale", -1, "12.3", "12.3"},
		{1.5, "", -1, "1.5", "1.5"},
		{0.012345, "", -1, "0.0123", "0.0123"},
		{1e-12, "", -1, "0", "0"},
		{0.1234, "percentunit", 2, "12.34%", "12.34%"},
		{0.1234, "percentunit", -1, "12.3%", "12.3%"},
		{1, "percentunit", 0, "100%", "100%"},
		{55.5, "percent", 1, "55.5%", "55.5%"},
		{1234, "short", -1, "1.2K", "1,234"},
		{123456, "short", -1, "123.5K", "12.3万"},
		{3.2e6, "short", -1, "3.2M", "320.0万"},
		{2.5e9, "short", 2, "2.50B", "25.00亿"},
		{1234.5, "currency:¥", -1, "¥1.23K", "¥1,234.50"},
		{12345, "currency:¥", -1, "¥12.35K", "¥1.23万"},
		{-5, "currency:$", -1, "-$5.00", "-$5.00"},
		{1234567.891, "currency:financial:¥:", -1, "¥1,234,567.89", "¥1,234,567.89"},
		{7, "currency:financial:kr:suffix", 0, "7kr", "7kr"},
		{3.25, "suffix:x", 1, "3.2x", "3.2x"},
		{3.25, "prefix:~", 2, "~3.25", "~3.25"},
		{850, "ms", -1, "850 ms", "850毫秒"},
		{12_345, "ms", 1, "12.3 s", "12.3秒"},
		{61, "s", -1, "1 min 1 s", "1分1秒"},
		{3600, "s", -1, "1 h", "1小时"},
		{90_061, "dthms", -1, "1 d 1 h", "1天1小时"},
		{-61, "s", -1, "-1 min 1 s", "-1分1秒"},
		{0, "s", -1, "0 ms", "0毫秒"},
		{1736942400000, "dateTimeAsIso", -1, "2025-01-15 20:00:00", "2025-01-15 20:00:00"},
		{1736942400000, "dateTimeFromNow", -1, "1 h ago", "1小时前"},
		{math.NaN(), "locale", 0, "-", "-"},
		{math.Inf(1), "locale", -1, "-", "-"},
	} {
		u, err := parseUnit(c.unit)
		if err != nil {
			t.Fatal(err)
		}
		for lang, want := range map[string]string{"en": c.en, "zh": c.zh} {
			w := writer{lang: lang, zone: zone(t, "Asia/Shanghai"), now: time.UnixMilli(1736942400000 + 3_700_000)}
			if got := w.write(c.v, u, c.decimals); got != want {
				t.Errorf("%v %s %d in %s: %q, want %q", c.v, c.unit, c.decimals, lang, got, want)
			}
		}
	}
}

func TestAgo(t *testing.T) {
	for _, c := range []struct {
		before time.Duration
		en, zh string
	}{
		{0, "just now", "刚刚"},
		{900 * time.Millisecond, "just now", "刚刚"},
		{5 * time.Second, "5 s ago", "5秒前"},
		{150 * time.Second, "2 min ago", "2分钟前"},
		{5 * time.Hour, "5 h ago", "5小时前"},
		{50 * time.Hour, "2 d ago", "2天前"},
		{-150 * time.Second, "in 2 min", "2分钟后"},
	} {
		for lang, want := range map[string]string{"en": c.en, "zh": c.zh} {
			if got := (writer{lang: lang, now: noon}).ago(noon.Add(-c.before)); got != want {
				t.Errorf("%v in %s: %q, want %q", c.before, lang, got, want)
			}
		}
	}
}

func TestParseUnit(t *testing.T) {
	for _, name := range []string{"currencyCNY", "bytes", "reqps", "time:YYYY", "suffix"} {
		if u, err := parseUnit(name); err == nil {
			t.Errorf("%s is read as %+v", name, u)
		}
	}
	u, err := parseUnit("suffix: pages")
	if err != nil || u.Unit != (Unit{Kind: "number", Suffix: " pages", Decimals: -1}) {
		t.Errorf("%+v %v", u, err)
	}
}
