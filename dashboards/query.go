package dashboards

import (
	"errors"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
)

// plugin is the id of Grafana's ClickHouse data source, and pluginVersion the version whose queries target writes. An
// older version would be taken for the plugin's former format and rewritten.
const (
	plugin        = "grafana-clickhouse-datasource"
	pluginVersion = "4.20.0"
)

// format is how Grafana takes a query's answer, by the plugin's numbers.
type format int

const (
	formatTimeSeries format = 0 // rows by time; text columns tell series apart
	formatTable      format = 1
)

// target is one query of a panel or annotation: SQL for the ClickHouse plugin.
type target struct {
	RefID         string                `json:"refId"`
	Datasource    *common.DataSourceRef `json:"datasource,omitempty"`
	PluginVersion string                `json:"pluginVersion"`
	EditorType    string                `json:"editorType"`
	RawSQL        string                `json:"rawSql"`
	QueryType     string                `json:"queryType"`
	Format        format                `json:"format"`
}

var _ variants.Dataquery = target{}

// overTime reads series: the answer needs a column named time, in ascending order.
func overTime(ref, sql string) target { return query(ref, sql, "timeseries", formatTimeSeries) }

// asTable reads rows as they are.
func asTable(ref, sql string) target { return query(ref, sql, "table", formatTable) }

func query(ref, sql, kind string, f format) target {
	source := datasource()
	return target{RefID: ref, Datasource: &source, PluginVersion: pluginVersion, EditorType: "sql", RawSQL: sql, QueryType: kind, Format: f}
}

// datasource is the one that the board's variable chooses.
func datasource() common.DataSourceRef {
	return common.DataSourceRef{Type: cog.ToPtr(plugin), Uid: cog.ToPtr("${datasource}")}
}

// ImplementsDataqueryVariant marks the type for the SDK.
func (target) ImplementsDataqueryVariant() {}

// DataqueryType is the plugin that runs the query.
func (target) DataqueryType() string { return plugin }

// Equals compares all but the data source.
func (q target) Equals(other variants.Dataquery) bool {
	o, ok := other.(target)
	q.Datasource, o.Datasource = nil, nil
	return ok && q == o
}

// Validate reports a query that Grafana could not run. The SDK takes no other type of error.
func (q target) Validate() error {
	if q.RefID == "" || strings.TrimSpace(q.RawSQL) == "" {
		return cog.MakeBuildErrors("query", errors.New("refId and SQL are required"))
	}
	return nil
}
