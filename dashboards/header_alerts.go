package dashboards

import (
	"fmt"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"tidemark/processors"
)

// mostIncidents bounds the list of open incidents and the marks on a board.
const mostIncidents = 100

// alerts lists the shop's open incidents, orange first.
func (m maker) alerts() dashboard.Panel {
	sql := fmt.Sprintf("SELECT tier, rule, series, state, opened_at, %s, %s, acknowledged_by\nFROM v_incidents\nWHERE shop = ${shop:singlequote} AND %s\n"+
		"ORDER BY tier = 'orange' DESC, opened_at DESC\nLIMIT %d", m.readable("actual"), m.readable("expected"), isOpen, mostIncidents)
	out := shell("table", tableOptions(), tableDefaults("alerts"), asTable("A", sql))
	for _, c := range []string{"tier", "rule", "series", "state", "opened_at", "actual", "expected", "acknowledged_by"} {
		props := []dashboard.DynamicConfigValue{set("displayName", heading(nil, c, m.lang))}
		list := words()[c]
		if c == "rule" {
			list = rules(m.catalogue)
		}
		if mapping := mapped(list, m.lang, true); mapping != nil {
			props = append(props, set("mappings", mapping))
		}
		if c == "tier" {
			props = append(props, set("custom.cellOptions", cell("color-text")))
		}
		out.FieldConfig.Overrides = append(out.FieldConfig.Overrides, override(c, props...))
	}
	say := m.lang.say
	out.Id, out.Title = cog.ToPtr(uint32(idAlerts)), cog.ToPtr(say("Open alerts", "未结束的预警"))
	out.Description = cog.ToPtr(say("Incidents of the shop that are not over, orange first. Actual and expected are those of the newest judgement, over the span that decided it.\n\nOwner: the team named in the alert",
		"该店铺尚未结束的预警，橙色在前。实际与预期为最近一次判定所依据时段的数值。\n\n负责团队：见预警"))
	return out
}

// readable writes a figure of an incident as text: ratios in percent, counts with one decimal.
func (m maker) readable(column string) string {
	var ratios []string
	for i := range m.catalogue {
		s := &m.catalogue[i].Spec
		for _, a := range s.Alerts {
			if f, _ := s.Figure(a.Figure); f.Unit == "ratio" {
				ratios = append(ratios, "'"+a.Name+"'")
			}
		}
	}
	count := fmt.Sprintf("toString(round(v_incidents.%s, 1))", column)
	if len(ratios) == 0 {
		return count + " AS " + column
	}
	return fmt.Sprintf("if(rule IN (%s), concat(toString(round(v_incidents.%s * 100, 2)), '%%'), %s) AS %s", strings.Join(ratios, ", "), column, count, column)
}

// annotation marks the times of incidents of a tier on every time series. Its text cannot be translated by mappings, so
// it stands in both languages.
func (m maker) annotation(tier string, title processors.Text, color string) dashboard.AnnotationQuery {
	var codes, texts []string
	for _, r := range rules(m.catalogue) {
		codes, texts = append(codes, quoted(r.code)), append(texts, quoted(r.label.EN+" "+r.label.ZH))
	}
	sql := fmt.Sprintf("SELECT opened_at AS time, coalesce(resolved_at, now64(3)) AS timeEnd, transform(rule, [%s], [%s], rule) AS title,\n"+
		"  concat(series, ': ', actual, ' / ', expected) AS text, '%s' AS tags\nFROM (\n"+
		"  SELECT rule, series, opened_at, resolved_at, %s, %s\n  FROM v_incidents\n"+
		"  WHERE shop = ${shop:singlequote} AND worst_tier = '%s' AND opened_at <= $__toTime AND (resolved_at IS NULL OR resolved_at >= $__fromTime)\n)\nORDER BY time DESC\nLIMIT %d",
		strings.Join(codes, ", "), strings.Join(texts, ", "), tier, m.readable("actual"), m.readable("expected"), tier, mostIncidents)
	source := datasource()
	return dashboard.AnnotationQuery{Name: m.lang.of(title), Datasource: &source, Enable: true, IconColor: color, Target: asTable("Anno", sql)}
}

// quoted is a string of SQL.
func quoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
