package preview

import (
	"regexp"
	"testing"
)

func fl(v float64) *float64 { return &v }

func TestShow(t *testing.T) {
	percent, err := parseUnit("percentunit")
	if err != nil {
		t.Fatal(err)
	}
	c := fieldConfig{
		unit: percent, decimals: 1, color: colour{mode: "thresholds"}, noValue: "none yet",
		thresholds: []Threshold{{nil, "green"}, {fl(0.5), "yellow"}, {fl(0.8), "orange"}},
		mappings: []mapping{
			valueMapping("app", "App", ""), valueMapping("1", "everything", "blue"), rangeMapping(fl(2), nil, "too much", "red"),
			regexMapping(regexp.MustCompile("^x"), "an x", ""), rangeMapping(nil, fl(-1), "", "purple"), valueMapping("true", "yes", "green"),
		},
	}
	for _, k := range []struct {
		v           any
		text, color string
	}{
		{0.1, "10.0%", "green"}, {0.5, "50.0%", "yellow"}, {0.79, "79.0%", "yellow"}, {0.8, "80.0%", "orange"},
		{1.0, "everything", "blue"}, {3.0, "too much", "red"}, {-2.0, "-200.0%", "purple"},
		{"app", "App", ""}, {"xyz", "an x", ""}, {"other", "other", ""}, {nil, "none yet", ""}, {true, "yes", "green"}, {false, "false", "green"},
		{minute(3), "2025-01-15 12:03:00", ""},
	} {
		s := c.show(k.v, writer{lang: "en", zone: noon.Location(), now: noon})
		if s.text != k.text || s.color != k.color {
			t.Errorf("%v: %q in %q, want %q in %q", k.v, s.text, s.color, k.text, k.color)
		}
	}
	c.noValue = ""
	if got := c.text(nil, writer{}); got != "-" {
		t.Errorf("nothing is written %q", got)
	}
	c.unit.moment = fromNow
	if got := c.text(minute(30), writer{lang: "zh", now: noon}); got != "4分钟前" {
		t.Errorf("a time as distance: %q", got)
	}
}

func TestSpecialMapping(t *testing.T) {
	for match, v := range map[string]any{"null": nil, "nan": nil, "null+nan": nil, "empty": "", "true": true, "false": false} {
		m, ok := specialMapping(match, "x", "")
		if !ok || !m.matches(v) || m.matches(7.0) {
			t.Errorf("%s does not match %v, or matches 7", match, v)
		}
	}
	if _, ok := specialMapping("zero", "", ""); ok {
		t.Error("an unknown special value is known")
	}
}

// Percentages stand between min and max.
func TestRelativeThresholds(t *testing.T) {
	c := fieldConfig{relative: true, min: fl(10), max: fl(30), thresholds: []Threshold{{nil, "green"}, {fl(50), "orange"}}}
	if got := c.thresholdColor(19.9); got != "green" {
		t.Errorf("below: %s", got)
	}
	if got := c.thresholdColor(20); got != "orange" {
		t.Errorf("at the limit: %s", got)
	}
	c.min, c.max = nil, nil
	if got := c.absolute(); *got[1].Value != 50 || *c.thresholds[1].Value != 50 {
		t.Errorf("%v", *got[1].Value)
	}
}
