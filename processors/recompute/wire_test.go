package recompute

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// What was landed comes back field by field: the golden records of every family, and events of any content.
func TestRawEventsComeBack(t *testing.T) {
	sink := openDatabase(t)
	comeBack(t, sink, schemas.Clickstream)
	comeBack(t, sink, schemas.Orders)
	comeBack(t, sink, schemas.Logistics)
	comeBack(t, sink, schemas.Marketing)
	comeBack(t, sink, schemas.Inventory)
	comeBack(t, sink, schemas.Service)
}

func comeBack[E any](t *testing.T, sink *clickhouse.Sink, f schemas.Family[E]) {
	t.Helper()
	dec, err := schemas.NewDecoder[E]()
	if err != nil {
		t.Fatal(err)
	}
	var events []E
	for _, file := range []string{"v1.json", "v1-minimal.json", "v1-loose.json", "v1-future.json"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "schemas", "testdata", "golden", f.Name, file))
		if err != nil {
			t.Fatal(err)
		}
		var e E
		if err := dec.Decode(text, &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	rapid.Check(t, func(rt *rapid.T) {
		var e E
		fill(rt, reflect.ValueOf(&e).Elem())
		events = append(events, e)
	})
	rows, err := schemas.NewRows(f)
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		rows.Append(&events[i], 9, int64(i), 1, false)
	}
	// The golden records are older than retention keeps them.
	if err := sink.Exec(t.Context(), "SYSTEM STOP TTL MERGES "+f.RawTable()); err != nil {
		t.Fatal(err)
	}
	if err := sink.Insert(t.Context(), []schemas.Block{rows.Block()}); err != nil {
		t.Fatal(err)
	}
	type row struct {
		Offset uint64 `ch:"offset"`
		Event  string `ch:"event"`
	}
	n := 0
	err = clickhouse.EachWith(t.Context(), sink, rawSettings(bucket{}), fmt.Sprintf("SELECT `offset`, %s AS event FROM %s FINAL ORDER BY part, `offset`", schemas.WireSQL(f), f.RawTable()), func(r row) error {
		var e E
		if err := dec.Decode([]byte(r.Event), &e); err != nil {
			return fmt.Errorf("%s: %w", r.Event, err)
		}
		want := events[r.Offset]
		if !same(reflect.ValueOf(e), reflect.ValueOf(want)) {
			t.Errorf("%s at %d came back as\n%+v\nwas\n%+v", f.Name, r.Offset, e, want)
		}
		n++
		return nil
	})
	if err != nil || n != len(events) {
		t.Fatalf("%s: %d of %d events came back: %v", f.Name, n, len(events), err)
	}
}

// same compares two structs; no list equals an empty one.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	}
	return a.Interface() == b.Interface()
}

// fill draws every field. received_at is recent, since the engine deletes what is old.
func fill(t *rapid.T, v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *schemas.Envelope:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
		x.ReceivedAt = schemas.Millis(recent())
		return
	case *schemas.Millis:
		*x = schemas.Millis(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(-2_208_988_800_000, 9_223_372_036_854)).Draw(t, "time"))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", `a"b\c/d`, "\x00\x1f\u2028</script>", "跑步鞋😀"})).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "flag"))
	case reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "number"))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, "length"), 3))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	default:
		t.Fatalf("a field of kind %v", v.Kind())
	}
}
