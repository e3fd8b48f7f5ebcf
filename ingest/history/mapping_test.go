package history

import (
	"strings"
	"testing"
)

const minimal = `family: orders
source: erp
document: No
currency: EUR
rules:
  - {name: sale, types: order_placed}
fields: {order_id: No, occurred_at: At}
`

// Every mistake is named with its place and what to do.
func TestMappingMistakes(t *testing.T) {
	if _, err := parseMapping("m.yaml", []byte(minimal)); err != nil {
		t.Fatalf("the mapping without a mistake: %v", err)
	}
	for name, tt := range map[string]struct{ old, new, want string }{
		"unknown key":       {"source: erp", "source: erp\nsuorce: x", "line 3, column 1: unknown field"},
		"key within a rule": {"types: order_placed", "types: order_placed, wen: x", "line 6"},
		"family":            {"family: orders", "family: order", `m.yaml:1:9: family: "order" is no family; there are clickstream`},
		"source":            {"source: erp\n", "", "source: missing"},
		"document":          {"document: No\n", "", "document: missing; name the column"},
		"both":              {"document: No", "document: No\nid: [No]", "m.yaml:4:5: id: document and id exclude each other"},
		"zone":              {"currency: EUR", "currency: EUR\nzone: Mars/Base", `"Mars/Base" is no time zone`},
		"currency":          {"currency: EUR", "currency: Curr", "write currency: {column: Curr}"},
		"encoding":          {"currency: EUR", "currency: EUR\nencoding: klingon", "there are utf-8, gb18030"},
		"delimiter":         {"currency: EUR", "currency: EUR\ncsv: {delimiter: ab}", "not one character"},
		"thousands":         {"currency: EUR", "currency: EUR\nthousands: '-'", "m.yaml:5:12: thousands: \"-\" cannot separate groups"},
		"field":             {"At}", "At, ordr: No}", `fields.ordr: no field of that name can be set; there are anonymous_id`},
		"reserved field":    {"At}", "At, event_id: No}", "fields.event_id: no field of that name can be set"},
		"no rules":          {"rules:\n  - {name: sale, types: order_placed}\n", "", "rules: missing"},
		"type":              {"types: order_placed", "types: order_palced", `"order_palced" is no event of orders; there are order_cancelled`},
		"no outcome":        {", types: order_placed", "", "give one of types, type and ignore"},
		"two outcomes":      {"types: order_placed", "types: order_placed, ignore: x", "give one of types, type and ignore"},
		"type twice":        {"  - {name: sale, types: order_placed}", "  - {name: a, when: No == '1', types: order_placed}\n  - {name: b, types: order_placed}", `m.yaml:7:22: rules[1].types: rule "a" makes order_placed too`},
		"unreached":         {"  - {name: sale, types: order_placed}", "  - {name: a, ignore: x}\n  - {name: b, types: order_placed}", "no later rule is reached"},
		"name twice":        {"  - {name: sale, types: order_placed}", "  - {name: a, when: No == '1', ignore: x}\n  - {name: a, types: order_placed}", "a name of its own"},
		"predicate":         {"name: sale,", "name: sale, when: No startsWith,", "m.yaml:6:24: rules[0].when:"},
		"text and number":   {"name: sale,", "name: sale, when: Price > 0,", "must be listed under numbers"},
		"the clock":         {"name: sale,", "name: sale, when: now() == now(),", "rules[0].when"},
		"no truth":          {"name: sale,", "name: sale, when: No,", "expected bool"},
		"format":            {"At}", "{column: At, format: YYYY-MM-DD}}", "write it like %Y-%m-%d"},
		"directive":         {"At}", "{column: At, format: \"%Q\"}}", "%Q is not known"},
		"letters of a zone": {"At}", "{column: At, format: \"%Y %Z\"}}", "names zones by letters"},
		"sum of text":       {"At}", "At, buyer: {sum: No}}", "sum is for amounts"},
		"sum of three":      {"At}", "At, total: {sum: a * b * c}}", "sum takes one column"},
		"nothing given":     {"At}", "At, buyer: {strip: x}}", "give one of column, value and sum"},
		"format of amount":  {"At}", "At, total: {column: T, format: unix}}", "format is for times"},
	} {
		_, err := parseMapping("m.yaml", []byte(strings.Replace(minimal, tt.old, tt.new, 1)))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v\nwant %s", name, err, tt.want)
		}
	}
}

// YAML would read .0 as a number and 01 as 1: texts are meant as they are written.
func TestMappingKeepsTexts(t *testing.T) {
	m, err := parseMapping("m.yaml", []byte(strings.Replace(minimal, "At}", "At, buyer: {column: B, strip: [.0, 00], map: {01: 1.50, no: yes}}}", 1)))
	if err != nil {
		t.Fatal(err)
	}
	b := m.Fields["buyer"]
	if strings.Join(b.Strip, " ") != ".0 00" || b.Map["01"] != "1.50" || b.Map["no"] != "yes" {
		t.Errorf("%+v", b)
	}
}

func TestWantedColumns(t *testing.T) {
	m, err := parseMapping("m.yaml", []byte(strings.NewReplacer("types: order_placed", `when: '$env["Order Kind"] == "x" and len(Shop) > 1', types: order_placed`,
		"At}", "At, total: {sum: price * Pieces}}\nitems: {price: Price}").Replace(minimal)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.wanted()
	if want := "At No Order Kind Pieces Price Shop"; err != nil || strings.Join(got, " ") != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}
