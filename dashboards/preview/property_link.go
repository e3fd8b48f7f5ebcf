package preview

import "fmt"

type linkJSON struct {
	Title       string   `json:"title"`
	Type        string   `json:"type"`
	Icon        string   `json:"icon"`
	Tooltip     string   `json:"tooltip"`
	URL         string   `json:"url"`
	Tags        []string `json:"tags"`
	AsDropdown  bool     `json:"asDropdown"`
	TargetBlank bool     `json:"targetBlank"`
	IncludeVars bool     `json:"includeVars"`
	KeepTime    bool     `json:"keepTime"`
}

func (l *linkJSON) template() (linkTemplate, error) {
	if l.AsDropdown || len(l.Tags) > 0 || (l.Type != "link" && l.Type != "") {
		return linkTemplate{}, fmt.Errorf("link %q: only links to an address", l.Title)
	}
	t, err := parseLink(l.Title, l.URL)
	t.keep = t.keep || l.KeepTime || l.IncludeVars
	return t, err
}

func readLinks(v []linkJSON) (setter, error) {
	var out []linkTemplate
	for i := range v {
		t, err := v[i].template()
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	if len(out) > 1 {
		return nil, fmt.Errorf("%d links on one field, one can be drawn", len(out))
	}
	return func(c *fieldConfig) { c.links = out }, nil
}
