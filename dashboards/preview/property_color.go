package preview

import (
	"fmt"
	"regexp"
)

type colorJSON struct {
	Mode       string `json:"mode"`
	FixedColor string `json:"fixedColor"`
}

func readColor(v colorJSON) (setter, error) {
	switch v.Mode {
	case "thresholds", "palette-classic", "palette-classic-by-name":
		return func(c *fieldConfig) { c.color = colour{mode: v.Mode} }, nil
	case "fixed":
		return func(c *fieldConfig) { c.color = colour{v.Mode, v.FixedColor} }, checkColor(v.FixedColor)
	}
	return nil, fmt.Errorf("colour mode %q", v.Mode)
}

var colorName = regexp.MustCompile(`^(transparent|text|(super-light-|light-|semi-dark-|dark-)?(green|yellow|orange|red|blue|purple))$`)

// checkColor allows the names of Grafana's palette: each has a shade for dark and for light pages.
func checkColor(name string) error {
	if !colorName.MatchString(name) {
		return fmt.Errorf("colour %q is not a name of the palette", name)
	}
	return nil
}

type thresholdsJSON struct {
	Mode  string `json:"mode"`
	Steps []struct {
		Value *float64 `json:"value"`
		Color string   `json:"color"`
	} `json:"steps"`
}

func readThresholds(v thresholdsJSON) (setter, error) {
	if v.Mode != "absolute" && v.Mode != "percentage" {
		return nil, fmt.Errorf("threshold mode %q", v.Mode)
	}
	var steps []Threshold
	for i, s := range v.Steps {
		if (s.Value == nil) != (i == 0) {
			return nil, fmt.Errorf("step %d: the first threshold, and no other, has no value", i)
		}
		if i > 1 && *s.Value <= *v.Steps[i-1].Value {
			return nil, fmt.Errorf("step %d: thresholds do not ascend", i)
		}
		if err := checkColor(s.Color); err != nil {
			return nil, err
		}
		steps = append(steps, Threshold{s.Value, s.Color})
	}
	return func(c *fieldConfig) { c.thresholds, c.relative = steps, v.Mode == "percentage" }, nil
}
