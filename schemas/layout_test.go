package schemas

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every field of every family says what it is.
func TestEveryFieldHasItsTags(t *testing.T) {
	class := regexp.MustCompile(`^C[1-4]$`)
	var check func(family string, l *layout)
	check = func(family string, l *layout) {
		for i, tag := range l.tags {
			if tag.ch == "" || !class.MatchString(tag.class) || !strings.HasSuffix(tag.doc, ".") {
				t.Errorf("%s: field %s: ch %q, class %q, doc %q; all are required, and doc is a sentence", family, tag.goName, tag.ch, tag.class, tag.doc)
			}
			if items := l.fields[i].items; items != nil {
				check(family, items)
			}
		}
	}
	for _, f := range must(familyDocs()) {
		check(f.name, f.layout)
	}
}

// The ClickHouse type must be able to hold the Go type.
func TestTypesAgree(t *testing.T) {
	allowed := map[kind][]string{
		kindString: {"String", "LowCardinality(String)"}, kindBool: {"Bool"}, kindInt: {"Int64"}, kindFloat: {"Float64"},
		kindMillis: {"DateTime64(3, 'UTC')"}, kindMoney: {"Decimal(38, 6)"}, kindStrings: {"Array(String)"}, kindStructs: {chNested},
	}
	for _, f := range must(familyDocs()) {
		for i, tag := range f.layout.tags {
			if types := allowed[f.layout.fields[i].kind]; !slices.Contains(types, tag.ch) {
				t.Errorf("%s.%s: ch type %s, want one of %v", f.name, tag.goName, tag.ch, types)
			}
		}
	}
}

func TestLayoutRefuses(t *testing.T) {
	type inner struct {
		Tags []string `json:"tags"`
	}
	type many struct {
		A []string `json:"a"`
		B []string `json:"b"`
		C []string `json:"c"`
		D []string `json:"d"`
		E []string `json:"e"`
	}
	text, number := reflect.TypeFor[string](), reflect.TypeFor[int64]()
	for want, typ := range map[string]reflect.Type{
		"is no struct":           reflect.TypeFor[int](),
		"has 0 fields":           reflect.TypeFor[struct{}](),
		"has 65 fields":          structOf(slices.Repeat([]reflect.Type{text}, 65), "f%d"),
		"and 5 slices":           reflect.TypeFor[many](),
		"must be exported":       reflect.StructOf([]reflect.StructField{{Name: "a", PkgPath: "tidemark/schemas", Type: text, Tag: `json:"a"`}}),
		"have a json tag":        reflect.TypeFor[struct{ A string }](),
		"two fields are named":   structOf([]reflect.Type{text, text}, "a"),
		"json tag \"a,string\"":  structOf([]reflect.Type{number}, "a,string"),
		"json tag \"A\"":         structOf([]reflect.Type{number}, "A"),
		"json tag \"\"":          structOf([]reflect.Type{number}, ""),
		"type int32 cannot be":   structOf([]reflect.Type{reflect.TypeFor[int32]()}, "a"),
		"type *string cannot be": structOf([]reflect.Type{reflect.TypeFor[*string]()}, "a"),
		"type []int64 cannot be": structOf([]reflect.Type{reflect.TypeFor[[]int64]()}, "a"),
		"type []string cannot":   structOf([]reflect.Type{reflect.TypeFor[[]inner]()}, "a"),
	} {
		if _, err := newLayout(typ, true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want one with %q", typ, err, want)
		}
	}
}

// structOf makes a struct type; tag is a format of the field's number, or a plain json tag.
func structOf(types []reflect.Type, tag string) reflect.Type {
	var fields []reflect.StructField
	for i, typ := range types {
		name := strings.ReplaceAll(tag, "%d", strconv.Itoa(i))
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: typ, Tag: reflect.StructTag(`json:"` + name + `"`)})
	}
	return reflect.StructOf(fields)
}

func TestLayoutSkipsFieldsOffTheWire(t *testing.T) {
	type event struct {
		Kept string `json:"kept"`
		Own  func() `json:"-"`
	}
	d := must(NewDecoder[event]())
	e := event{Own: func() {}}
	if err := d.Decode([]byte(`{"kept":"x"}`), &e); err != nil || e.Kept != "x" || e.Own != nil {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestConstructorsRefuseBadTypes(t *testing.T) {
	type bad struct {
		A int32 `json:"a"`
	}
	if _, err := NewDecoder[bad](); err == nil {
		t.Error("NewDecoder accepts int32")
	}
	if _, err := NewEncoder[bad](); err == nil {
		t.Error("NewEncoder accepts int32")
	}
	if _, err := NewRows(Family[bad]{Name: "bad"}); err == nil {
		t.Error("NewRows accepts int32")
	}
}
