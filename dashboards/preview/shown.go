package preview

import (
	"strconv"
	"time"
)

// shown is a value ready to be drawn.
type shown struct {
	text  string
	value *float64
	color string
}

// show writes a value out and finds its colour: that of its mapping, else that of its threshold, else the fixed one.
func (c *fieldConfig) show(v any, w writer) shown {
	s := shown{text: c.text(v, w), color: c.color.fixed}
	if n, ok := number(v).(float64); ok {
		s.value = &n
		if c.color.mode == "thresholds" {
			s.color = c.thresholdColor(n)
		}
	}
	if m, ok := c.mapped(v); ok {
		if m.text != "" {
			s.text = m.text
		}
		if m.color != "" {
			s.color = m.color
		}
	}
	return s
}

func (c *fieldConfig) text(v any, w writer) string {
	switch v := v.(type) {
	case nil:
		if c.noValue != "" {
			return c.noValue
		}
		return "-"
	case float64:
		return w.write(v, c.unit, c.decimals)
	case time.Time:
		if c.unit.moment == fromNow {
			return w.ago(v)
		}
		return w.time(v)
	case bool:
		return strconv.FormatBool(v)
	case string:
		return v
	}
	return ""
}

// thresholdColor is the colour of the last threshold that the value has reached.
func (c *fieldConfig) thresholdColor(v float64) string {
	color := ""
	for _, t := range c.absolute() {
		if t.Value == nil || v >= *t.Value {
			color = t.Color
		}
	}
	return color
}

// absolute are the thresholds as values. Percentages stand between min and max, 0 and 100 where these are not set.
func (c *fieldConfig) absolute() []Threshold {
	if !c.relative {
		return c.thresholds
	}
	low, high := 0.0, 100.0
	if c.min != nil {
		low = *c.min
	}
	if c.max != nil {
		high = *c.max
	}
	out := make([]Threshold, len(c.thresholds))
	for i, t := range c.thresholds {
		out[i] = t
		if t.Value != nil {
			v := low + (high-low)**t.Value/100
			out[i].Value = &v
		}
	}
	return out
}

// unitOf is the field's unit as the browser gets it.
func (c *fieldConfig) unitOf() Unit {
	u := c.unit.Unit
	u.Decimals = c.decimals
	return u
}
