package preview

import (
	"strings"
	"testing"
	"time"
)

// noon is a Wednesday; in Berlin it is 13:00.
var noon = time.Date(2025, 1, 15, 12, 34, 56, 0, time.UTC)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParseSpan(t *testing.T) {
	cases := []struct{ from, to, zone, wantFrom, wantTo string }{
		{"now-6h", "now", "UTC", "2025-01-15T06:34:56Z", "2025-01-15T12:34:56Z"},
		{"now-90s", "now-30s", "UTC", "2025-01-15T12:33:26Z", "2025-01-15T12:34:26Z"},
		{"now-15m", "now+5m", "UTC", "2025-01-15T12:19:56Z", "2025-01-15T12:39:56Z"},
		{"now/d", "now", "UTC", "2025-01-15T00:00:00Z", "2025-01-15T12:34:56Z"},
		{"now/d", "now", "Asia/Shanghai", "2025-01-14T16:00:00Z", "2025-01-15T12:34:56Z"},
		{"now/d", "now/d", "Europe/Berlin", "2025-01-14T23:00:00Z", "2025-01-15T22:59:59.999Z"},
		{"now-1d/d", "now-1d/d", "UTC", "2025-01-14T00:00:00Z", "2025-01-14T23:59:59.999Z"},
		{"now/w", "now", "UTC", "2025-01-13T00:00:00Z", "2025-01-15T12:34:56Z"},
		{"now/M", "now", "UTC", "2025-01-01T00:00:00Z", "2025-01-15T12:34:56Z"},
		{"now-1M/M", "now-1M/M", "UTC", "2024-12-01T00:00:00Z", "2024-12-31T23:59:59.999Z"},
		{"now/y", "now", "UTC", "2025-01-01T00:00:00Z", "2025-01-15T12:34:56Z"},
		{"now/h", "now", "Asia/Kolkata", "2025-01-15T12:30:00Z", "2025-01-15T12:34:56Z"},
		{"now-2w", "now", "UTC", "2025-01-01T12:34:56Z", "2025-01-15T12:34:56Z"},
		{"1736899200000", "1736942400000", "UTC", "2025-01-15T00:00:00Z", "2025-01-15T12:00:00Z"},
	}
	for _, c := range cases {
		s, err := parseSpan(c.from, c.to, noon, zone(t, c.zone))
		if err != nil {
			t.Errorf("%s to %s: %v", c.from, c.to, err)
			continue
		}
		if from, to := s.From.UTC().Format(time.RFC3339Nano), s.To.UTC().Format(time.RFC3339Nano); from != c.wantFrom || to != c.wantTo {
			t.Errorf("%s to %s in %s: %s to %s, want %s to %s", c.from, c.to, c.zone, from, to, c.wantFrom, c.wantTo)
		}
		if s.Follows != (c.to == "now") {
			t.Errorf("%s to %s: follows is %v", c.from, c.to, s.Follows)
		}
	}
}

// A day with a change to summer time has 23 hours.
func TestParseSpanSummerTime(t *testing.T) {
	s, err := parseSpan("now/d", "now/d", time.Date(2025, 3, 30, 12, 0, 0, 0, time.UTC), zone(t, "Europe/Berlin"))
	if got := s.To.Sub(s.From); err != nil || got != 23*time.Hour-time.Millisecond {
		t.Errorf("%v %v", got, err)
	}
}

func TestParseSpanRefuses(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"yesterday", "now", "from: "}, {"now-6h", "", "to: "}, {"now-6x", "now", "from: "}, {"now--6h", "now", "from: "},
		{"now", "now-6h", "before to"}, {"now", "now", "before to"}, {"now-500d", "now", "longer than 400 days"},
		{"5", "now", "epoch milliseconds"}, {"99999999999999999", "now", "epoch milliseconds"}, {"999999999999999999999999", "now", "from: "},
		{"now-999999y", "now", "this century"}, {"now-1h; DROP TABLE x", "now", "from: "}, {"now-1h", strings.Repeat("x", 5000), "to: "},
	} {
		_, err := parseSpan(c.from, c.to, noon, time.UTC)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 200 {
			t.Errorf("%.50s to %.50s: %v, want %q", c.from, c.to, err, c.want)
		}
	}
}

// Viewers within one interval ask for the same range; a range that stands still is not touched.
func TestShared(t *testing.T) {
	at := func(now time.Time) span {
		s, err := parseSpan("now-1h", "now", now, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return s.shared(time.Minute)
	}
	a, b, c := at(noon), at(noon.Add(3*time.Second)), at(noon.Add(5*time.Second))
	if a != b || a == c {
		t.Errorf("%v, %v, %v", a, b, c)
	}
	if from, to := a.From.Format(time.TimeOnly), a.To.Format(time.TimeOnly); from != "11:34:00" || to != "12:35:00" {
		t.Errorf("%s to %s", from, to)
	}
	day, err := parseSpan("now/d", "now", noon, zone(t, "Asia/Kathmandu"))
	if err != nil || !day.shared(time.Hour).From.Equal(day.From) {
		t.Errorf("a day begins elsewhere: %v %v", day.shared(time.Hour).From, err)
	}
	whole := span{From: noon.Truncate(time.Hour), To: noon.Truncate(time.Hour).Add(time.Hour), Follows: true}
	if whole.shared(time.Hour) != whole {
		t.Error("a range of whole intervals has changed")
	}
	fixed := span{From: noon, To: noon.Add(time.Hour)}
	if fixed.shared(time.Hour) != fixed {
		t.Error("a fixed range has changed")
	}
}
