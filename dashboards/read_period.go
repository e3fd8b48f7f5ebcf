package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"tidemark/processors"
)

// perPeriod is the time of a rollup's period: days and months of a shop have no fixed length to step by.
const perPeriod = "toDateTime(t.window_start) AS time"

// periods reads the periods of a rollup that overlap the board's range, the open one included: a range of some hours shows
// the day that it lies in.
func (r reading) periods() []string {
	return append([]string{
		fmt.Sprintf("t.window_start >= $__fromTime - toIntervalHour(%d)", int(r.spec.LongestPeriod().Hours())),
		"t.window_start <= $__toTime", "t.window_end > $__fromTime",
	}, r.chosen()...)
}

// newest restricts to the newest period in the range that has rows of the shop.
func (r reading) newest() string {
	where := append(reading{spec: r.spec}.periods(), "t.window_start <= now64(3)")
	return "t.window_start = (SELECT max(t.window_start) FROM " + r.spec.ViewName() + " AS t WHERE " + strings.Join(where, " AND ") + ")"
}

// perPeriod is the SQL of a rollup's figures over time: one point per period that has rows.
func (r reading) perPeriod(p *processors.Panel) string {
	keys := append(slices.Clone(p.By), "time")
	return r.outer(keys, p.Show) + r.source(p.Show, r.inner(r.merged(p.Show), append(dimensions(p.By), perPeriod), r.periods(), keys)) + "\nORDER BY time"
}

// periodText says which periods a panel of a rollup shows.
func (m maker) periodText(s *processors.Spec, p *processors.Panel) string {
	say := m.lang.say
	by := say("days", "自然日")
	if s.Rollup.Period == processors.Month {
		by = say("months", "自然月")
	}
	text := fmt.Sprintf(say("By %s of the shop's own calendar that lie in the range, late events included. The one that is not over is provisional.",
		"按店铺时区的%s统计（与所选时间范围有交集者），迟到事件会补算；尚未结束的为实时值（未定稿）。"), by)
	if s.Rollup.Stock && p.Kind != processors.Lines && p.Kind != processors.BigStat {
		text += say(" Shown is the newest one.", "此处显示最新一期。")
	}
	return text
}

// recentHours is how far back a variable looks for a dimension's values.
func recentHours(s *processors.Spec) int {
	if s.Rollup == nil {
		return 24
	}
	return 24 + int(s.LongestPeriod().Hours())
}
