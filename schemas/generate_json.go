package schemas

import (
	"bytes"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSONTo writes the members in order.
func (o object) MarshalJSONTo(enc *jsontext.Encoder) error {
	if err := enc.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, m := range o {
		if err := enc.WriteToken(jsontext.String(m.name)); err != nil {
			return err
		}
		if err := json.MarshalEncode(enc, m.value); err != nil {
			return err
		}
	}
	return enc.WriteToken(jsontext.EndObject)
}

// jsonSchema is the family's JSON Schema, draft 2020-12.
func (f *familyDoc) jsonSchema() ([]byte, error) {
	schema := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "urn:tidemark:" + f.name},
		{"$comment", generatedBy},
		{"title", f.name},
		{"description", f.doc + " Readers ignore fields that they do not know and take null for an absent field."},
		{"type", "object"},
		{"required", f.required()},
		{"properties", f.properties()},
		{"$defs", object{
			{"millis", object{
				{"description", "Milliseconds since 1970-01-01T00:00:00Z, or a time in RFC 3339 with an offset."},
				{"anyOf", []any{object{{"type", "integer"}}, object{{"type", "string"}, {"format", "date-time"}}}},
			}},
			{"money", object{
				{"description", "Decimal string with at most six decimals; a number is rounded half to even at the sixth decimal."},
				{"anyOf", []any{object{{"type", "string"}, {"pattern", `^-?[0-9]+(\.[0-9]{1,6})?$`}}, object{{"type", "number"}}}},
			}},
		}},
	}
	var out bytes.Buffer
	err := json.MarshalWrite(&out, schema, jsontext.WithIndent("  "))
	out.WriteByte('\n')
	return out.Bytes(), err
}

func (f *familyDoc) properties() object {
	properties := objectOf(f.layout)
	for i, p := range properties {
		rules := p.value.(object)
		switch p.name {
		case "type":
			rules = append(rules, member{"enum", f.types})
		case "event_id":
			rules = append(rules, member{"minLength", 1}, member{"maxLength", MaxEventID})
		}
		properties[i].value = rules
	}
	return properties
}

// objectOf lists the fields of a struct as schema properties.
func objectOf(l *layout) object {
	var properties object
	for i := range l.fields {
		f, tag := &l.fields[i], l.tags[i]
		rules := append(typeRules(f), member{"description", tag.doc}, member{"x-class", tag.class}, member{"x-clickhouse", tag.ch})
		properties = append(properties, member{f.name, rules})
	}
	return properties
}

func typeRules(f *field) object {
	switch f.kind {
	case kindBool:
		return object{{"type", "boolean"}}
	case kindInt:
		return object{{"type", "integer"}}
	case kindFloat:
		return object{{"type", "number"}}
	case kindMillis:
		return object{{"$ref", "#/$defs/millis"}}
	case kindMoney:
		return object{{"$ref", "#/$defs/money"}}
	case kindStrings:
		return object{{"type", "array"}, {"items", object{{"type", "string"}}}}
	case kindStructs:
		return object{{"type", "array"}, {"items", object{{"type", "object"}, {"properties", objectOf(f.items)}}}}
	}
	return object{{"type", "string"}}
}
