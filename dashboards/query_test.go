package dashboards

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
)

// The plugin takes a query apart by these members; a format that is left out would be taken for a time series.
func TestQueryJSON(t *testing.T) {
	for _, tt := range []struct {
		query target
		want  string
	}{
		{overTime("A", "SELECT 1"), `{"refId":"A","datasource":{"type":"grafana-clickhouse-datasource","uid":"${datasource}"},"pluginVersion":"4.20.0","editorType":"sql","rawSql":"SELECT 1","queryType":"timeseries","format":0}`},
		{asTable("B", "SELECT 2"), `{"refId":"B","datasource":{"type":"grafana-clickhouse-datasource","uid":"${datasource}"},"pluginVersion":"4.20.0","editorType":"sql","rawSql":"SELECT 2","queryType":"table","format":1}`},
	} {
		got, err := json.Marshal(tt.query)
		if err != nil || string(got) != tt.want {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, tt.want)
		}
	}
}

func TestQueryValidate(t *testing.T) {
	for _, tt := range []struct {
		query target
		ok    bool
	}{
		{asTable("A", "SELECT 1"), true},
		{asTable("", "SELECT 1"), false},
		{asTable("A", " \n"), false},
	} {
		err := tt.query.Validate()
		if (err == nil) != tt.ok {
			t.Errorf("%+v: %v", tt.query, err)
		}
		// The SDK asserts this type and panics at any other.
		if errs := (cog.BuildErrors{}); err != nil && !errors.As(err, &errs) {
			t.Errorf("the error is a %T", err)
		}
	}
}

func TestQueryEquals(t *testing.T) {
	a := asTable("A", "SELECT 1")
	for _, tt := range []struct {
		other variants.Dataquery
		want  bool
	}{
		{asTable("A", "SELECT 1"), true},
		{asTable("A", "SELECT 2"), false},
		{overTime("A", "SELECT 1"), false},
		{variants.UnknownDataquery{}, false},
	} {
		if got := a.Equals(tt.other); got != tt.want {
			t.Errorf("equal to %+v: %v", tt.other, got)
		}
	}
	if a.DataqueryType() != plugin {
		t.Error(a.DataqueryType())
	}
}
