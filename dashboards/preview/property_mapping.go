package preview

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type mappedJSON struct {
	Text  string `json:"text"`
	Color string `json:"color"`
	Index int    `json:"index"`
}

func readMappings(list []struct {
	Type    string         `json:"type"`
	Options jsontext.Value `json:"options"`
}) (setter, error) {
	var out []mapping
	for i, m := range list {
		read, err := readMapping(m.Type, m.Options)
		if err != nil {
			return nil, fmt.Errorf("mapping %d: %w", i, err)
		}
		out = append(out, read...)
	}
	return func(c *fieldConfig) { c.mappings = out }, nil
}

func readMapping(kind string, raw jsontext.Value) ([]mapping, error) {
	strict := func(into any) error { return json.Unmarshal(raw, into, json.RejectUnknownMembers(true)) }
	switch kind {
	case "value":
		var values map[string]mappedJSON
		if err := strict(&values); err != nil {
			return nil, err
		}
		var out []mapping
		for v, m := range values { // a value matches one of them at most, so their order does not matter
			out = append(out, valueMapping(v, m.Text, m.Color))
		}
		return out, nil
	case "range":
		var o struct {
			From   *float64   `json:"from"`
			To     *float64   `json:"to"`
			Result mappedJSON `json:"result"`
		}
		err := strict(&o)
		return []mapping{rangeMapping(o.From, o.To, o.Result.Text, o.Result.Color)}, err
	case "regex":
		var o struct {
			Pattern string     `json:"pattern"`
			Result  mappedJSON `json:"result"`
		}
		if err := strict(&o); err != nil {
			return nil, err
		}
		re, err := regexp.Compile(strings.Trim(o.Pattern, "/"))
		return []mapping{regexMapping(re, o.Result.Text, o.Result.Color)}, err
	case "special":
		var o struct {
			Match  string     `json:"match"`
			Result mappedJSON `json:"result"`
		}
		if err := strict(&o); err != nil {
			return nil, err
		}
		m, ok := specialMapping(o.Match, o.Result.Text, o.Result.Color)
		if !ok {
			return nil, fmt.Errorf("special value %q", o.Match)
		}
		return []mapping{m}, nil
	}
	return nil, fmt.Errorf("mapping type %q", kind)
}
