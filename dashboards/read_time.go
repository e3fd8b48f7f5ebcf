package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"tidemark/processors"
)

const bin = "$__timeInterval(t.window_start) AS time"

// lines is the SQL of figures over time: whole intervals of complete windows. Intervals in which nothing happened are
// filled in, between the metric's first window and its watermark: zero for counts and sums, nothing for ratios.
func (r reading) lines(p *processors.Panel) string {
	if r.spec.Rollup != nil {
		return r.perPeriod(p)
	}
	where := append([]string{"t.window_start >= first", "t.window_start < until", "t.complete"}, r.chosen()...)
	sql := r.bounds() + r.outer(append(slices.Clone(p.By), "time"), p.Show) +
		r.source(p.Show, r.inner(r.perWindow(p.Show), append(dimensions(p.By), bin), where, append(slices.Clone(p.By), "time"))) +
		"\nORDER BY " + strings.Join(append(slices.Clone(p.By), "time"), ", ") + " WITH FILL FROM first TO until STEP $__interval_s"
	if len(p.By) > 0 {
		return "SELECT * FROM (\n" + sql + "\n)\nORDER BY time"
	}
	return sql
}

// bounds names the first interval that may be drawn and the end of the last one. The metric's very first window may
// have been cut, so it is left out, and with it the interval that it begins in. The last interval is one whose windows
// have all passed. Without any data both are the range's begin: a time before 1970 would wrap around.
func (r reading) bounds() string {
	s := r.spec
	begun := fmt.Sprintf("assumeNotNull((SELECT min(window_start) FROM %s)) + toIntervalMillisecond(%d)", s.TableName(), s.Window.Step.Milliseconds())
	passed := fmt.Sprintf("assumeNotNull((SELECT min(m) FROM v_watermarks WHERE `group` = '%s' AND topic = '%s')) - toIntervalMillisecond(%d)",
		processors.ConsumerGroup(s.Group), s.Topic, (s.FinalAfter() + s.Window.Size - s.Window.Step).Milliseconds())
	return fmt.Sprintf("WITH toStartOfInterval(greatest($__fromTime, %s + toIntervalSecond($__interval_s - 1)), INTERVAL $__interval_s second) AS first,\n"+
		"  greatest(first, toStartOfInterval(greatest($__fromTime, least($__toTime, %s)), INTERVAL $__interval_s second)) AS until\n", begun, passed)
}

// perWindow are the measures behind figures, those that add up as one window's worth: the same at every zoom.
func (r reading) perWindow(figures []string) []string {
	alone := map[string]bool{}
	for _, name := range figures {
		f, _ := r.spec.Figure(name)
		alone[name] = len(f.Needs) == 1 && f.Needs[0] == name
	}
	var out []string
	for _, m := range r.needs(figures) {
		if alone[m.Name] && addsUp(m.Kind) {
			out = append(out, fmt.Sprintf("toFloat64(sum(t.%s)) * %g / $__interval_s AS %s", m.Name, r.spec.Window.Step.Seconds(), m.Name))
		} else {
			out = append(out, r.spec.Merged(m.Name))
		}
	}
	return out
}

func addsUp(k processors.Kind) bool {
	return k == processors.KindCount || k == processors.KindSum || k == processors.KindMoney
}

// band is the SQL of an alert's expected value and limits, under the names that overrides style. They belong to the
// whole shop, so nothing is drawn while a value of another variable is chosen.
func (r reading) band(rule string) string {
	where := []string{"$__timeFilter(t.window_start)", "t.rule = '" + rule + "'", oneShop, "t.series = t.shop"}
	for _, v := range r.vars {
		if slices.Contains(r.spec.Dims, v) {
			where = append(where, "$__conditionalAll(0, $"+v+")")
		}
	}
	var limits []string
	for _, name := range bandFields() {
		limits = append(limits, fmt.Sprintf("avg(t.%s) AS %s", name, name))
	}
	return "SELECT " + bin + ", " + strings.Join(limits, ", ") + "\nFROM v_alert_readings AS t\nWHERE " + strings.Join(where, "\n  AND ") +
		"\nGROUP BY time\nORDER BY time"
}

// bandFields are the columns of a band, expected value first.
func bandFields() []string {
	return []string{"expected", "yellow_low", "yellow_high", "orange_low", "orange_high"}
}
