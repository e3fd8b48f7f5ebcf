package preview

import (
	"reflect"
	"testing"
	"time"
)

// drawn draws a panel of the test board from given answers to its queries.
func drawn(t *testing.T, id int64, results ...Result) Data {
	t.Helper()
	p := parsedBoard(t).panels[id]
	d := drawing{panel: p, w: writer{lang: "en", zone: time.UTC, now: noon}, values: chosen{"shop": {"chaye"}}}
	var frames []frame
	for i, q := range p.queries {
		f := newFrame(q.ref, results[i])
		if q.series {
			var err error
			if f, err = wide(f); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range p.steps {
			f = step(f)
		}
		frames = append(frames, f)
	}
	data := Data{ID: id}
	d.fill(&data, frames)
	return data
}

func TestDrawSeries(t *testing.T) {
	data := drawn(t, 2,
		result("time DateTime;channel String;orders UInt64", []any{minute(0), "app", 1200.0}, []any{minute(0), "web", 3.0}, []any{minute(1), "app", nil}),
		result("time DateTime;expected Float64", []any{minute(0), 2.5}))
	if len(data.Series) != 3 || len(data.Thresholds) != 2 || data.Message != "" {
		t.Fatalf("%+v", data)
	}
	app, web, expected := data.Series[0], data.Series[1], data.Series[2]
	if app.Name != "The app" || app.Role != "" || app.Last != "1,200" || app.Color != "" || app.Unit != (Unit{Kind: "number", Decimals: 0}) {
		t.Errorf("%+v", app)
	}
	if len(app.Points) != 2 || *app.Points[0][0] != float64(minute(0).UnixMilli()) || *app.Points[0][1] != 1200 || app.Points[1][1] != nil {
		t.Errorf("points %v", app.Points)
	}
	if want := map[string]string{"channel": "web"}; web.Name != "web" || !web.Link.Keep || !reflect.DeepEqual(web.Link.Set, want) {
		t.Errorf("%+v %+v", web, web.Link)
	}
	if expected.Name != "Expected" || expected.Role != "expected" || expected.Color != "light-blue" {
		t.Errorf("%+v", expected)
	}
	empty := drawn(t, 2, result("time DateTime;channel String;orders UInt64"), result("time DateTime;expected Float64", []any{minute(0), nil}))
	if len(empty.Series) != 0 || empty.Message == "" {
		t.Errorf("nothing to draw: %+v", empty)
	}
}

func TestDrawStat(t *testing.T) {
	data := drawn(t, 3, result("time DateTime;share Float64", []any{minute(0), 0.02}, []any{minute(1), 0.0712}, []any{minute(2), nil}))
	if len(data.Stats) != 1 {
		t.Fatalf("%+v", data)
	}
	s := data.Stats[0]
	if s.Name != "" || s.Text != "7.1%" || *s.Value != 0.0712 || s.Color != "yellow" || len(s.Spark) != 3 || s.Min != nil {
		t.Errorf("%+v", s)
	}
	if data := drawn(t, 3, result("time DateTime;share Float64")); len(data.Stats) != 0 || data.Message != "No complete data in this range yet" {
		t.Errorf("%+v", data)
	}
}

func TestDrawGauge(t *testing.T) {
	data := drawn(t, 4, result("most UInt64", []any{7.0}))
	if s := data.Stats[0]; s.Text != "7" || s.Color != "orange" || *s.Min != 0 || *s.Max != 20 || *data.Thresholds[1].Value != 5 {
		t.Errorf("%+v %+v", s, data.Thresholds)
	}
}

func TestDrawBars(t *testing.T) {
	data := drawn(t, 5, result("channel String;channel_label String;orders UInt64", []any{"app", "app", 40.0}, []any{"other", "other", 10.0}, []any{"web", "web", nil}))
	want := []Bar{
		{Label: "App", Text: "40", Value: 40, Share: 1, Color: "blue"}, {Label: "other", Text: "10", Value: 10, Share: 0.25, Color: "blue"},
		{Label: "Web", Text: "-", Color: "blue"},
	}
	for i, b := range data.Bars {
		if b.Link == nil || b.Link.Set["channel"] != []string{"app", "other", "web"}[i] {
			t.Errorf("bar %d leads to %+v", i, b.Link)
		}
		b.Link = nil
		if b != want[i] {
			t.Errorf("bar %d: %+v, want %+v", i, b, want[i])
		}
	}
	if len(data.Bars) != 3 {
		t.Errorf("%d bars", len(data.Bars))
	}
}

func TestDrawFunnel(t *testing.T) {
	data := drawn(t, 6, result("seen UInt64;bought UInt64", []any{1000.0, 50.0}))
	want := []Bar{{Label: "seen", Text: "1,000", Value: 1000, Share: 1, Color: "blue"}, {Label: "bought", Text: "50", Value: 50, Share: 0.05, Color: "blue"}}
	if !reflect.DeepEqual(data.Bars, want) {
		t.Errorf("%+v", data.Bars)
	}
}

func TestDrawTable(t *testing.T) {
	data := drawn(t, 7, result("channel String;orders UInt64;rate Float64;seen DateTime;hidden String",
		[]any{"app", 5.0, 0.2, minute(1), "x"}, []any{"web", 20.0, 0.6, nil, "x"}, []any{"post", nil, nil, minute(2), "x"}))
	tb := data.Table
	if want := []Column{{"channel", "left"}, {"rate", "right"}, {"orders", "right"}, {"Seen", "left"}}; !reflect.DeepEqual(tb.Columns, want) {
		t.Errorf("%+v", tb.Columns)
	}
	var texts [][]string
	for _, row := range tb.Rows {
		var line []string
		for _, c := range row {
			line = append(line, c.Text)
		}
		texts = append(texts, line)
	}
	want := [][]string{{"web", "60%", "20", "-"}, {"app", "20%", "5", "2025-01-15 12:01:00"}, {"post", "-", "-", "2025-01-15 12:02:00"}}
	if !reflect.DeepEqual(texts, want) {
		t.Errorf("%v", texts)
	}
	first := tb.Rows[0]
	if first[1].Color != "orange" || first[2].Share != 1 || tb.Rows[1][2].Share != 0.25 || first[0].Color != "" || first[0].Link.Set["channel"] != "web" {
		t.Errorf("%+v", first)
	}
}

// A number of a row is called what Grafana calls it.
func TestRowName(t *testing.T) {
	f := newFrame("A", result("channel String;currency String;paid Float64;units UInt64", []any{"app", "CNY", 1.0, 2.0}))
	d := drawing{panel: &panel{config: fieldConfig{decimals: -1}}, w: writer{lang: "en"}}
	d.options.takes, _ = takes("")
	var names []string
	for _, n := range d.rows(f) {
		names = append(names, n.name)
	}
	if want := []string{"app CNY paid", "app CNY units"}; !reflect.DeepEqual(names, want) {
		t.Errorf("%v", names)
	}
	if got := d.rows(f[:3])[0].name; got != "app CNY" {
		t.Errorf("the one number of a row: %s", got)
	}
	d.config.displayName = "${__data.fields.channel}: ${__field.name}"
	if got := d.rows(f)[0].name; got != "app: paid" {
		t.Errorf("named by an override: %s", got)
	}
	d.config.mappings = []mapping{valueMapping("app", "The app", "")}
	if got := d.rows(f)[0].name; got != "The app: paid" {
		t.Errorf("Grafana hands over the label, here stands %s", got)
	}
}

func TestTakes(t *testing.T) {
	text, num := field{name: "a", kind: textField}, field{name: "b", kind: numberField}
	for _, c := range []struct {
		fields       string
		text, number bool
	}{{"", false, true}, {"/.*/", true, true}, {"a", true, false}, {"/^b$/", false, true}} {
		f, err := takes(c.fields)
		if err != nil || f(&text) != c.text || f(&num) != c.number {
			t.Errorf("%q: %v %v %v", c.fields, f(&text), f(&num), err)
		}
	}
	if _, err := takes("/(/"); err == nil {
		t.Error("a broken regular expression is taken")
	}
}

func TestConfigOf(t *testing.T) {
	var errs []error
	r := reader{where: "x", errs: &errs}
	p := panel{config: fieldConfig{displayName: "default"}}
	for _, m := range [][2]string{{"byName", `"a"`}, {"byName", `"a app"`}, {"byRegexp", `"/^c/"`}, {"byRegexp", `"d"`}, {"byType", `"time"`}, {"byFrameRefID", `"B"`}} {
		var o overrideJSON
		r.decode("", []byte(`{"matcher":{"id":"`+m[0]+`","options":`+m[1]+`},"properties":[{"id":"displayName","value":"by"}]}`), &o)
		c := r.override("", &o)
		c.set = []setter{func(f *fieldConfig) { f.displayName = m[0] + m[1] }}
		p.changes = append(p.changes, c)
	}
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for want, f := range map[string]field{
		"default":         {name: "x"},
		`byName"a"`:       {name: "a"},
		`byName"a app"`:   {name: "a", labels: []label{{"channel", "app"}}},
		`byRegexp"/^c/"`:  {name: "cd"},
		`byRegexp"d"`:     {name: "d"},
		`byType"time"`:    {name: "cc", kind: timeField},
		`byFrameRefID"B"`: {name: "a", kind: timeField, ref: "B"},
	} {
		if got := p.configOf(&f).displayName; got != want {
			t.Errorf("%+v: %s, want %s", f, got, want)
		}
	}
	app := field{name: "d", labels: []label{{"channel", "app"}}}
	if got := p.configOf(&app).displayName; got != "default" {
		t.Errorf("d of one channel: %s; an expression looks at the name shown, which is %q", got, app.seriesName())
	}
}
