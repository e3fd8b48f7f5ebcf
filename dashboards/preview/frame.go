package preview

import (
	"math"
	"strings"
)

// fieldKind is what a field's values are.
type fieldKind uint8

const (
	textField fieldKind = iota + 1
	numberField
	timeField
	boolField
)

// label is the value of one text column, which tells the series of a long answer apart.
type label struct{ name, value string }

// field is one column of a frame.
type field struct {
	name   string
	ref    string // the query that it is of
	kind   fieldKind
	labels []label
	values []any
}

// frame is an answer by columns, all of the same length.
type frame []field

func kindOf(typ string) fieldKind {
	switch t := plainType(typ); {
	case strings.HasPrefix(t, "Date"):
		return timeField
	case isNumber(t):
		return numberField
	case t == "Bool":
		return boolField
	}
	return textField
}

// newFrame turns rows into columns.
func newFrame(ref string, r Result) frame {
	f := make(frame, len(r.Columns))
	for i, c := range r.Columns {
		f[i] = field{name: c.Name, ref: ref, kind: kindOf(c.Type), values: make([]any, len(r.Rows))}
		for j, row := range r.Rows {
			f[i].values[j] = finite(row[i])
		}
	}
	return f
}

// finite makes nothing of what is not a number: it can be neither drawn nor written as JSON.
func finite(v any) any {
	if n, ok := v.(float64); ok && (math.IsNaN(n) || math.IsInf(n, 0)) {
		return nil
	}
	return v
}

func (f frame) rows() int {
	if len(f) == 0 {
		return 0
	}
	return len(f[0].values)
}

// at is the value of a column, by name, in a row; nil where there is none.
func (f frame) at(name string, row int) any {
	for i := range f {
		if f[i].name == name {
			return f[i].values[row]
		}
	}
	return nil
}

// number makes a number, or nothing, of a value that may be true or false.
func number(v any) any {
	switch v := v.(type) {
	case float64:
		return v
	case bool:
		if v {
			return 1.0
		}
		return 0.0
	}
	return nil
}

// seriesName is what Grafana calls a field that no override names: its name and its labels' values.
func (f *field) seriesName() string {
	if len(f.labels) == 0 {
		return f.name
	}
	if f.name == "" {
		return joinLabels(f.labels, " ")
	}
	return f.name + " " + joinLabels(f.labels, " ")
}
