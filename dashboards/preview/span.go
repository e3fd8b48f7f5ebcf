package preview

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Limits of what a viewer may ask for.
const (
	longestSpan = 400 * 24 * time.Hour
	earliest    = 946_684_800_000   // 2000-01-01 in epoch milliseconds
	latest      = 4_102_444_800_000 // 2100-01-01
)

// span is the range that a board shows.
type span struct {
	From, To time.Time
	Follows  bool // it ends at now, and so moves with the clock
	Rolls    bool // its beginning moves with the clock, too; that of a day does not
}

var relative = regexp.MustCompile(`^now(?:([+-])(\d{1,6})([smhdwMy]))?(?:/([hdwMy]))?$`)

// parseSpan reads a range: each end in epoch milliseconds, or relative to now, in the zone in which days begin.
func parseSpan(from, to string, now time.Time, zone *time.Location) (span, error) {
	f, err := parseMoment(from, now.In(zone), false)
	if err != nil {
		return span{}, fmt.Errorf("from: %w", err)
	}
	t, err := parseMoment(to, now.In(zone), true)
	if err != nil {
		return span{}, fmt.Errorf("to: %w", err)
	}
	switch {
	case !f.Before(t):
		return span{}, fmt.Errorf("from must lie before to")
	case t.Sub(f) > longestSpan:
		return span{}, fmt.Errorf("the range is longer than %d days", int(longestSpan.Hours()/24))
	}
	rolls := strings.HasPrefix(from, "now") && !strings.Contains(from, "/")
	return span{From: f, To: t, Follows: to == "now", Rolls: rolls}, nil
}

// parseMoment reads one end. A rounded end of a range is the last millisecond of its day, as in Grafana.
func parseMoment(s string, now time.Time, end bool) (time.Time, error) {
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		if ms < earliest || ms > latest {
			return time.Time{}, fmt.Errorf("%d is not in epoch milliseconds of this century", ms)
		}
		return time.UnixMilli(ms).In(now.Location()), nil
	}
	m := relative.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, fmt.Errorf("%.40q is neither epoch milliseconds nor like now, now-6h or now/d", s)
	}
	at := now
	if m[2] != "" {
		n, _ := strconv.Atoi(m[2]) // at most six digits
		if m[1] == "-" {
			n = -n
		}
		at = shift(at, n, m[3])
	}
	if m[4] != "" {
		if at = startOf(at, m[4]); end {
			at = shift(at, 1, m[4]).Add(-time.Millisecond)
		}
	}
	if ms := at.UnixMilli(); ms < earliest || ms > latest {
		return time.Time{}, fmt.Errorf("%.40q is not in this century", s)
	}
	return at, nil
}

// shift moves a time by n units; days and longer follow the calendar of its zone.
func shift(t time.Time, n int, unit string) time.Time {
	switch unit {
	case "s":
		return t.Add(time.Duration(n) * time.Second)
	case "m":
		return t.Add(time.Duration(n) * time.Minute)
	case "h":
		return t.Add(time.Duration(n) * time.Hour)
	case "d":
		return t.AddDate(0, 0, n)
	case "w":
		return t.AddDate(0, 0, 7*n)
	case "M":
		return t.AddDate(0, n, 0)
	default:
		return t.AddDate(n, 0, 0)
	}
}

// startOf is the beginning of the hour, day, week (Monday), month or year in the time's zone.
func startOf(t time.Time, unit string) time.Time {
	y, m, d := t.Date()
	switch unit {
	case "h":
		return t.Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
	case "w":
		d -= (int(t.Weekday()) + 6) % 7
	case "M":
		d = 1
	case "y":
		m, d = time.January, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// shared widens a range that follows the clock to whole intervals, so that viewers who look within the same interval
// ask the same question, and so that the first interval of a rolling range is a whole one.
func (s span) shared(interval time.Duration) span {
	if !s.Follows || interval <= 0 {
		return s
	}
	if s.Rolls {
		s.From = s.From.Truncate(interval)
	}
	if end := s.To.Truncate(interval); end.Before(s.To) {
		s.To = end.Add(interval)
	}
	return s
}
