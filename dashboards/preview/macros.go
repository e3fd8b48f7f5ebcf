package preview

import (
	"fmt"
	"time"
)

// macroFunc writes one macro out. Its arguments have been expanded already.
type macroFunc struct {
	args int
	sql  func(q moment, args []string) string
}

// moment is what macros depend on beside their arguments.
type moment struct {
	span
	Interval time.Duration
}

// macros are those of Grafana's ClickHouse plugin that boards may use, with the plugin's own expansions.
var macros = map[string]macroFunc{
	"timeFilter": {1, func(q moment, a []string) string {
		return between(a[0], toDateTime(q.From), toDateTime(q.To))
	}},
	"timeFilter_ms": {1, func(q moment, a []string) string {
		return between(a[0], toDateTime64(q.From), toDateTime64(q.To))
	}},
	"dateFilter": {1, func(q moment, a []string) string {
		return between(a[0], toDate(q.From), toDate(q.To))
	}},
	"dateTimeFilter": {2, dateTimeFilter},
	"dt":             {2, dateTimeFilter},
	"fromTime":       {0, func(q moment, _ []string) string { return toDateTime(q.From) }},
	"toTime":         {0, func(q moment, _ []string) string { return toDateTime(q.To) }},
	"fromTime_ms":    {0, func(q moment, _ []string) string { return toDateTime64(q.From) }},
	"toTime_ms":      {0, func(q moment, _ []string) string { return toDateTime64(q.To) }},
	"timeInterval": {1, func(q moment, a []string) string {
		return fmt.Sprintf("toStartOfInterval(toDateTime(%s), INTERVAL %d second)", a[0], q.seconds())
	}},
	"timeInterval_ms": {1, func(q moment, a []string) string {
		return fmt.Sprintf("toStartOfInterval(toDateTime64(%s, 3), INTERVAL %d millisecond)", a[0], max(q.Interval.Milliseconds(), 1))
	}},
	"interval_s": {0, func(q moment, _ []string) string { return fmt.Sprint(q.seconds()) }},
}

func (q moment) seconds() int64 { return max(int64(q.Interval/time.Second), 1) }

func dateTimeFilter(q moment, a []string) string {
	return "(" + between(a[0], toDate(q.From), toDate(q.To)) + ") AND (" + between(a[1], toDateTime(q.From), toDateTime(q.To)) + ")"
}

func between(column, from, to string) string {
	return column + " >= " + from + " AND " + column + " <= " + to
}

func toDateTime(t time.Time) string { return fmt.Sprintf("toDateTime(%d)", t.Unix()) }

func toDateTime64(t time.Time) string {
	return fmt.Sprintf("fromUnixTimestamp64Milli(%d)", t.UnixMilli())
}

// toDate writes the date in UTC, in which Grafana's server knows the range.
func toDate(t time.Time) string { return "toDate('" + t.UTC().Format(time.DateOnly) + "')" }
