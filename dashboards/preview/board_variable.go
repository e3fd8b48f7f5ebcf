package preview

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

type variableJSON struct {
	Type             string         `json:"type"`
	Name             string         `json:"name"`
	Label            string         `json:"label"`
	Description      string         `json:"description"`
	Hide             int            `json:"hide"`
	SkipURLSync      bool           `json:"skipUrlSync"`
	Query            jsontext.Value `json:"query"`
	Definition       string         `json:"definition"`
	Datasource       datasourceJSON `json:"datasource"`
	Current          *optionJSON    `json:"current"`
	Options          []optionJSON   `json:"options"`
	Multi            bool           `json:"multi"`
	IncludeAll       bool           `json:"includeAll"`
	AllowCustomValue bool           `json:"allowCustomValue"`
	Refresh          int            `json:"refresh"`
	Sort             int            `json:"sort"`
	Regex            string         `json:"regex"`
}

// optionJSON is an option of a variable; text and value are one string, or several where several are chosen.
type optionJSON struct {
	Selected bool           `json:"selected"`
	Text     jsontext.Value `json:"text"`
	Value    jsontext.Value `json:"value"`
}

type datasourceJSON struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// source reports another data source than ClickHouse: its query is not the SQL that is run here.
func (r reader) source(path string, j *datasourceJSON) {
	if j.Type != "" { // a target's may stand with its panel
		r.only(path+"/datasource/type", j.Type, "grafana-clickhouse-datasource")
	}
}

// readVariables reads the choices above the board. The one of the data source has one answer here and is not shown.
func (b *board) readVariables(r reader, list []variableJSON) {
	for i := range list {
		j, at := &list[i], fmt.Sprintf("/templating/list/%d", i)
		if j.Type == "datasource" {
			continue
		}
		v := variable{Variable: Variable{Name: j.Name, Label: j.Label, Multi: j.Multi, IncludeAll: j.IncludeAll, Current: []string{}}}
		if !plainName.MatchString(j.Name) {
			r.cannot(at+"/name", "%q is not a plain name", j.Name)
		}
		if j.Regex != "" || j.Hide != 0 {
			r.cannot(at, "regex and hide")
		}
		if j.Current != nil {
			v.Current = r.texts(at+"/current/value", j.Current.Value)
		}
		switch j.Type {
		case "query":
			r.source(at, &j.Datasource)
			if !r.decode(at+"/query", j.Query, &v.sql) || v.sql == "" {
				r.cannot(at+"/query", "the query is not plain SQL")
			}
			b.checkSQL(r, at+"/query", v.sql)
		case "custom":
			v.fixed = r.fixedOptions(at, j)
		default:
			r.cannot(at+"/type", "variable type %q", j.Type)
		}
		b.variables = append(b.variables, v)
		b.Variables = append(b.Variables, v.Variable)
	}
}

// fixedOptions are the options of a custom variable: listed with their texts, or in its query as "text : value, ...".
func (r reader) fixedOptions(at string, j *variableJSON) []Option {
	var out []Option
	for i, o := range j.Options {
		value, text := r.texts(fmt.Sprintf("%s/options/%d/value", at, i), o.Value), r.texts(fmt.Sprintf("%s/options/%d/text", at, i), o.Text)
		if len(value) != 1 || len(text) != 1 {
			r.cannot(at+"/options", "an option has one value and one text")
			continue
		}
		if value[0] != allValue {
			out = append(out, Option{Value: value[0], Text: text[0]})
		}
	}
	var query string
	if len(out) > 0 || !r.decode(at+"/query", j.Query, &query) {
		return out
	}
	for part := range strings.SplitSeq(query, ",") {
		text, value, named := strings.Cut(part, " : ")
		if !named {
			value = text
		}
		out = append(out, Option{Value: strings.TrimSpace(value), Text: strings.TrimSpace(text)})
	}
	return out
}

// texts reads one string or a list of them.
func (r reader) texts(path string, raw jsontext.Value) []string {
	if len(raw) > 0 && raw.Kind() == '"' {
		var one string
		r.decode(path, raw, &one)
		return []string{one}
	}
	var many []string
	r.decode(path, raw, &many)
	return many
}

// checkSQL expands a query once, so that an unknown macro or variable is found when the board is read. Variables of the
// board that stand above are known.
func (b *board) checkSQL(r reader, path, sql string) {
	for _, all := range []bool{false, true} {
		values := chosen{}
		for _, v := range b.variables {
			values[v.Name] = []string{"x"}
			if all && v.IncludeAll {
				values[v.Name] = []string{allValue}
			}
		}
		e := expander{values: values, options: func(string) ([]string, error) { return []string{"x"}, nil }}
		if _, err := e.expand(sql); err != nil {
			r.cannot(path, "%w", err)
			return
		}
	}
}
