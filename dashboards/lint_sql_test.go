package dashboards

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// sqlChecks are about queries and variables.
func sqlChecks() []check {
	sql := func(all []boardFile, kind string) object { return list(all[0].panel(kind), "targets")[0] }
	add := func(kind, more string) func([]boardFile) {
		return func(all []boardFile) {
			t := sql(all, kind)
			t["rawSql"] = textOf(t, "rawSql") + more
		}
	}
	return []check{
		{"declared variables", undeclared, add("stat", " AND x = ${carrier:singlequote}")},
		{"used variables", unused, func(all []boardFile) {
			v := at(all[0].object, "templating").(object)
			v["list"] = append(v["list"].([]any), object{"name": "carrier", "type": "query", "refresh": 2.0})
		}},
		{"quoted variables", unquoted, add("stat", " AND x = '$shop'")},
		{"several values only where all may be chosen", looseMulti, func(all []boardFile) {
			for _, f := range all {
				if f.id == "marketing" {
					t := list(f.panel("bargauge"), "targets")[0]
					t["rawSql"] = textOf(t, "rawSql") + " AND t.channel IN (${channel:singlequote})"
				}
			}
		}},
		{"known macros", unknownMacros, add("stat", " AND $__timeFliter(x)")},
		{"series in order", disordered, func(all []boardFile) {
			t := sql(all, "timeseries")
			t["rawSql"] = strings.ReplaceAll(textOf(t, "rawSql"), "ORDER BY", "LIMIT BY")
		}},
		{"series by interval", disordered, func(all []boardFile) {
			t := sql(all, "timeseries")
			t["rawSql"] = strings.NewReplacer("$__timeInterval", "toStartOfHour", "$__interval_s", "60").Replace(textOf(t, "rawSql"))
		}},
		{"bounded in time", unbounded, func(all []boardFile) {
			sql(all, "timeseries")["rawSql"] = "SELECT time, views FROM v_page_views ORDER BY time"
		}},
		{"bounded in rows", unlimited, func(all []boardFile) {
			for _, f := range all {
				for _, t := range list(f.panel("bargauge"), "targets") {
					t["rawSql"] = strings.ReplaceAll(textOf(t, "rawSql"), "LIMIT", "OFFSET")
				}
			}
		}},
		{"one data source", otherSource, func(all []boardFile) { sql(all, "stat")["datasource"].(object)["uid"] = "clickhouse" }},
		{"the plugin's present format", otherSource, func(all []boardFile) { sql(all, "stat")["pluginVersion"] = "" }},
	}
}

// statement is one SQL text with where it stands.
type statement struct {
	where, kind, sql string
	series           bool
}

// statements are all SQL texts of a board: of panels, variables and marks.
func (f boardFile) statements() []statement {
	var out []statement
	for _, p := range f.panels() {
		for _, t := range list(p, "targets") {
			out = append(out, statement{f.name(p) + " " + textOf(t, "refId"), textOf(p, "type"), textOf(t, "rawSql"), number(t, "format") == 0})
		}
	}
	for _, v := range list(f.object, "templating", "list") {
		if textOf(v, "type") == "query" {
			out = append(out, statement{f.id + " variable " + textOf(v, "name"), "variable", textOf(v, "query"), false})
		}
	}
	for _, a := range list(f.object, "annotations", "list") {
		out = append(out, statement{f.id + " marks " + textOf(a, "name"), "marks", textOf(a, "target", "rawSql"), false})
	}
	return out
}

// fromTable finds the tables and views that a text reads.
var fromTable = regexp.MustCompile(`(?:FROM|JOIN) ([a-z]\w+)`)

var variableName = regexp.MustCompile(`\$\{?([a-z][a-z0-9_]*)`)

// variables are the names that a text mentions.
func variables(s string) map[string]bool {
	out := map[string]bool{}
	for _, m := range variableName.FindAllStringSubmatch(s, -1) {
		out[m[1]] = true
	}
	return out
}

func (f boardFile) declared() map[string]object {
	out := map[string]object{}
	for _, v := range list(f.object, "templating", "list") {
		out[textOf(v, "name")] = v
	}
	return out
}

// everySQL applies a check to every SQL text.
func everySQL(all []boardFile, wrong func(f boardFile, s statement) string) (out []string) {
	for _, f := range all {
		for _, s := range f.statements() {
			if w := wrong(f, s); w != "" {
				out = append(out, s.where+": "+w)
			}
		}
	}
	return out
}

func undeclared(all []boardFile) []string {
	return everySQL(all, func(f boardFile, s statement) string {
		for _, name := range keys(variables(s.sql)) {
			if _, ok := f.declared()[name]; !ok {
				return "variable " + name + " is not declared"
			}
		}
		return ""
	})
}

func unused(all []boardFile) (wrong []string) {
	for _, f := range all {
		used := variables("${datasource}")
		for _, s := range f.statements() {
			for name := range variables(s.sql) {
				used[name] = true
			}
		}
		for _, name := range keys(f.declared()) {
			if !used[name] {
				wrong = append(wrong, fmt.Sprintf("%s: variable %s is never used", f.id, name))
			}
		}
	}
	return wrong
}

var (
	conditional = regexp.MustCompile(`\$__conditionalAll\((?:0|t\.([a-z_]+) IN \(\$\{([a-z_]+):singlequote\}\)), \$([a-z_]+)\)`)
	quotedOne   = regexp.MustCompile(`= \$\{shop:singlequote\}`)
)

// unquoted reports variables that are not written as quoted text.
func unquoted(all []boardFile) []string {
	return everySQL(all, func(_ boardFile, s statement) string {
		rest := quotedOne.ReplaceAllString(conditional.ReplaceAllString(s.sql, ""), "")
		if len(variables(rest)) > 0 && !strings.Contains(rest, ":singlequote") {
			return "a variable is not quoted"
		}
		return ""
	})
}

// looseMulti reports variables of several values outside of the macro that drops the condition while all are chosen,
// and conditions on another dimension than the variable's.
func looseMulti(all []boardFile) []string {
	return everySQL(all, func(f boardFile, s statement) string {
		for _, m := range conditional.FindAllStringSubmatch(s.sql, -1) {
			if m[1] != m[2] || m[2] != "" && m[2] != m[3] {
				return "condition and variable do not match: " + m[0]
			}
		}
		rest := conditional.ReplaceAllString(s.sql, "")
		for name := range variables(rest) {
			if v, ok := f.declared()[name]; ok && v["multi"] == true {
				return "variable " + name + " may hold several values"
			}
		}
		return ""
	})
}

func unknownMacros(all []boardFile) []string {
	known := []string{"timeFilter", "timeInterval", "interval_s", "fromTime", "toTime", "conditionalAll"}
	return everySQL(all, func(_ boardFile, s statement) string {
		for _, m := range regexp.MustCompile(`\$__(\w+)`).FindAllStringSubmatch(s.sql, -1) {
			if !slices.Contains(known, m[1]) {
				return "macro " + m[0]
			}
		}
		return ""
	})
}

// disordered reports series without ascending times of the board's interval, or of the quarters of a business day.
func disordered(all []boardFile) []string {
	return everySQL(all, func(_ boardFile, s statement) string {
		steps := strings.Contains(s.sql, perPeriod) || strings.Contains(s.sql, "$__timeInterval") || strings.Contains(s.sql, "$__interval_s") ||
			strings.Contains(s.sql, "shop_days") && strings.Contains(s.sql, "INTERVAL 15 minute")
		if s.series && (!steps || !strings.Contains(s.sql, "ORDER BY time") && !strings.Contains(s.sql, "time WITH FILL")) {
			return "not a series in the order of time, by interval"
		}
		return ""
	})
}

// unbounded reports reads of windows without limits in time. What is small by nature needs none.
func unbounded(all []boardFile) []string {
	windows := regexp.MustCompile(`(FROM|JOIN) (m_|v_)`)
	small := regexp.MustCompile(`(FROM|JOIN) (v_watermarks|v_incidents)|\(SELECT min\(window_start\) FROM m_\w+\)`)
	return everySQL(all, func(_ boardFile, s statement) string {
		bounded := strings.Contains(s.sql, "$__timeFilter(t.window_start)") || strings.Contains(s.sql, "t.window_start >= ") || strings.Contains(s.sql, "$__timeFilter(t.minute)") && !strings.Contains(s.sql, "window_start")
		if windows.MatchString(small.ReplaceAllString(s.sql, "")) && !bounded {
			return "reads windows of all times"
		}
		return ""
	})
}

// unlimited reports tables and bars that grow with the data.
func unlimited(all []boardFile) []string {
	return everySQL(all, func(_ boardFile, s statement) string {
		if slices.Contains([]string{"table", "marks"}, s.kind) && !strings.Contains(s.sql, "LIMIT") && !strings.Contains(s.sql, "v_watermarks") && !strings.Contains(s.sql, "rollup_runs") ||
			s.kind == "bargauge" && strings.Contains(s.sql, "GROUP BY") && !strings.Contains(s.sql, "LIMIT") {
			return "has no LIMIT"
		}
		return ""
	})
}

func otherSource(all []boardFile) (wrong []string) {
	for _, f := range all {
		for _, p := range f.panels() {
			for _, t := range append(list(p, "targets"), p) {
				if reads(p) && (textOf(t, "datasource", "uid") != "${datasource}" || textOf(t, "datasource", "type") != plugin) {
					wrong = append(wrong, f.name(p)+": another data source than the board's")
				}
			}
			for _, t := range list(p, "targets") {
				if textOf(t, "pluginVersion") != pluginVersion || textOf(t, "editorType") != "sql" {
					wrong = append(wrong, f.name(p)+": a query that the plugin would rewrite")
				}
			}
		}
	}
	return wrong
}
