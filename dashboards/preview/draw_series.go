package preview

import (
	"slices"
	"time"
)

// roles are the fields of a band, which are drawn around the line and not as lines.
var roles = []string{"expected", "yellow_low", "yellow_high", "orange_low", "orange_high"}

// series makes a line of every number over time. One without any value is left out.
func (d drawing) series(frames []frame) []Series {
	out := []Series{}
	for _, f := range frames {
		times := f.times()
		for i := range f {
			if f[i].kind != numberField || times == nil || lastNotNull(f[i].values) == nil {
				continue
			}
			if c := d.configOf(&f[i]); !c.custom.hidden {
				out = append(out, d.line(&f[i], c, times))
			}
		}
	}
	return out
}

func (d drawing) line(f *field, c fieldConfig, times []any) Series {
	last := lastNotNull(f.values)
	at := place{values: d.values, labels: f.labels, name: f.name}
	at.value, _ = mappedText(last)
	s := Series{Name: d.nameOf(f, c, at), Color: c.color.fixed, Unit: c.unitOf(), Points: points(times, f.values), Link: at.link(c.links)}
	s.Last = c.show(last, d.w).text
	if slices.Contains(roles, f.name) {
		s.Role = f.name
	}
	return s
}

// nameOf is the name shown: that of an override, with its references written out, or Grafana's own.
func (d drawing) nameOf(f *field, c fieldConfig, at place) string {
	if c.displayName != "" {
		return at.resolve(c.displayName)
	}
	return f.seriesName()
}

// times are the values of the frame's time column.
func (f frame) times() []any {
	i := slices.IndexFunc(f, func(c field) bool { return c.kind == timeField })
	if i < 0 {
		return nil
	}
	return f[i].values
}

// points pairs times in milliseconds with values.
func points(times, values []any) [][2]*float64 {
	out := make([][2]*float64, 0, len(values))
	for i, v := range values {
		t, ok := times[i].(time.Time)
		if !ok {
			continue
		}
		ms := float64(t.UnixMilli())
		p := [2]*float64{&ms}
		if n, ok := number(v).(float64); ok {
			p[1] = &n
		}
		out = append(out, p)
	}
	return out
}
