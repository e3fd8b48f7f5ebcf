package preview

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestReadJSONCompact(t *testing.T) {
	r, err := ReadJSONCompact(strings.NewReader(`{"meta":[{"name":"at","type":"DateTime64(3, 'UTC')"},{"name":"s","type":"LowCardinality(Nullable(String))"},
		{"name":"n","type":"UInt64"},{"name":"d","type":"Decimal(18, 4)"},{"name":"b","type":"Bool"}],
		"data":[["2025-01-15T12:00:00.250Z","x","18446744073709551615",1.25,true],["2025-01-15 12:00:00",null,7,"1.5",null],["2025-01-15","2025",null,"nan",false]],"rows":3}`))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{time.Date(2025, 1, 15, 12, 0, 0, 250e6, time.UTC), "x", 18446744073709551615.0, 1.25, true},
		{time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC), nil, 7.0, 1.5, nil},
		{time.Date(2025, 1, 15, 0, 0, 0, 0, time.UTC), "2025", nil, nil, false},
	}
	if !reflect.DeepEqual(r.Rows, want) || r.Columns[3] != (ResultColumn{"d", "Decimal(18, 4)"}) {
		t.Errorf("%+v", r)
	}
}

func TestReadJSONCompactRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`Code: 60. DB::Exception`: "not JSONCompact",
		`{"meta":[{"name":"a","type":"Array(String)"}],"data":[[["x"]]]}`: "Array(String)",
		`{"meta":[{"name":"a","type":"String"}],"data":[["x","y"]]}`:      "2 values for 1 columns",
		`{"meta":[{"name":"a","type":"DateTime"}],"data":[["soon"]]}`:     "not a time",
		`{"meta":[{"name":"a","type":"UInt64"}],"data":[["many"]]}`:       "column a",
	} {
		if r, err := ReadJSONCompact(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v %v, want %q", text, r, err, want)
		}
	}
}
