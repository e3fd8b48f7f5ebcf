package schemas

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
)

// kind is the type of a field, as far as reading and writing it goes.
type kind uint8

const (
	kindString kind = iota + 1
	kindBool
	kindInt
	kindFloat
	kindMillis
	kindMoney
	kindStrings
	kindStructs // slice of flat structs
)

// field is what the scanner and the encoder need of one field; it is kept small, for it is read per event.
type field struct {
	name  string
	key   string  // ,"name": as the encoder writes it
	off   uintptr // from the start of the struct
	kind  kind
	omit  bool // omitempty
	items *layout
}

// quoted is "name" with its quotes.
func (f *field) quoted() string { return f.key[1 : len(f.key)-1] }

// head is the first eight bytes of a quoted name; shorter ones are masked.
type head struct{ word, mask uint64 }

// tags is what the generated documents need of one field.
type tags struct {
	goName, ch, class, doc string
}

// layout is the field table of one struct type: fields in struct order, embedded structs flattened. It is built once
// and never changes.
type layout struct {
	typ    reflect.Type
	fields []field
	heads  []head // of fields[i]
	tags   []tags // of fields[i]
	byName map[string]int
	slices []uintptr // offsets of the slices
}

// The scanner marks the fields seen in one word, and keeps the slices of one struct in a fixed array.
const (
	maxFields = 64
	maxSlices = 4
)

func layoutOf[E any]() (*layout, error) {
	return newLayout(reflect.TypeFor[E](), true)
}

// newLayout builds the table of a struct type; nested says whether slices may occur in it.
func newLayout(t reflect.Type, nested bool) (*layout, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("schemas: %v is no struct", t)
	}
	l := &layout{typ: t, byName: map[string]int{}}
	if err := l.addFields(t, 0, nested); err != nil {
		return nil, err
	}
	if len(l.fields) == 0 || len(l.fields) > maxFields || len(l.slices) > maxSlices {
		return nil, fmt.Errorf("schemas: %v has %d fields and %d slices; allowed are 1 to %d and up to %d",
			t, len(l.fields), len(l.slices), maxFields, maxSlices)
	}
	return l, nil
}

func (l *layout) addFields(t reflect.Type, base uintptr, nested bool) error {
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, tagged := sf.Tag.Lookup("json")
		var err error
		switch {
		case sf.Anonymous && !tagged && sf.Type.Kind() == reflect.Struct:
			err = l.addFields(sf.Type, base+sf.Offset, nested)
		case tag == "-":
		case !sf.IsExported() || !tagged:
			err = fmt.Errorf("schemas: %v.%s: it must be exported and have a json tag", t, sf.Name)
		default:
			err = l.addField(sf, tag, base, nested)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *layout) addField(sf reflect.StructField, tag string, base uintptr, nested bool) error {
	name, option, _ := strings.Cut(tag, ",")
	if !plainName(name) || option != "" && option != "omitempty" {
		return fmt.Errorf("schemas: %v.%s: json tag %q; write a name of a-z, 0-9 and _, with or without omitempty", l.typ, sf.Name, tag)
	}
	if _, taken := l.byName[name]; taken {
		return fmt.Errorf("schemas: %v: two fields are named %q", l.typ, name)
	}
	f := field{name: name, key: `,"` + name + `":`, off: base + sf.Offset, omit: option != ""}
	var err error
	if f.kind, f.items, err = kindOf(sf.Type, nested); err != nil {
		return fmt.Errorf("schemas: %v.%s: %w", l.typ, sf.Name, err)
	}
	if f.kind == kindStrings || f.kind == kindStructs {
		l.slices = append(l.slices, f.off)
	}
	l.byName[name] = len(l.fields)
	l.fields = append(l.fields, f)
	l.heads = append(l.heads, headOf(f.quoted()))
	l.tags = append(l.tags, tags{goName: sf.Name, ch: sf.Tag.Get("ch"), class: sf.Tag.Get("class"), doc: sf.Tag.Get("doc")})
	return nil
}

func kindOf(t reflect.Type, nested bool) (kind, *layout, error) {
	switch t {
	case reflect.TypeFor[string]():
		return kindString, nil, nil
	case reflect.TypeFor[bool]():
		return kindBool, nil, nil
	case reflect.TypeFor[int64]():
		return kindInt, nil, nil
	case reflect.TypeFor[float64]():
		return kindFloat, nil, nil
	case reflect.TypeFor[Millis]():
		return kindMillis, nil, nil
	case reflect.TypeFor[Money]():
		return kindMoney, nil, nil
	case reflect.TypeFor[[]string]():
		if nested {
			return kindStrings, nil, nil
		}
	}
	if nested && t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct {
		items, err := newLayout(t.Elem(), false)
		return kindStructs, items, err
	}
	return 0, nil, fmt.Errorf("type %v cannot be a field here", t)
}

func plainName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func headOf(quoted string) head {
	var b, m [8]byte
	for i := range copy(b[:], quoted) {
		m[i] = 0xff
	}
	return head{word: binary.LittleEndian.Uint64(b[:]), mask: binary.LittleEndian.Uint64(m[:])}
}
