package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"tidemark/processors"
)

// quarter is the step of a business day's running figures.
const quarter = "toStartOfInterval(toDateTime(t.window_start), INTERVAL 15 minute) AS time"

// running is the SQL of figures so far, from the begin of the range or of the business day: the last point is the figure
// of the whole, and the line before it shows how it came about.
func (r reading) running(p *processors.Panel) string {
	if r.spec.Rollup != nil && r.spec.Rollup.Stock {
		return r.perPeriod(p)
	}
	with, where, step := "", r.inRange(), bin
	if r.spec.Rollup != nil {
		step = perPeriod
	}
	if p.Today {
		with, where, step = withToday(), r.today(p.Show), quarter
	}
	keys := append(slices.Clone(p.By), "time")
	var partial, total []string
	for _, m := range r.needs(p.Show) {
		part, sum := running(m, r.spec.Merged(m.Name))
		partial, total = append(partial, part), append(total, sum+" AS "+m.Name)
	}
	partition := ""
	if len(p.By) > 0 {
		partition = "PARTITION BY " + strings.Join(p.By, ", ") + " "
	}
	sums := "SELECT " + strings.Join(append(slices.Clone(keys), total...), ", ") + "\nFROM (\n" +
		r.inner(partial, append(dimensions(p.By), step), where, keys) +
		"\n) AS r\nWINDOW w AS (" + partition + "ORDER BY time)"
	return with + r.outer(keys, p.Show) + r.source(p.Show, sums) + "\nORDER BY time"
}

// running is how a measure is merged within a step and then over all steps before.
func running(m processors.MeasureSpec, merged string) (within, over string) {
	n := m.Name
	switch m.Kind {
	case processors.KindUniq: // windows are complete: see today
		return fmt.Sprintf("uniqMergeState(t.%s_state) AS %s_state", n, n), "uniqMerge(r." + n + "_state) OVER w"
	case processors.KindMin:
		return merged, "min(r." + n + ") OVER w"
	case processors.KindMax:
		return merged, "max(r." + n + ") OVER w"
	case processors.KindQuantile:
		return merged, "sumMap(r." + n + ") OVER w"
	case processors.KindLast:
		return merged, "last_value(r." + n + ") OVER w"
	default:
		return merged, "sum(r." + n + ") OVER w"
	}
}
