package dashboards

import (
	"fmt"
	"regexp"
	"strings"

	"tidemark/processors/metrics"
)

// linkChecks are about where links and messages lead.
func linkChecks() []check {
	first := func(all []boardFile) object {
		for _, f := range all {
			if l := list(f.panel("bargauge"), "fieldConfig", "defaults", "links"); len(l) > 0 {
				return l[0]
			}
		}
		return nil
	}
	replace := func(old, new string) func([]boardFile) {
		return func(all []boardFile) {
			l := first(all)
			l["url"] = strings.Replace(textOf(l, "url"), old, new, 1)
		}
	}
	return []check{
		{"links lead to boards", deadLinks, replace("/d/tidemark-marketing", "/d/tidemark-marketnig")},
		{"links set variables of their target", deadLinks, replace("var-channel", "var-carrier")},
		{"links keep the range", deadLinks, replace("${__url_time_range}", "from=now-1h")},
		{"links keep the shop", deadLinks, replace("${shop:queryparam}", "")},
		{"links carry what is in the data", translatedLinks, func(all []boardFile) {
			for _, f := range all {
				for _, o := range list(f.panel("table"), "fieldConfig", "overrides") {
					o["properties"] = append(o["properties"].([]any), object{"id": "links", "value": []any{object{"url": "/d/x?var-source=${__data.fields.source}"}}})
				}
			}
		}},
		{"twins and siblings", lonely, func(all []boardFile) { list(all[0].object, "links")[0]["url"] = "/d/elsewhere" }},
		{"links of the board keep range and choices", lonely, func(all []boardFile) { list(all[0].object, "links")[0]["keepTime"] = false }},
		{"alerts lead to panels", alertsLeadNowhere, func(all []boardFile) {
			for _, f := range all {
				for _, p := range f.panels() {
					p["id"] = number(p, "id") + 1
				}
			}
		}},
	}
}

var (
	boardAddress = regexp.MustCompile(`^/d/([a-z-]+)(?:\?(.*))?$`)
	choice       = regexp.MustCompile(`^var-([a-z_]+)=(.+)$`)
)

func deadLinks(all []boardFile) (wrong []string) {
	known := map[string]boardFile{}
	for _, f := range all {
		known[textOf(f.object, "uid")] = f
	}
	for _, f := range all {
		walk(f.object["panels"], f.lang+"/"+f.id, func(way, name string, v any) {
			if name == "url" {
				wrong = append(wrong, deadLink(way, v.(string), known)...)
			}
		})
	}
	return wrong
}

func deadLink(way, url string, known map[string]boardFile) (wrong []string) {
	m := boardAddress.FindStringSubmatch(url)
	if m == nil || known[m[1]].object == nil {
		return []string{way + ": " + url + " leads to no board"}
	}
	target := known[m[1]]
	if !strings.Contains(m[2], "${__url_time_range}") || !strings.Contains(m[2], "${shop:queryparam}") && !strings.Contains(m[2], "var-shop=") {
		wrong = append(wrong, way+": "+url+" loses the range or the shop")
	}
	for part := range strings.SplitSeq(m[2], "&") {
		if c := choice.FindStringSubmatch(part); c != nil && target.declared()[c[1]] == nil {
			wrong = append(wrong, fmt.Sprintf("%s: board %s has no variable %s", way, m[1], c[1]))
		}
	}
	return wrong
}

// translatedLinks reports links that take the text of a column whose values are shown under other words: Grafana hands
// over the words.
func translatedLinks(all []boardFile) (wrong []string) {
	for _, f := range all {
		for _, p := range f.panels() {
			translated := map[string]bool{}
			for _, o := range list(p, "fieldConfig", "overrides") {
				for _, prop := range list(o, "properties") {
					if textOf(prop, "id") == "mappings" {
						translated[textOf(o, "matcher", "options")] = true
					}
				}
			}
			walk(p, f.name(p), func(way, name string, v any) {
				url, _ := v.(string)
				for column := range translated {
					if name == "url" && strings.Contains(url, "${__data.fields."+column+"}") {
						wrong = append(wrong, way+": carries the label of "+column)
					}
				}
			})
		}
	}
	return wrong
}

// lonely reports boards that do not lead to each other and to their twin.
func lonely(all []boardFile) (wrong []string) {
	for _, f := range all {
		reached := map[string]bool{}
		for _, l := range list(f.object, "links") {
			reached[strings.TrimPrefix(textOf(l, "url"), "/d/")] = l["keepTime"] == true && l["includeVars"] == true
		}
		for _, other := range all {
			same, twin := other.lang == f.lang && other.id != f.id, other.lang != f.lang && other.id == f.id
			if uid := textOf(other.object, "uid"); (same || twin) && !reached[uid] {
				wrong = append(wrong, fmt.Sprintf("%s/%s does not lead to %s", f.lang, f.id, uid))
			}
		}
	}
	return wrong
}

func alertsLeadNowhere(all []boardFile) (wrong []string) {
	panels := map[string]bool{}
	for _, f := range all {
		for _, p := range f.panels() {
			panels[fmt.Sprint(f.lang, f.id, number(p, "id"))] = true
		}
	}
	for _, d := range metrics.All() {
		for _, a := range d.Alerts {
			i, ok := d.AlertPanel(&a)
			for _, l := range languages() {
				if !ok || !panels[fmt.Sprint(string(l), d.Panels[i].Board, float64(d.PanelID(i)))] {
					wrong = append(wrong, fmt.Sprintf("alert %s leads to no panel in %s", a.Name, l))
				}
			}
		}
	}
	return wrong
}
