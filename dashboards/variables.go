package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// variables are what one chooses above a board. The data source's label is the one that Grafana's own lint asks for.
func (m maker) variables() []dashboard.VariableModel {
	out := []dashboard.VariableModel{
		{
			Type: dashboard.VariableTypeDatasource, Name: "datasource", Label: cog.ToPtr("Data source"),
			Query: &dashboard.StringOrMap{String: cog.ToPtr(plugin)}, Refresh: cog.ToPtr(dashboard.VariableRefreshOnDashboardLoad),
			Multi: cog.ToPtr(false), IncludeAll: cog.ToPtr(false),
		},
		m.variable("shop", "SELECT shop AS value, name AS label FROM shops FINAL ORDER BY shop", false),
	}
	for _, v := range m.board.vars {
		if sql := m.optionsSQL(v); sql != "" {
			out = append(out, m.variable(v, sql, true))
		}
	}
	return out
}

// variable is a choice among what a query returns: one value, or several and all.
func (m maker) variable(name, sql string, multi bool) dashboard.VariableModel {
	source := datasource()
	v := dashboard.VariableModel{
		Type: dashboard.VariableTypeQuery, Name: name, Label: cog.ToPtr(heading(nil, name, m.lang)), Datasource: &source,
		Query: &dashboard.StringOrMap{String: &sql}, Definition: &sql, Refresh: cog.ToPtr(dashboard.VariableRefreshOnTimeRangeChanged),
		Sort: cog.ToPtr(dashboard.VariableSortDisabled), Multi: &multi, IncludeAll: &multi,
	}
	if multi {
		v.Current = &dashboard.VariableOption{
			Selected: cog.ToPtr(true), Text: dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}}, Value: dashboard.StringOrArrayOfString{ArrayOfString: []string{"$__all"}},
		}
	}
	return v
}

// optionsSQL lists a dimension's values of the last day, in all metrics of the board. It reads the tables: which rows
// are the newest does not matter here.
func (m maker) optionsSQL(dim string) string {
	var reads []string
	for i := range m.catalogue {
		if s := &m.catalogue[i].Spec; m.shows(s) && slices.Contains(s.Dims, dim) && slices.Contains(s.Dims, "shop") {
			reads = append(reads, fmt.Sprintf("  SELECT DISTINCT t.%[1]s AS %[1]s FROM %[2]s AS t WHERE t.window_start >= now() - toIntervalHour(%[4]d) AND %[3]s", dim, s.TableName(), oneShop, recentHours(s)))
		}
	}
	if len(reads) == 0 {
		return ""
	}
	return fmt.Sprintf("SELECT DISTINCT %[1]s\nFROM (\n%[2]s\n)\nWHERE %[1]s != ''\nORDER BY %[1]s", dim, strings.Join(reads, "\n  UNION ALL\n"))
}
