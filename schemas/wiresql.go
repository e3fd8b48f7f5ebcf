package schemas

import (
	"fmt"
	"slices"
	"strings"
)

// WireSettings are the settings of ClickHouse under which the expression of WireSQL is the wire format.
func WireSettings() map[string]any {
	return map[string]any{"output_format_json_quote_64bit_integers": 0, "output_format_json_escape_forward_slashes": 0}
}

// WireSQL is an expression of ClickHouse that turns a row of the family's raw table into the event as JSON, as it lay in
// the log: Decoder reads it back, field by field the same. Two things are lost on the way through the table, and no rule of
// a metric can see either: a time beyond the years 1900 to 2262 comes back as that limit, and none is the same as empty.
// It panics on a struct without ch tags, which is a mistake of the program.
func WireSQL[E any](f Family[E]) string {
	w, err := NewWire(f)
	if err != nil {
		panic(err)
	}
	return w.Event
}

// Wire is how a row of a raw table becomes the event as it lay in the log.
type Wire struct {
	Event string // see WireSQL
	Lines string // an expression for how many structs lie in the row's lists, such as lines of an order
}

// NewWire is WireSQL without some fields, by their names in JSON: the event comes back with their zero values, and their
// columns are not read. A name that the family does not have is an error.
func NewWire[E any](f Family[E], without ...string) (Wire, error) {
	l, err := layoutOf[E]()
	if err != nil {
		return Wire{}, err
	}
	if _, err := rawTable(l, f.Name, f.RawTable()); err != nil {
		return Wire{}, err
	}
	for _, name := range without {
		if _, ok := l.byName[name]; !ok {
			return Wire{}, fmt.Errorf("events of family %q have no field %q", f.Name, name)
		}
	}
	some := layout{fields: slices.DeleteFunc(slices.Clone(l.fields), func(f field) bool { return slices.Contains(without, f.name) })}
	values, types := some.wire(func(f *field) string { return "`" + f.name + "`" })
	w := Wire{Event: "toJSONString(CAST(tuple(" + values + "), '" + types + "'))", Lines: "0"}
	for i := range some.fields {
		if f := &some.fields[i]; f.kind == kindStructs {
			w.Lines += " + length(`" + f.name + "." + f.items.fields[0].name + "`)"
		}
	}
	return w, nil
}

// wire lists the values of a struct's fields and the type of their tuple; of gives a field's column.
func (l *layout) wire(of func(*field) string) (values, typ string) {
	var vals, types []string
	for i := range l.fields {
		v, t := l.fields[i].wire(of)
		vals, types = append(vals, v), append(types, l.fields[i].name+" "+t)
	}
	return strings.Join(vals, ", "), "Tuple(" + strings.Join(types, ", ") + ")"
}

func (f *field) wire(of func(*field) string) (value, typ string) {
	switch f.kind {
	case kindBool:
		return of(f), "Bool"
	case kindInt:
		return of(f), "Int64"
	case kindFloat:
		return of(f), "Float64"
	case kindMillis:
		return "toUnixTimestamp64Milli(" + of(f) + ")", "Int64"
	case kindMoney:
		return "toString(" + of(f) + ")", "String"
	case kindStrings:
		return of(f), "Array(String)"
	case kindStructs:
		return f.wireLines()
	}
	return of(f), "String"
}

// wireLines zips the array columns of a slice of structs into an array of tuples.
func (f *field) wireLines() (value, typ string) {
	var names, columns []string
	for i := range f.items.fields {
		inner := f.items.fields[i].name
		names, columns = append(names, "_"+inner), append(columns, "`"+f.name+"."+inner+"`")
	}
	values, typ := f.items.wire(func(inner *field) string { return "_" + inner.name })
	return "arrayMap((" + strings.Join(names, ", ") + ") -> tuple(" + values + "), " + strings.Join(columns, ", ") + ")", "Array(" + typ + ")"
}
