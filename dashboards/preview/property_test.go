package preview

import (
	"testing"
)

func TestReadMapping(t *testing.T) {
	for _, c := range []struct {
		kind, options string
		v             any
		text          string
	}{
		{"value", `{"a": {"text": "A", "color": "green", "index": 1}, "b": {"text": "B"}}`, "b", "B"},
		{"value", `{"1": {"text": "one"}}`, 1.0, "one"},
		{"range", `{"from": 1, "to": 2, "result": {"text": "low"}}`, 2.0, "low"},
		{"range", `{"from": null, "to": 2, "result": {"text": "low"}}`, -5.0, "low"},
		{"regex", `{"pattern": "/^a.c$/", "result": {"text": "abc"}}`, "axc", "abc"},
		{"special", `{"match": "null", "result": {"text": "none"}}`, nil, "none"},
	} {
		list, err := readMapping(c.kind, []byte(c.options))
		conf := fieldConfig{mappings: list}
		if m, ok := conf.mapped(c.v); err != nil || !ok || m.text != c.text {
			t.Errorf("%s %s: %+v %v", c.kind, c.options, m, err)
		}
	}
	for kind, options := range map[string]string{
		"value": `{"a": "A"}`, "range": `{"above": 1}`, "regex": `{"pattern": "/(/", "result": {}}`, "special": `{"match": "odd", "result": {}}`, "lookup": `{}`,
	} {
		if _, err := readMapping(kind, []byte(options)); err == nil {
			t.Errorf("%s %s is read", kind, options)
		}
	}
}

func TestReadAlignAndCell(t *testing.T) {
	for in, want := range map[string]string{"auto": "", "": "", "left": "left", "right": "right"} {
		set, err := readAlign(in)
		if err != nil {
			t.Fatal(err)
		}
		var c fieldConfig
		if set(&c); c.custom.align != want {
			t.Errorf("%s: %s", in, c.custom.align)
		}
	}
	if _, err := readAlign("center"); err == nil {
		t.Error("the middle is drawn")
	}
	for in, want := range map[string]string{"auto": "", "color-background": cellBackground, "color-text": cellText, "gauge": cellBar} {
		set, err := readCell(cellJSON{Type: in})
		if err != nil {
			t.Fatal(err)
		}
		var c fieldConfig
		if set(&c); c.custom.cell != want {
			t.Errorf("%s: %s", in, c.custom.cell)
		}
	}
}

func TestCompare(t *testing.T) {
	for _, ascending := range [][2]any{{1.0, 2.0}, {"a", "b"}, {minute(1), minute(2)}, {nil, 1.0}, {nil, "a"}} {
		a, b := ascending[0], ascending[1]
		if compare(a, b) >= 0 || compare(b, a) <= 0 || compare(a, a) != 0 {
			t.Errorf("%v and %v: %d %d", a, b, compare(a, b), compare(b, a))
		}
	}
	if compare(true, 1.0) != 0 {
		t.Error("values of different kinds have an order")
	}
}
