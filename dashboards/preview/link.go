package preview

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// linkTemplate is a link of a field, panel or board. What it sets may come from the row or series that it stands on.
type linkTemplate struct {
	title string
	board string
	set   []setting
	url   string
	keep  bool
}

// setting is a variable that a link sets, and the text with references that it sets it to.
type setting struct{ name, value string }

var (
	boardPath   = regexp.MustCompile(`^/d/([A-Za-z0-9_-]{1,40})(?:/[A-Za-z0-9_-]*)?(?:\?(.*))?$`)
	keepsRange  = "${__url_time_range}"
	keepsChoice = regexp.MustCompile(`^(\$\{__all_variables\}|\$__all_variables|\$\{[A-Za-z][A-Za-z0-9_]*:queryparam\})$`)
	setsChoice  = regexp.MustCompile(`^var-([A-Za-z][A-Za-z0-9_]*)=(.*)$`)
	reference   = regexp.MustCompile(`\$\{([^}]*)\}`)
	dataName    = regexp.MustCompile(`^__data\.fields(?:\.([^"\[\]]+)|\["([^"]+)"\])$`)
	labelName   = regexp.MustCompile(`^__field\.labels\.(.+)$`)
	plainName   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
)

// parseLink reads a link's address: a board with what is kept and set there, or a page.
func parseLink(title, address string) (linkTemplate, error) {
	l := linkTemplate{title: title}
	m := boardPath.FindStringSubmatch(address)
	if m == nil {
		l.url = address
		return l, checkAddress(address)
	}
	l.board = m[1]
	for part := range strings.SplitSeq(m[2], "&") {
		switch s := setsChoice.FindStringSubmatch(part); {
		case part == "":
		case part == keepsRange || keepsChoice.MatchString(part):
			l.keep = true
		case s != nil:
			if err := checkReferences(s[2]); err != nil {
				return l, err
			}
			l.set = append(l.set, setting{s[1], s[2]})
		default:
			return l, fmt.Errorf("part %q of the link %q", part, address)
		}
	}
	return l, nil
}

// checkAddress allows pages of this server and of the web; an address is never a script.
func checkAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || strings.Contains(address, "${") {
		return fmt.Errorf("link %q", address)
	}
	here := u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, "/")
	if !here && u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("link %q: only http, https and paths of this server", address)
	}
	return nil
}

var ownNames = []string{"__field.name", "__value.raw"}

func checkReferences(s string) error {
	for _, m := range reference.FindAllStringSubmatch(s, -1) {
		name, _, _ := strings.Cut(m[1], ":")
		if !dataName.MatchString(name) && !labelName.MatchString(name) && !plainName.MatchString(name) && !slices.Contains(ownNames, name) {
			return fmt.Errorf("reference %q", m[0])
		}
	}
	if strings.Contains(reference.ReplaceAllString(s, ""), "$") {
		return fmt.Errorf("reference in %q is not written ${...}", s)
	}
	return nil
}

// place is where references take their values from: a row of a table, or a series.
type place struct {
	values chosen
	labels []label
	row    func(field string) string // nil: not a row
	name   string                    // of the field
	value  string
}

// resolve writes out the references in a text.
func (p place) resolve(s string) string {
	return reference.ReplaceAllStringFunc(s, func(ref string) string {
		name, _, _ := strings.Cut(ref[2:len(ref)-1], ":")
		if m := dataName.FindStringSubmatch(name); m != nil {
			if p.row == nil {
				return ""
			}
			return p.row(m[1] + m[2])
		}
		if m := labelName.FindStringSubmatch(name); m != nil {
			for _, l := range p.labels {
				if l.name == m[1] {
					return l.value
				}
			}
			return ""
		}
		switch name {
		case "__value.raw":
			return p.value
		case "__field.name":
			return p.name
		}
		return strings.Join(p.values[name], ",")
	})
}

// link makes the first of the templates a link at a place; nil where there is none.
func (p place) link(templates []linkTemplate) *Link {
	if len(templates) == 0 {
		return nil
	}
	t := templates[0]
	l := &Link{Title: t.title, Board: t.board, URL: t.url, Keep: t.keep}
	for _, s := range t.set {
		if l.Set == nil {
			l.Set = map[string]string{}
		}
		l.Set[s.name] = p.resolve(s.value)
	}
	return l
}
