package schemas

import (
	"fmt"
	"slices"
	"strings"
)

const dictionaryHead = `# Events

Every event is one JSON object in one Kafka record. Money is a decimal string with at most six decimals, in the currency
that the event names; times are milliseconds since 1970 in UTC; what is zero or empty may be left out. Readers ignore
fields that they do not know, so fields are added freely and never renamed, retyped or removed.

Classes: C1 public, C2 internal, C3 personal pseudonym, C4 sensitive.

`

// dictionary is events.md: every family with its fields. What all families share stands once, at the top.
func dictionary(families []familyDoc) []byte {
	var b strings.Builder
	b.WriteString("<!-- " + generatedBy + " -->\n\n" + dictionaryHead)
	shared := fieldNames[Envelope]()
	b.WriteString("## Fields of every event\n\n")
	writeFields(&b, families[0].layout, func(name string) bool { return slices.Contains(shared, name) })
	var lines *layout
	for i := range families {
		f := &families[i]
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", f.name, f.doc)
		fmt.Fprintf(&b, "- Topic: `%s`, keyed by %s\n", f.topic, codeList(f.keys))
		fmt.Fprintf(&b, "- Table: `%s`, read through `%s`, kept until received_at + %s\n", f.table.Name, f.view.Name, retention(f.name))
		fmt.Fprintf(&b, "- Types: %s\n- Required: %s\n\n", codeList(f.types), codeList(f.required()))
		writeFields(&b, f.layout, func(name string) bool { return !slices.Contains(shared, name) })
		for j := range f.layout.fields {
			if items := f.layout.fields[j].items; items != nil {
				lines = items
			}
		}
	}
	b.WriteString("## Lines (`items`)\n\n")
	writeFields(&b, lines, func(string) bool { return true })
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

func writeFields(b *strings.Builder, l *layout, listed func(name string) bool) {
	b.WriteString("| Field | JSON | ClickHouse | Class | Meaning |\n|---|---|---|---|---|\n")
	for i := range l.fields {
		f, tag := &l.fields[i], l.tags[i]
		if listed(f.name) {
			fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", f.name, jsonType(f), tag.ch, tag.class, strings.ReplaceAll(tag.doc, "|", `\|`))
		}
	}
	b.WriteString("\n")
}

func jsonType(f *field) string {
	switch f.kind {
	case kindBool:
		return "boolean"
	case kindInt:
		return "integer"
	case kindFloat:
		return "number"
	case kindMillis:
		return "milliseconds"
	case kindMoney:
		return "money"
	case kindStrings:
		return "strings"
	case kindStructs:
		return "lines"
	}
	return "string"
}

// fieldNames lists the names of a struct's fields on the wire.
func fieldNames[E any]() []string {
	l, err := layoutOf[E]()
	if err != nil {
		panic(err) // a mistake in the struct's tags
	}
	names := make([]string, 0, len(l.fields))
	for i := range l.fields {
		names = append(names, l.fields[i].name)
	}
	return names
}

func codeList(names []string) string {
	return "`" + strings.Join(names, "`, `") + "`"
}
