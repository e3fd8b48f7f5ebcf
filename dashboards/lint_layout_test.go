package dashboards

import (
	"fmt"
	"maps"
	"slices"

	"tidemark/processors"
)

// layoutChecks are about boards, panels and where they stand.
func layoutChecks() []check {
	return []check{
		{"uid", wrongUIDs, func(all []boardFile) { all[1].object["uid"] = all[0].object["uid"] }},
		{"panel ids", wrongIDs, func(all []boardFile) { all[0].panels()[2]["id"] = all[0].panels()[1]["id"] }},
		{"a row without an id", wrongIDs, func(all []boardFile) { all[0].panel("row")["id"] = 0.0 }},
		{"on the grid", offGrid, func(all []boardFile) { all[0].panels()[3]["gridPos"].(object)["w"] = 24.0 }},
		{"a position for everyone", offGrid, func(all []boardFile) { delete(all[0].panels()[3], "gridPos") }},
		{"no overlap", overlaps, func(all []boardFile) { all[0].panels()[3]["gridPos"].(object)["x"] = 1.0 }},
		{"not editable, current variables, a sane refresh", wrongSettings, func(all []boardFile) { all[0].object["editable"] = true }},
		{"variables follow the range", wrongSettings, func(all []boardFile) { list(all[0].object, "templating", "list")[1]["refresh"] = 1.0 }},
		{"languages agree", languagesDiffer, func(all []boardFile) { all[0].panels()[4]["targets"].([]any)[0].(object)["rawSql"] = "SELECT 1" }},
		{"same ids in every language", languagesDiffer, func(all []boardFile) { all[0].panels()[4]["id"] = 77.0 }},
		{"translated", untranslated, func(all []boardFile) { all[len(all)-1].panels()[2]["title"] = "Open orange" }},
	}
}

func wrongUIDs(all []boardFile) (wrong []string) {
	seen := map[string]bool{}
	for _, f := range all {
		uid := textOf(f.object, "uid")
		if seen[uid] || uid != processors.BoardUID(f.id, f.lang) || len(uid) < 8 || len(uid) > 40 {
			wrong = append(wrong, fmt.Sprintf("%s/%s: uid %q", f.lang, f.id, uid))
		}
		seen[uid] = true
	}
	return wrong
}

func wrongIDs(all []boardFile) (wrong []string) {
	for _, f := range all {
		seen := map[float64]bool{}
		for _, p := range f.panels() {
			if id := number(p, "id"); id < 1 || seen[id] {
				wrong = append(wrong, f.name(p)+": its id is missing or taken")
			} else {
				seen[id] = true
			}
		}
	}
	return wrong
}

func offGrid(all []boardFile) (wrong []string) {
	for _, f := range all {
		for _, p := range f.panels() {
			x, w, h := number(p, "gridPos", "x"), number(p, "gridPos", "w"), number(p, "gridPos", "h")
			if w < 1 || h < 1 || x+w > columns {
				wrong = append(wrong, fmt.Sprintf("%s: at column %v, %v wide, %v high", f.name(p), x, w, h))
			}
		}
	}
	return wrong
}

func overlaps(all []boardFile) (wrong []string) {
	for _, f := range all {
		taken := map[[2]int]string{}
		for _, p := range f.panels() {
			x, y := int(number(p, "gridPos", "x")), int(number(p, "gridPos", "y"))
			for i := range int(number(p, "gridPos", "w")) {
				for j := range int(number(p, "gridPos", "h")) {
					place := [2]int{x + i, y + j}
					if other := taken[place]; other != "" && other != f.name(p) {
						wrong = append(wrong, f.name(p)+" lies over "+other)
					}
					taken[place] = f.name(p)
				}
			}
		}
	}
	return wrong
}

func wrongSettings(all []boardFile) (wrong []string) {
	for _, f := range all {
		if at(f.object, "editable") != false || textOf(f.object, "refresh") == "5s" || textOf(f.object, "timezone") == "" {
			wrong = append(wrong, f.id+": editable, without a time zone, or refreshed faster than data changes")
		}
		for _, v := range list(f.object, "templating", "list") {
			if textOf(v, "type") == "query" && number(v, "refresh") != 2 {
				wrong = append(wrong, fmt.Sprintf("%s: variable %v does not follow the range", f.id, v["name"]))
			}
			if textOf(v, "type") == "datasource" && (textOf(v, "name") != "datasource" || textOf(v, "label") != "Data source") {
				wrong = append(wrong, f.id+": the data source's variable has another name or label than Grafana's lint wants")
			}
		}
	}
	return wrong
}

// languagesDiffer reports boards that differ in more than their texts from language to language.
func languagesDiffer(all []boardFile) (wrong []string) {
	shape := map[string][]string{}
	for _, f := range all {
		var s []string
		for _, p := range f.panels() {
			s = append(s, fmt.Sprint(p["type"], p["id"], p["gridPos"], statements(p), at(p, "fieldConfig", "defaults", "thresholds")))
		}
		for _, v := range append(list(f.object, "templating", "list"), list(f.object, "annotations", "list")...) {
			s = append(s, fmt.Sprint(v["query"], at(v, "target", "rawSql")))
		}
		shape[f.lang+f.id] = s
	}
	for _, f := range all {
		if !slices.Equal(shape[f.lang+f.id], shape[string(en)+f.id]) {
			wrong = append(wrong, fmt.Sprintf("%s/%s has other panels or SQL than in English", f.lang, f.id))
		}
	}
	return wrong
}

// untranslated reports labels of a Chinese board without a Chinese character.
func untranslated(all []boardFile) (wrong []string) {
	for _, f := range all {
		if f.lang != string(zh) {
			continue
		}
		for _, p := range f.panels() {
			labels := []string{textOf(p, "title")}
			if textOf(p, "type") == "text" {
				labels = []string{textOf(p, "options", "content")}
			}
			for _, o := range list(p, "fieldConfig", "overrides") {
				for _, prop := range list(o, "properties") {
					if textOf(prop, "id") == "displayName" {
						labels = append(labels, textOf(prop, "value"))
					}
				}
			}
			for _, l := range labels {
				if !slices.ContainsFunc([]rune(l), func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }) {
					wrong = append(wrong, fmt.Sprintf("%s: %q is not Chinese", f.name(p), l))
				}
			}
		}
	}
	return wrong
}

// statements are the SQL texts of a panel.
func statements(p object) []string {
	var out []string
	for _, t := range list(p, "targets") {
		out = append(out, textOf(t, "rawSql"))
	}
	return out
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
