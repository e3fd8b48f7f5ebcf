package metrics_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

// No function of a metric sees a difference when the fields that it names as unread are missing.
func TestUnreadFieldsDoNotMatter(t *testing.T) {
	some := false
	for _, d := range metrics.All().Streams() {
		if len(d.Unread) == 0 {
			continue
		}
		some = true
		for _, typ := range schemas.Types(d.Family) {
			full, less := seen(t, &d, typ, nil), seen(t, &d, typ, d.Unread)
			if full != less {
				t.Errorf("%s: of %s it makes\n%s\nand without %v\n%s", d.Name, typ, full, d.Unread, less)
			}
		}
	}
	if !some {
		t.Fatal("no metric names unread fields: the test has nothing to do")
	}
}

// TestUnreadFieldsWouldMatter makes sure that the test above can fail.
func TestUnreadFieldsWouldMatter(t *testing.T) {
	for _, d := range metrics.All() {
		if d.Name == "trade" && seen(t, &d, schemas.OrderPaid, nil) == seen(t, &d, schemas.OrderPaid, []string{"units"}) {
			t.Error("trade does not see that the units are missing")
		}
	}
}

// seen is all that the functions of a metric make of an event of a type whose fields are all set but for some.
func seen(t *testing.T, d *processors.Definition, typ string, without []string) string {
	t.Helper()
	fields := map[string]any{}
	setAll(t, d.Family, fields)
	fields["type"], fields["shadow"] = typ, false
	for _, name := range without {
		if _, there := fields[name]; !there {
			t.Fatalf("%s: events of %s have no field %q", d.Name, d.Family, name)
		}
		delete(fields, name)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Plain()
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.Decode(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	out := fmt.Sprintln(p.ID(v), p.At(v))
	if s := p.Sessions; s != nil {
		out += fmt.Sprintln(s.Where(v), s.Key(v), s.Join(v))
		v = s.Session(1, 2, 3, s.Of(v, p.At(v)))
	}
	out += fmt.Sprintln(p.Where(v))
	for _, dim := range p.Dims {
		out += dim(v) + " "
	}
	for _, m := range p.Measures {
		out += fmt.Sprint("\n", m.Where(v))
		if m.Int != nil {
			out += fmt.Sprint(" ", m.Int(v))
		}
		if m.ID != nil {
			out += " " + m.ID(v)
		}
	}
	return out
}

// setAll gives every field of a family's events a value of its own.
func setAll(t *testing.T, family string, into map[string]any) {
	t.Helper()
	switch family {
	case schemas.Orders.Name:
		set(reflect.TypeFor[schemas.Order](), into)
	case schemas.Clickstream.Name:
		set(reflect.TypeFor[schemas.Click](), into)
	default:
		t.Fatalf("add the events of %s here", family)
	}
}

func set(typ reflect.Type, into map[string]any) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		if f.Anonymous {
			set(f.Type, into)
			continue
		}
		name, value := jsonName(f), any(100+i)
		switch {
		case f.Type == reflect.TypeFor[schemas.Money]():
			value = fmt.Sprint(100 + i)
		case f.Type.Kind() == reflect.String:
			value = fmt.Sprint("v", i)
		case f.Type.Kind() == reflect.Bool:
			value = true
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.String:
			value = []string{"a", "b"}
		case f.Type.Kind() == reflect.Slice:
			line := map[string]any{}
			set(f.Type.Elem(), line)
			value = []any{line}
		}
		into[name] = value
	}
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
