package preview

import (
	"reflect"
	"testing"
)

func TestParseLink(t *testing.T) {
	for address, want := range map[string]linkTemplate{
		"/d/tidemark-live-en":      {board: "tidemark-live-en"},
		"/d/tidemark-live-en/slug": {board: "tidemark-live-en"},
		"/d/b?${__url_time_range}": {board: "b", keep: true},
		"/d/b?${shop:queryparam}":  {board: "b", keep: true},
		"/d/b?$__all_variables":    {board: "b", keep: true},
		"/d/b?var-channel=app":     {board: "b", set: []setting{{"channel", "app"}}},
		"/d/b?var-channel=${__field.labels.c}&var-x=${__value.raw}&${__url_time_range}": {
			board: "b", keep: true, set: []setting{{"channel", "${__field.labels.c}"}, {"x", "${__value.raw}"}},
		},
		"https://example.com/page?a=b": {url: "https://example.com/page?a=b"},
		"/runbooks/x.md":               {url: "/runbooks/x.md"},
	} {
		if got, err := parseLink("", address); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v %v, want %+v", address, got, err, want)
		}
	}
}

func TestParseLinkRefuses(t *testing.T) {
	for _, address := range []string{
		"javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example/x", "ftp://x/y", "relative", "",
		"https://x/${shop}", "/d/b?from=now", "/d/b?var-a=${__series.name}", "/d/b?var-a=$shop", "/d/b?var-a=${__field.labels.}", "http://%zz",
	} {
		if got, err := parseLink("", address); err == nil {
			t.Errorf("%s is read as %+v", address, got)
		}
	}
}

func TestPlace(t *testing.T) {
	p := place{
		values: chosen{"shop": {"chaye"}, "channel": {"a", "b"}}, labels: []label{{"channel", "app"}}, name: "orders", value: "7",
		row: func(f string) string { return "row:" + f },
	}
	for in, want := range map[string]string{
		"${__field.labels.channel}":         "app",
		"${__field.labels.nothing}":         "",
		"${__field.name}":                   "orders",
		"${__value.raw}":                    "7",
		"${__data.fields.channel}":          "row:channel",
		`${__data.fields["two words"]}`:     "row:two words",
		`${__data.fields.two words}`:        "row:two words",
		"${shop}":                           "chaye",
		"${channel:text}":                   "a,b",
		"${__field.labels.channel} ${shop}": "app chaye",
		"no reference":                      "no reference",
	} {
		if got := p.resolve(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
	if got := (place{}).resolve("${__data.fields.x}"); got != "" {
		t.Errorf("outside of a row: %q", got)
	}
	l := p.link([]linkTemplate{{title: "T", board: "b", keep: true, set: []setting{{"c", "${__field.labels.channel}"}}}})
	if want := (&Link{Title: "T", Board: "b", Keep: true, Set: map[string]string{"c": "app"}}); !reflect.DeepEqual(l, want) {
		t.Errorf("%+v", l)
	}
	if p.link(nil) != nil {
		t.Error("a link from nothing")
	}
}
