package preview

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// setter changes how a field is shown.
type setter = func(*fieldConfig)

// property reads one property of a field: a member of fieldConfig.defaults, or of an override, where members of custom
// are written custom.name. It returns nil after an error.
func (r reader) property(path, id string, raw jsontext.Value) setter {
	read, ok := properties[id]
	if !ok {
		r.cannot(path, "unknown property %q", id)
		return nil
	}
	return read(r, path, raw)
}

// defaults reads fieldConfig.defaults.
func (r reader) defaults(path string, raw jsontext.Value) []setter {
	var members, custom map[string]jsontext.Value
	if !r.decode(path, raw, &members) || !r.decode(path+"/custom", members["custom"], &custom) {
		return nil
	}
	delete(members, "custom")
	var out []setter
	for _, id := range slices.Sorted(maps.Keys(members)) {
		out = append(out, r.property(path+"/"+id, id, members[id]))
	}
	for _, id := range slices.Sorted(maps.Keys(custom)) {
		out = append(out, r.property(path+"/custom/"+id, "custom."+id, custom[id]))
	}
	return slices.DeleteFunc(out, func(s setter) bool { return s == nil })
}

// reads makes a property of a function that takes its decoded value.
func reads[T any](set func(T) (setter, error)) func(reader, string, jsontext.Value) setter {
	return func(r reader, path string, raw jsontext.Value) setter {
		var v T
		if !r.decode(path, raw, &v) {
			return nil
		}
		s, err := set(v)
		if err != nil {
			r.cannot(path, "%w", err)
			return nil
		}
		return s
	}
}

// plain is a property whose every value can be drawn.
func plain[T any](set func(*fieldConfig, T)) func(reader, string, jsontext.Value) setter {
	return reads(func(v T) (setter, error) { return func(c *fieldConfig) { set(c, v) }, nil })
}

// style is a property that the page draws in its own way: any value of the type will do.
func style[T any]() func(reader, string, jsontext.Value) setter {
	return plain(func(*fieldConfig, T) {})
}

// fixed is a property of which only the values listed can be drawn.
func fixed[T comparable](drawn ...T) func(reader, string, jsontext.Value) setter {
	return reads(func(v T) (setter, error) {
		if !slices.Contains(drawn, v) {
			return nil, fmt.Errorf("%v is none of %v", v, drawn)
		}
		return func(*fieldConfig) {}, nil
	})
}

var properties = map[string]func(reader, string, jsontext.Value) setter{
	"displayName": reads(func(v string) (setter, error) {
		return func(c *fieldConfig) { c.displayName = v }, checkReferences(v)
	}),
	"decimals": plain(func(c *fieldConfig, v int) { c.decimals = v }),
	"min":      plain(func(c *fieldConfig, v *float64) { c.min = v }),
	"max":      plain(func(c *fieldConfig, v *float64) { c.max = v }),
	"noValue":  plain(func(c *fieldConfig, v string) { c.noValue = v }),
	"unit": reads(func(v string) (setter, error) {
		u, err := parseUnit(v)
		return func(c *fieldConfig) { c.unit = u }, err
	}),
	"color":      reads(readColor),
	"mappings":   reads(readMappings),
	"thresholds": reads(readThresholds),
	"links":      reads(readLinks),

	"custom.tidemark": reads(func(v string) (setter, error) {
		if v != "funnel" && v != "alerts" {
			return nil, fmt.Errorf("%q is neither funnel nor alerts", v)
		}
		return func(c *fieldConfig) { c.custom.kind = v }, nil
	}),
	"custom.hidden":      plain(func(c *fieldConfig, v bool) { c.custom.hidden = v }),
	"custom.align":       reads(readAlign),
	"custom.cellOptions": reads(readCell),
	"custom.width":       style[float64](),
	"custom.minWidth":    style[float64](),
	"custom.inspect":     fixed(false),
	"custom.filterable":  fixed(false),

	"custom.drawStyle":         fixed("line"),
	"custom.lineInterpolation": style[string](),
	"custom.lineWidth":         style[float64](),
	"custom.fillOpacity":       style[float64](),
	"custom.gradientMode":      style[string](),
	"custom.showPoints":        fixed("never", "auto"),
	"custom.pointSize":         style[float64](),
	"custom.spanNulls":         fixed(false),
	"custom.axisPlacement":     fixed("auto"),
	"custom.axisSoftMin":       style[float64](),
	"custom.lineStyle":         style[lineStyleJSON](), // the page knows a band by its fields' names
}
