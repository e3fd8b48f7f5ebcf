package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"tidemark/processors"
)

// reading is how a board reads one metric: from its view, for the shop and the values that the board's variables choose.
// A variable whose dimension the metric lacks has no effect on it.
type reading struct {
	spec *processors.Spec
	vars []string // dimensions that the board lets one choose, beside shop
}

const oneShop = "t.shop = ${shop:singlequote}"

// chosen are the conditions that the board's variables set.
func (r reading) chosen() []string {
	out := []string{oneShop}
	for _, v := range r.vars {
		if slices.Contains(r.spec.Dims, v) {
			out = append(out, fmt.Sprintf("$__conditionalAll(t.%s IN (${%s:singlequote}), $%s)", v, v, v))
		}
	}
	return out
}

// inRange reads complete windows of the board's range only.
func (r reading) inRange() []string {
	if r.spec.Rollup != nil {
		return r.periods()
	}
	return append([]string{"$__timeFilter(t.window_start)", "t.complete"}, r.chosen()...)
}

// today reads the shop's business day so far for some figures. Open windows are included, except where people are
// counted: an open window cannot be merged, and whoever was there before would count once more in each of its rows. It
// needs the day from withToday.
func (r reading) today(figures []string) []string {
	where := []string{"t.window_start >= today_begins", "t.window_start < today_ends"}
	if r.people(figures) {
		where = append(where, "t.complete")
	}
	return append(where, r.chosen()...)
}

// people says whether distinct people stand behind any of the figures.
func (r reading) people(figures []string) bool {
	return slices.ContainsFunc(r.needs(figures), func(m processors.MeasureSpec) bool { return m.Kind == processors.KindUniq })
}

// withToday names the begin and the end of the shop's business day.
func withToday() string { return "WITH " + businessDay("today", 0) + "\n" }

// businessDay names the begin and the end of the business day some days ago; both are NULL where there is none, and then
// nothing is found. They are two queries since no tuple can be NULL. Days are counted by the shop's calendar: 24 hours ago
// can be the day before yesterday where the clocks have changed.
func businessDay(name string, ago int) string {
	const day = "(SELECT %s FROM shop_days FINAL WHERE shop = ${shop:singlequote} AND %s LIMIT 1)"
	which := "begins <= now64(3) AND ends > now64(3)"
	if ago > 0 {
		which = fmt.Sprintf("day = toString(toDate("+day+") - %d)", "day", which, ago)
	}
	return fmt.Sprintf(day+" AS %s_begins,\n  "+day+" AS %s_ends", "begins", which, name, "ends", which, name)
}

// over is the SQL of figures over the board's range, or over the business day: one row per combination of by, the
// largest first.
func (r reading) over(p *processors.Panel, limit int) string {
	with, where := "", r.inRange()
	if p.Today {
		with, where = withToday(), r.today(p.Show)
	}
	if r.spec.Rollup != nil && r.spec.Rollup.Stock {
		where = append(where, r.newest())
	}
	columns := slices.Clone(p.By)
	if p.Kind == processors.Bars && p.Drill != "" {
		for i, label := range labelColumns(p.By) { // a bar without a name leads nowhere
			where = append(where, "t."+p.By[i]+" != ''")
			columns = append(columns, p.By[i]+" AS "+label)
		}
	}
	sql := with + r.outer(columns, p.Show) + r.source(p.Show, r.inner(r.merged(p.Show), dimensions(p.By), where, p.By))
	if len(p.By) > 0 {
		sql += fmt.Sprintf("\nORDER BY %s DESC, %s\nLIMIT %d", p.Show[0], strings.Join(p.By, ", "), limit)
	}
	return sql
}

// outer computes the figures from their merged measures.
func (r reading) outer(keys, figures []string) string {
	columns := slices.Clone(keys)
	for _, name := range figures {
		f, _ := r.spec.Figure(name)
		columns = append(columns, figureSQL(f)+" AS "+name)
	}
	return "SELECT " + strings.Join(columns, ", ") + "\n"
}

// source is what outer reads: the merged measures, and for a value with SQL of its own the values before it, which it may
// use.
func (r reading) source(figures []string, inner string) string {
	from := "FROM (\n" + inner + "\n)"
	var before []string
	for i, v := range r.spec.Values {
		if v.Den == "" && slices.Contains(figures, v.Name) {
			before = before[:0]
			for _, e := range r.spec.Values[:i] {
				before = append(before, e.SQL+" AS "+e.Name)
			}
		}
	}
	if len(before) == 0 {
		return from
	}
	return "FROM (\nSELECT *, " + strings.Join(before, ", ") + "\n" + from + "\n)"
}

// figureSQL makes money a float: boards show it, nobody computes with it.
func figureSQL(f processors.Figure) string {
	if f.Unit == "currency" {
		return "toFloat64(" + f.SQL + ")"
	}
	return f.SQL
}

// inner merges measures over rows of the view.
func (r reading) inner(measures, keys, where, group []string) string {
	sql := "  SELECT " + strings.Join(slices.Concat(keys, measures), ", ") + "\n  FROM " + r.spec.ViewName() + " AS t\n  WHERE " + strings.Join(where, "\n    AND ")
	if len(group) > 0 {
		sql += "\n  GROUP BY " + strings.Join(group, ", ")
	}
	return sql
}

// merged are the expressions of the measures behind figures.
func (r reading) merged(figures []string) []string {
	var out []string
	for _, m := range r.needs(figures) {
		out = append(out, r.spec.Merged(m.Name))
	}
	return out
}

// needs are the measures behind figures, in the metric's order.
func (r reading) needs(figures []string) []processors.MeasureSpec {
	used := map[string]bool{}
	for _, name := range figures {
		f, _ := r.spec.Figure(name)
		for _, n := range f.Needs {
			used[n] = true
		}
	}
	var out []processors.MeasureSpec
	for _, m := range r.spec.Measures {
		if used[m.Name] {
			out = append(out, m)
		}
	}
	return out
}

func dimensions(by []string) []string {
	out := make([]string, len(by))
	for i, d := range by {
		out[i] = "t." + d + " AS " + d
	}
	return out
}
