package preview

import "math"

// stats draws big numbers. One alone needs no name: the panel's title says what it is.
func (d drawing) stats(frames []frame) []Stat {
	figures := d.figures(frames)
	out := make([]Stat, 0, len(figures))
	for _, f := range figures {
		s := Stat{Name: f.name, Text: f.text, Value: f.value, Color: f.color, Spark: f.spark, Link: f.link}
		if !d.options.coloured {
			s.Color = ""
		}
		if d.options.nameless || len(figures) == 1 && !d.options.named {
			s.Name = ""
		}
		if d.Type == "gauge" {
			s.Min, s.Max = f.config.min, f.config.max
		}
		out = append(out, s)
	}
	return out
}

// bars draws each number beside the longest one.
func (d drawing) bars(frames []frame) []Bar {
	figures := d.figures(frames)
	longest := 0.0
	for _, f := range figures {
		if f.value != nil {
			longest = max(longest, math.Abs(*f.value))
		}
	}
	out := make([]Bar, 0, len(figures))
	for _, f := range figures {
		b := Bar{Label: f.name, Text: f.text, Color: f.color, Link: f.link}
		if f.value != nil {
			b.Value, b.Share = *f.value, share(*f.value, longest)
		}
		out = append(out, b)
	}
	return out
}

func share(v, longest float64) float64 {
	if longest == 0 {
		return 0
	}
	return math.Abs(v) / longest
}
