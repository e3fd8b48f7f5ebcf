package dashboards

import (
	"fmt"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/text"

	"tidemark/processors"
	"tidemark/schemas"
)

// Ids of the header's panels, the same on every board.
const (
	idAbout = 1 + iota
	idFresh
	idOrange
	idYellow
	idAlerts
)

// staleAfter is when data counts as stale, in seconds behind now. Windows are final after about two minutes.
const staleAfter = 300

// isOpen holds for incidents that are not over.
const isOpen = "state IN ('open', 'acknowledged', 'handling')"

// header opens every board: what it is for, how fresh its data is, which alerts are open.
func (m maker) header() ([]tile, error) {
	return []tile{
		{m.about(), columns, 2},
		{m.fresh(), 7, 5},
		{m.open(idOrange, "orange", m.lang.say("Open orange", "橙色预警（高风险）"), orange), 3, 5},
		{m.open(idYellow, "yellow", m.lang.say("Open yellow", "黄色预警（中风险）"), yellow), 3, 5},
		{m.alerts(), 11, 5},
	}, nil
}

// about says what the board is for and how to read it.
func (m maker) about() dashboard.Panel {
	say := m.lang.say
	content := "**" + m.lang.of(m.board.purpose) + "** " + fmt.Sprintf(say("Owner: %s. ", "负责团队：%s。"), m.board.owner) +
		say("Lines show complete windows only; figures of today are provisional. Dashed lines: expected value and where yellow and orange begin. Yellow and orange mean alerts, red means stale data.",
			"曲线仅含完整窗口；今日数据为实时值（未定稿）。虚线：预期值及黄色、橙色预警起点。黄、橙仅表示预警级别，红色表示数据延迟。")
	return dashboard.Panel{
		Type: "text", Id: cog.ToPtr(uint32(idAbout)), Title: cog.ToPtr(""), Transparent: cog.ToPtr(true),
		Options: text.Options{Mode: text.TextModeMarkdown, Content: content},
	}
}

// fresh lists how far the data of each family is complete.
func (m maker) fresh() dashboard.Panel {
	out := shell("table", tableOptions(), tableDefaults(""), asTable("A", m.freshSQL()))
	say := m.lang.say
	out.FieldConfig.Overrides = append(out.FieldConfig.Overrides,
		override("source", set("displayName", heading(nil, "source", m.lang)), set("mappings", mapped(words()["source"], m.lang, false))),
		override("complete_until", set("displayName", heading(nil, "complete_until", m.lang))),
		override("behind", set("displayName", heading(nil, "behind", m.lang)), set("unit", "s"), set("decimals", 0),
			set("thresholds", steps(plain, from(staleAfter, stale))), set("custom.cellOptions", cell("color-text"))))
	out.Id, out.Title = cog.ToPtr(uint32(idFresh)), cog.ToPtr(say("Data complete until", "数据完整至"))
	out.Description = cog.ToPtr(fmt.Sprintf(say(
		"Every event up to this moment has been counted, for each kind of data on this board. Red: more than %d seconds behind; then the pipeline, not the shop, needs a look.\n\nOwner: platform",
		"本看板各类数据在此时刻之前的事件均已计入。红色：落后超过 %d 秒，此时应先检查数据链路而非店铺。\n\n负责团队：platform"), staleAfter))
	return out
}

// freshSQL has a row per family and kind of window of the board's metrics.
func (m maker) freshSQL() string {
	if m.board.id == "pipeline" {
		return familiesSQL()
	}
	type source struct{ name, group, topic string }
	late := map[source]int64{}
	var order []source
	var rollups []string
	for i := range m.catalogue {
		s := &m.catalogue[i].Spec
		if !m.shows(s) {
			continue
		}
		if s.Rollup != nil {
			rollups = append(rollups, "'"+s.Name+"'")
			continue
		}
		key := source{s.Family, processors.ConsumerGroup(s.Group), s.Topic}
		if s.Sessions != nil {
			key.name += "_sessions"
		}
		if _, seen := late[key]; !seen {
			order = append(order, key)
		}
		late[key] = max(late[key], s.FinalAfter().Milliseconds())
	}
	var rows []string
	for i, k := range order {
		rows = append(rows, fmt.Sprintf("  SELECT %d AS place, '%s' AS source, minOrNull(m) - toIntervalMillisecond(%d) AS complete_until\n"+
			"  FROM v_watermarks WHERE `group` = '%s' AND topic = '%s'", i, k.name, late[k], k.group, k.topic))
	}
	if len(rollups) > 0 {
		rows = append(rows, fmt.Sprintf("  SELECT %d AS place, 'rollups' AS source, minOrNull(seen) AS complete_until\n  FROM (\n"+
			"    SELECT max(r.seen) AS seen FROM rollup_runs AS r WHERE r.rollup IN (%s) GROUP BY r.rollup, r.shop\n  )", len(order), strings.Join(rollups, ", ")))
	}
	return "SELECT source, complete_until, dateDiff('second', complete_until, now()) AS behind\nFROM (\n" + strings.Join(rows, "\n  UNION ALL\n") + "\n)\nORDER BY place"
}

// familiesSQL has a row per family whose topic anybody reads: how far the slowest partition of the slowest group has come.
func familiesSQL() string {
	var rows []string
	for i, name := range schemas.FamilyNames() {
		rows = append(rows, fmt.Sprintf("  SELECT %d AS place, '%s' AS source, minOrNull(m) AS complete_until FROM v_watermarks WHERE topic = 'tidemark.%s'", i, name, name))
	}
	return "SELECT source, complete_until, dateDiff('second', complete_until, now()) AS behind\nFROM (\n" + strings.Join(rows, "\n  UNION ALL\n") + "\n)\nWHERE complete_until IS NOT NULL\nORDER BY place"
}

// shows says whether the board has a panel of the metric.
func (m maker) shows(s *processors.Spec) bool {
	for _, p := range s.Panels {
		if p.Board == m.board.id {
			return true
		}
	}
	return false
}

// open counts the open incidents of a tier.
func (m maker) open(id uint32, tier, title, color string) dashboard.Panel {
	sql := "SELECT count() AS open FROM v_incidents WHERE shop = ${shop:singlequote} AND tier = '" + tier + "' AND " + isOpen
	out := shell("stat", statOptions(common.BigValueGraphModeNone, false), dashboard.FieldConfig{
		Unit: cog.ToPtr("locale"), Decimals: cog.ToPtr(0.0), Thresholds: steps(calm, from(1, color)), Color: byThreshold(),
	}, asTable("A", sql))
	say := m.lang.say
	out.Id, out.Title = &id, &title
	out.Description = cog.ToPtr(say("Incidents of the shop that are not over: open, acknowledged or being handled. Whatever the board's range is.\n\nOwner: the team named in the alert",
		"该店铺尚未结束的预警：待确认、已确认或处理中，与看板时间范围无关。\n\n负责团队：见预警"))
	return out
}
