package dashboards

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tidemark/processors/metrics"
)

// styleChecks are about what panels say and how they look.
func styleChecks() []check {
	return []check{
		{"title, description and unit", undescribed, func(all []boardFile) { delete(all[0].panel("stat"), "description") }},
		{"a unit for all data", undescribed, func(all []boardFile) { delete(defaultsOf(all[0].panel("timeseries")), "unit") }},
		{"known units", unknownUnits, func(all []boardFile) { defaultsOf(all[0].panel("stat"))["unit"] = "currencyCNY" }},
		{"known units in overrides", unknownUnits, func(all []boardFile) { property(all[0].panel("table"), "unit")["value"] = "currency:¥" }},
		{"colours of the palette", offPalette, func(all []boardFile) {
			defaultsOf(all[0].panel("timeseries"))["color"].(object)["fixedColor"] = "#FADE2A"
		}},
		{"yellow and orange mean tiers", wrongTierColors, func(all []boardFile) {
			defaultsOf(all[0].panel("timeseries"))["color"].(object)["fixedColor"] = "orange"
		}},
		{"thresholds ascend from nothing", wrongThresholds, func(all []boardFile) { stepsOf(all[0].panel("stat"))[0]["value"] = 1.0 }},
		{"thresholds in order", wrongThresholds, func(all []boardFile) { watched(all)["value"] = 99.0 }},
		{"thresholds are those of the alert", otherBounds, func(all []boardFile) { watched(all)["value"] = 0.0011 }},
		{"nothing hides in the controls menu", hidden, func(all []boardFile) { list(all[0].object, "links")[0]["placement"] = "inControlsMenu" }},
		{"no empty choice", emptyChoices, func(all []boardFile) { all[0].panel("timeseries")["options"].(object)["tooltip"].(object)["mode"] = "" }},
		{"no null", emptyChoices, func(all []boardFile) { all[0].panel("table")["options"].(object)["footer"] = nil }},
		{"a legend on time series", emptyChoices, func(all []boardFile) {
			all[0].panel("timeseries")["options"].(object)["legend"].(object)["showLegend"] = false
		}},
	}
}

func defaultsOf(p object) object { return at(p, "fieldConfig", "defaults").(object) }

func stepsOf(p object) []object { return list(p, "fieldConfig", "defaults", "thresholds", "steps") }

// property is the first property of an id among a panel's overrides.
func property(p object, id string) object {
	for _, o := range list(p, "fieldConfig", "overrides") {
		for _, prop := range list(o, "properties") {
			if textOf(prop, "id") == id {
				return prop
			}
		}
	}
	return nil
}

// watched is a threshold of the first stat that an alert watches.
func watched(all []boardFile) object {
	for _, f := range all {
		for _, p := range f.panels() {
			if s := stepsOf(p); textOf(p, "type") == "stat" && len(s) == 3 {
				return s[1]
			}
		}
	}
	return nil
}

func undescribed(all []boardFile) (wrong []string) {
	for _, f := range all {
		for _, p := range f.panels() {
			d := textOf(p, "description")
			if reads(p) && (textOf(p, "title") == "" || d == "" || textOf(p, "fieldConfig", "defaults", "unit") == "" ||
				!strings.Contains(d, "Owner: ") && !strings.Contains(d, "负责团队：")) {
				wrong = append(wrong, f.name(p)+": no title, description with an owner, or unit")
			}
		}
	}
	return wrong
}

func unknownUnits(all []boardFile) (wrong []string) {
	known := []string{"locale", "percentunit", "ms", "s", "string"}
	for _, f := range all {
		for _, p := range f.panels() {
			units := []string{textOf(p, "fieldConfig", "defaults", "unit")}
			for _, o := range list(p, "fieldConfig", "overrides") {
				for _, prop := range list(o, "properties") {
					if textOf(prop, "id") == "unit" {
						units = append(units, textOf(prop, "value"))
					}
				}
			}
			for _, u := range units {
				if reads(p) && !slices.Contains(known, u) {
					wrong = append(wrong, fmt.Sprintf("%s: unit %q is none of %v", f.name(p), u, known))
				}
			}
		}
	}
	return wrong
}

var palette = regexp.MustCompile(`^(text|(super-light-|light-|semi-dark-|dark-)?(green|yellow|orange|red|blue|purple))$`)

func offPalette(all []boardFile) (wrong []string) {
	for _, f := range all {
		walk(f.object, f.id, func(way, name string, v any) {
			s, ok := v.(string)
			if ok && slices.Contains([]string{"color", "fixedColor", "iconColor"}, name) && !palette.MatchString(s) {
				wrong = append(wrong, way+": "+s)
			}
		})
	}
	return wrong
}

// wrongTierColors reports yellow and orange on anything but limits, thresholds, mapped tiers and marks.
func wrongTierColors(all []boardFile) (wrong []string) {
	warm := func(v any) bool {
		s := textOf(v, "fixedColor")
		return strings.HasSuffix(s, yellow) || strings.HasSuffix(s, orange)
	}
	for _, f := range all {
		for _, p := range f.panels() {
			if warm(at(p, "fieldConfig", "defaults", "color")) {
				wrong = append(wrong, f.name(p)+": drawn in the colour of a tier")
			}
			for _, o := range list(p, "fieldConfig", "overrides") {
				field := textOf(o, "matcher", "options")
				for _, prop := range list(o, "properties") {
					if warm(prop["value"]) && !strings.HasPrefix(field, textOf(prop, "value", "fixedColor")+"_") {
						wrong = append(wrong, fmt.Sprintf("%s: %q is drawn in the colour of a tier", f.name(p), field))
					}
				}
			}
		}
	}
	return wrong
}

func wrongThresholds(all []boardFile) (wrong []string) {
	for _, f := range all {
		walk(f.object, f.id, func(way, name string, v any) {
			if name != "steps" {
				return
			}
			for i, s := range list(object{"steps": v}, "steps") {
				if (s["value"] == nil) != (i == 0) || i > 1 && number(s, "value") <= number(list(object{"steps": v}, "steps")[i-1], "value") {
					wrong = append(wrong, fmt.Sprintf("%s: step %d", way, i))
				}
			}
		})
	}
	return wrong
}

// otherBounds reports panels of a watched ratio whose colours change elsewhere than the alert's.
func otherBounds(all []boardFile) (wrong []string) {
	for _, f := range all {
		for _, p := range f.panels() {
			for _, d := range metrics.All() {
				for i, panel := range d.Panels {
					if panel.Board != f.id || number(p, "id") != float64(d.PanelID(i)) || len(stepsOf(p)) != 3 {
						continue
					}
					for _, a := range d.Alerts {
						low, high := min(a.Cold.Yellow, a.Cold.Orange), max(a.Cold.Yellow, a.Cold.Orange)
						if a.Figure == panel.Show[0] && (number(stepsOf(p)[1], "value") != low || number(stepsOf(p)[2], "value") != high) {
							wrong = append(wrong, f.name(p)+": thresholds are not those of "+a.Name)
						}
					}
				}
			}
		}
	}
	return wrong
}

func hidden(all []boardFile) (wrong []string) {
	for _, f := range all {
		walk(f.object, f.id, func(way, _ string, v any) {
			if v == "inControlsMenu" {
				wrong = append(wrong, way)
			}
		})
	}
	return wrong
}

// emptyChoices reports members that Grafana would read as a choice of nothing.
func emptyChoices(all []boardFile) (wrong []string) {
	free := regexp.MustCompile(`/(icon|tooltip|title)$`)
	for _, f := range all {
		walk(f.object, f.id, func(way, name string, v any) {
			switch {
			case v == "" && !free.MatchString(way):
				wrong = append(wrong, way+": empty")
			case v == nil && name != "value":
				wrong = append(wrong, way+": null")
			case name == "showLegend" && v == false && !strings.Contains(way, "bargauge"):
				wrong = append(wrong, legendless(f, way)...)
			}
		})
	}
	return wrong
}

// legendless reports a time series without a legend; bars have none to show.
func legendless(f boardFile, way string) []string {
	for i, p := range f.panels() {
		if strings.HasPrefix(way, fmt.Sprintf("%s/panels/%d/", f.id, i)) && textOf(p, "type") == "timeseries" {
			return []string{f.name(p) + ": no legend"}
		}
	}
	return nil
}
