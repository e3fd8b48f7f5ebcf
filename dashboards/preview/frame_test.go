package preview

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func minute(n int) time.Time { return time.Date(2025, 1, 15, 12, n, 0, 0, time.UTC) }

func result(columns string, rows ...[]any) Result {
	var r Result
	for c := range strings.SplitSeq(columns, ";") {
		name, typ, _ := strings.Cut(strings.TrimSpace(c), " ")
		r.Columns = append(r.Columns, ResultColumn{name, typ})
	}
	r.Rows = rows
	return r
}

func TestNewFrame(t *testing.T) {
	f := newFrame("A", result("a LowCardinality(Nullable(String));b Nullable(DateTime64(3, 'UTC'));c Decimal(18, 4);d Bool;e Nullable(Float64);f UInt64;g Date",
		[]any{"x", minute(0), 1.5, true, math.NaN(), 2.0, minute(1)}, []any{nil, nil, nil, nil, math.Inf(-1), 3.0, nil}))
	want := []fieldKind{textField, timeField, numberField, boolField, numberField, numberField, timeField}
	for i, k := range want {
		if f[i].kind != k || f[i].ref != "A" {
			t.Errorf("%s is of kind %d, want %d", f[i].name, f[i].kind, k)
		}
	}
	if f.rows() != 2 || f[0].values[0] != "x" || f[4].values[0] != nil || f[4].values[1] != nil || f[5].values[1] != 3.0 {
		t.Errorf("%+v", f)
	}
}

// Rows become one field per series; where a series has no row there is a gap; times ascend whatever order they come in.
func TestWide(t *testing.T) {
	f, err := wide(newFrame("A", result("time DateTime;channel String;orders UInt64;open Bool",
		[]any{minute(2), "app", 3.0, false}, []any{minute(0), "app", 1.0, true}, []any{minute(0), "web", 5.0, false}, []any{minute(1), "web", 6.0, false}, []any{nil, "web", 9.0, false})))
	if err != nil {
		t.Fatal(err)
	}
	if want := []any{minute(0), minute(1), minute(2)}; !reflect.DeepEqual(f[0].values, want) {
		t.Errorf("times %v", f[0].values)
	}
	got := map[string][]any{}
	for _, c := range f[1:] {
		got[c.seriesName()] = c.values
	}
	want := map[string][]any{"orders app": {1.0, nil, 3.0}, "open app": {1.0, nil, 0.0}, "orders web": {5.0, 6.0, nil}, "open web": {0.0, 0.0, nil}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

func TestWideWithoutLabels(t *testing.T) {
	f, err := wide(newFrame("A", result("time DateTime;a Float64;b Float64", []any{minute(0), 1.0, nil}, []any{minute(1), 2.0, 4.0})))
	if err != nil || len(f) != 3 || f[1].seriesName() != "a" || !reflect.DeepEqual(f[2].values, []any{nil, 4.0}) {
		t.Errorf("%+v %v", f, err)
	}
	if _, err := wide(newFrame("A", result("a Float64", []any{1.0}))); err == nil {
		t.Error("a table without times is taken for a time series")
	}
	many := result("time DateTime;id String;n UInt64")
	for i := range mostSeries + 1 {
		many.Rows = append(many.Rows, []any{minute(0), time.Duration(i).String(), 1.0})
	}
	if _, err := wide(newFrame("A", many)); err == nil {
		t.Error("more series than can be drawn")
	}
	if f, err := wide(newFrame("A", result("time DateTime;a Float64"))); err != nil || f.rows() != 0 {
		t.Errorf("empty: %+v %v", f, err)
	}
}

func TestCalcs(t *testing.T) {
	values, texts := []any{nil, 2.0, 8.0, nil, 5.0, nil}, []any{nil, "a", "b", nil}
	for name, want := range map[string][2]any{
		"lastNotNull": {5.0, "b"}, "last": {nil, nil}, "firstNotNull": {2.0, "a"}, "sum": {15.0, nil}, "mean": {5.0, nil}, "min": {2.0, nil}, "max": {8.0, nil},
	} {
		calc := calcs[name]
		if got := [2]any{calc(values), calc(texts)}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if calc(nil) != nil || calc([]any{nil}) != nil {
			t.Errorf("%s makes something of nothing", name)
		}
		if calc([]any{true}) == nil {
			t.Errorf("%s: true counts as one", name)
		}
	}
	if got := calcs["last"]([]any{1.0, 2.0}); got != 2.0 {
		t.Errorf("last: %v", got)
	}
}

func TestOrganize(t *testing.T) {
	in := newFrame("A", result("a String;b String;c String;d String", []any{"1", "2", "3", "4"}))
	o := organizeJSON{Exclude: map[string]bool{"b": true, "c": false}, Index: map[string]int{"d": 0, "a": 1}, Rename: map[string]string{"a": "first"}}
	var names []string
	for _, f := range o.apply(in) {
		names = append(names, f.name)
	}
	if got := strings.Join(names, " "); got != "d first c" || in[0].name != "a" {
		t.Errorf("%s; the shared frame has %s", got, in[0].name)
	}
}
