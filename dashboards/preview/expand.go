package preview

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// allValue is what a variable holds while every option is chosen.
const allValue = "$__all"

// chosen are the values of the board's variables, by name.
type chosen map[string][]string

func (c chosen) all(name string) bool { return slices.Equal(c[name], []string{allValue}) }

// expander writes macros and variables of a board's SQL out. The text is read once, from left to right: what a
// variable's value contains is never read again, so a value cannot become a macro, a variable or SQL.
type expander struct {
	at      moment
	values  chosen
	options func(name string) ([]string, error) // every option of a variable, for one of which all are chosen
}

var (
	macroName   = regexp.MustCompile(`^\$__([A-Za-z][A-Za-z0-9_]*)`)
	formatted   = regexp.MustCompile(`^\$\{([A-Za-z][A-Za-z0-9_]*):([a-z]+)\}`)
	variableRef = regexp.MustCompile(`^\s*(?:\$([A-Za-z][A-Za-z0-9_]*)|\$\{([A-Za-z][A-Za-z0-9_]*)\})\s*$`)
)

// expand returns the SQL that is run.
func (e *expander) expand(sql string) (string, error) {
	var out strings.Builder
	for {
		i := strings.IndexByte(sql, '$')
		if i < 0 {
			out.WriteString(sql)
			return out.String(), nil
		}
		out.WriteString(sql[:i])
		text, rest, err := e.one(sql[i:])
		if err != nil {
			return "", err
		}
		out.WriteString(text)
		sql = rest
	}
}

// one expands what stands at the beginning of s, and returns what follows it.
func (e *expander) one(s string) (text, rest string, err error) {
	if m := formatted.FindStringSubmatch(s); m != nil {
		text, err = e.variable(m[1], m[2])
		return text, s[len(m[0]):], err
	}
	m := macroName.FindStringSubmatch(s)
	if m == nil {
		return "", "", fmt.Errorf("%.30q: a variable in SQL is written ${name:singlequote}", s)
	}
	name, rest := m[1], s[len(m[0]):]
	if name == "conditionalAll" {
		return e.conditionalAll(rest)
	}
	macro, ok := macros[name]
	if !ok {
		return "", "", fmt.Errorf("unknown macro $__%s", name)
	}
	args, after, err := e.arguments(name, rest, macro.args)
	if err != nil {
		return "", "", err
	}
	return macro.sql(e.at, args), after, nil
}

// arguments reads and expands a macro's arguments. One without any may be written with empty brackets or none.
func (e *expander) arguments(name, s string, want int) (args []string, rest string, err error) {
	if want == 0 {
		return nil, strings.TrimPrefix(s, "()"), nil
	}
	raw, rest, err := splitArguments(s)
	if err != nil || len(raw) != want {
		return nil, "", fmt.Errorf("$__%s takes %d arguments in brackets", name, want)
	}
	for _, a := range raw {
		text, err := e.expand(strings.TrimSpace(a))
		if err != nil {
			return nil, "", err
		}
		args = append(args, text)
	}
	return args, rest, nil
}

// conditionalAll drops a condition while all values of the variable are chosen.
func (e *expander) conditionalAll(s string) (text, rest string, err error) {
	raw, rest, err := splitArguments(s)
	if err != nil || len(raw) != 2 {
		return "", "", fmt.Errorf("$__conditionalAll takes a condition and a variable in brackets")
	}
	m := variableRef.FindStringSubmatch(raw[1])
	if m == nil {
		return "", "", fmt.Errorf("$__conditionalAll: %q is not a plain variable", raw[1])
	}
	name := m[1] + m[2]
	if _, ok := e.values[name]; !ok {
		return "", "", fmt.Errorf("unknown variable $%s", name)
	}
	if e.values.all(name) {
		return "1=1", rest, nil
	}
	text, err = e.expand(raw[0])
	return text, rest, err
}

// variable writes the values of a variable as a list of SQL strings.
func (e *expander) variable(name, format string) (string, error) {
	values, ok := e.values[name]
	if !ok {
		return "", fmt.Errorf("unknown variable $%s", name)
	}
	if format != "singlequote" {
		return "", fmt.Errorf("${%s:%s}: only singlequote is safe in SQL", name, format)
	}
	if e.values.all(name) {
		var err error
		if values, err = e.options(name); err != nil {
			return "", err
		}
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quoteSQL(v)
	}
	if len(quoted) == 0 {
		return "NULL", nil // an empty list is no SQL; nothing equals NULL
	}
	return strings.Join(quoted, ","), nil
}
