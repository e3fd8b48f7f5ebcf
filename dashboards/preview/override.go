package preview

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

type overrideJSON struct {
	Matcher struct {
		ID      string         `json:"id"`
		Options jsontext.Value `json:"options"`
	} `json:"matcher"`
	Properties []struct {
		ID    string         `json:"id"`
		Value jsontext.Value `json:"value"`
	} `json:"properties"`
}

// change is an override: set applies to the fields that match. A field has two names: its own, and the one shown. As in
// Grafana, a name is compared with both, an expression with the one shown.
type change struct {
	matches func(f *field, shown string) bool
	set     []setter
}

func (r reader) override(path string, j *overrideJSON) change {
	c := change{matches: r.matcher(path+"/matcher", j)}
	for i, p := range j.Properties {
		if s := r.property(fmt.Sprintf("%s/properties/%d", path, i), p.ID, p.Value); s != nil {
			c.set = append(c.set, s)
		}
	}
	return c
}

func (r reader) matcher(path string, j *overrideJSON) func(*field, string) bool {
	var option string
	if !r.decode(path+"/options", j.Matcher.Options, &option) {
		return nil
	}
	switch j.Matcher.ID {
	case "byName":
		return func(f *field, shown string) bool { return f.name == option || shown == option }
	case "byRegexp":
		re, err := grafanaRegexp(option)
		if err != nil {
			r.cannot(path+"/options", "%w", err)
			return nil
		}
		return func(_ *field, shown string) bool { return re.MatchString(shown) }
	case "byType":
		kind, ok := map[string]fieldKind{"number": numberField, "string": textField, "time": timeField, "boolean": boolField}[option]
		if !ok {
			r.cannot(path+"/options", "field type %q", option)
		}
		return func(f *field, _ string) bool { return f.kind == kind }
	case "byFrameRefID":
		return func(f *field, _ string) bool { return f.ref == option }
	}
	r.cannot(path+"/id", "override matcher %q", j.Matcher.ID)
	return nil
}

// grafanaRegexp reads a regular expression as boards write it: bare, or between slashes.
func grafanaRegexp(s string) (*regexp.Regexp, error) {
	if len(s) > 1 && strings.HasPrefix(s, "/") && strings.HasSuffix(s, "/") {
		return regexp.Compile(s[1 : len(s)-1])
	}
	return regexp.Compile("^(?:" + s + ")$")
}

// configOf is how a field is shown: the panel's defaults, altered by the overrides that match, in their order.
func (p *panel) configOf(f *field) fieldConfig {
	c := p.config
	shown := f.seriesName()
	for _, o := range p.changes {
		if o.matches(f, shown) {
			for _, set := range o.set {
				set(&c)
			}
		}
	}
	return c
}
