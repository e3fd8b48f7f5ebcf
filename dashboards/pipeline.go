package dashboards

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"tidemark/processors"
)

// Ids of the panels that pipeline makes by hand.
const (
	idDifference = 20 + iota
	idEventsPerMinute
	idLatePerMinute
	idAccounts
	idDirty
	idCorrections
)

// pipeline is the board of those who keep the data flowing. Its figures are of all shops: only the alerts at its head are
// those of the shop that one chooses, as on every board.
func pipeline() *board {
	return &board{
		id: "pipeline", title: processors.Text{EN: "Data pipeline", ZH: "数据链路"}, owner: "platform", refresh: "30s", from: "now-1h",
		purpose: processors.Text{
			EN: "Is the data of every kind fresh, and is every event accounted for? All shops together.",
			ZH: "各类数据是否及时？每个事件是否都有去向？（全部店铺合计）",
		},
		sections: []section{
			{id: "header", hand: maker.header},
			{id: "accounts", row: 101, title: processors.Text{EN: "What became of the events", ZH: "事件去向"}, hand: maker.accounts},
			{id: "corrections", row: 102, title: processors.Text{EN: "Corrections", ZH: "修正"}, hand: maker.corrections},
		},
	}
}

// accounts are the panels over v_accounts.
func (m maker) accounts() ([]tile, error) {
	return []tile{{m.difference(), 4, 8}, {m.eventsPerMinute(), 10, 8}, {m.latePerMinute(), 10, 8}, {m.accountsTable(), columns, 9}}, nil
}

// difference is what must be zero.
func (m maker) difference() dashboard.Panel {
	sql := "SELECT sum(abs(difference)) AS difference FROM v_accounts AS t WHERE $__timeFilter(t.minute) AND complete"
	out := shell("stat", statOptions(common.BigValueGraphModeNone, false), dashboard.FieldConfig{
		Unit: cog.ToPtr("locale"), Decimals: cog.ToPtr(0.0), Thresholds: steps(calm, from(1, orange)), Color: byThreshold(),
	}, asTable("A", sql))
	out.FieldConfig.Overrides = append(out.FieldConfig.Overrides, override("difference", set("displayName", heading(nil, "difference", m.lang))))
	m.name(&out, idDifference, processors.Text{EN: "Unaccounted events", ZH: "差异事件数"}, processors.Text{
		EN: "Produced less what became of the events, over every account of the range. It must be 0: the alert accounting_difference is orange else. The alert also compares the consumer groups with each other; tidemark audit compares raw rows and Kafka's log too and names the first difference.",
		ZH: "所选范围内各账目的“产生”减去各种去向之和，必须为 0，否则触发橙色预警 accounting_difference。该预警还会在消费组之间互相核对；tidemark audit 进一步核对原始数据与 Kafka 日志，并指出第一处差异。",
	})
	return out
}

// eventsPerMinute is what land says: it reads every topic once.
func (m maker) eventsPerMinute() dashboard.Panel {
	sql := "SELECT $__timeInterval(t.minute) AS time, sum(t.produced) AS produced, sum(t.counted) AS landed, sum(t.duplicate) AS duplicate, sum(t.quarantined) AS quarantined\n" +
		"FROM v_accounts AS t\nWHERE $__timeFilter(t.minute) AND t.metric = '" + processors.LandAccount + "' AND t.complete\nGROUP BY time\nORDER BY time"
	out := m.perMinute(sql)
	for i, c := range []string{"produced", "landed", "duplicate", "quarantined"} {
		out.FieldConfig.Overrides = append(out.FieldConfig.Overrides,
			override(c, set("displayName", heading(nil, c, m.lang)), set("color", fixed([]string{series, "light-blue", "purple", "dark-purple"}[i]))))
	}
	m.name(&out, idEventsPerMinute, processors.Text{EN: "Events by when they arrived", ZH: "按到达时间的事件数"}, processors.Text{
		EN: "All topics. Produced = landed + duplicate + quarantined. Quarantined events could not be read: they are in the dead letters.",
		ZH: "全部主题。产生 = 落库 + 重复 + 隔离。隔离事件无法解析，见死信主题。",
	})
	return out
}

// latePerMinute shows which metrics lose events to their lateness until they are recomputed.
func (m maker) latePerMinute() dashboard.Panel {
	sql := "SELECT $__timeInterval(t.minute) AS time, t.metric AS metric, sum(t.late) AS late\nFROM v_accounts AS t\n" +
		"WHERE $__timeFilter(t.minute) AND t.metric != '" + processors.LandAccount + "' AND t.complete\nGROUP BY time, metric\nORDER BY time"
	out := m.perMinute(sql)
	out.FieldConfig.Defaults.Color = &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdPaletteClassicByName}
	out.FieldConfig.Defaults.DisplayName = labelled([]string{"metric"})
	m.name(&out, idLatePerMinute, processors.Text{EN: "Late events by metric", ZH: "各指标迟到事件数"}, processors.Text{
		EN: "Events that came after every window they count for had closed. They are kept raw and their windows marked; a recompute adds them.",
		ZH: "到达时所属窗口均已关闭的事件。原始数据已保留，相应窗口已标记，重算后计入。",
	})
	return out
}

func (m maker) perMinute(sql string) dashboard.Panel {
	config := dashboard.FieldConfig{Unit: cog.ToPtr("locale"), Thresholds: steps(plain), Color: fixed(series), Custom: lineStyle()}
	out := shell("timeseries", timeOptions(), config, overTime("A", sql))
	out.Interval, out.MaxDataPoints = cog.ToPtr("1m"), cog.ToPtr(float64(mostPoints))
	return out
}

// accountsTable is one row per group and metric.
func (m maker) accountsTable() dashboard.Panel {
	shown := []string{"produced", "counted", "late", "duplicate", "quarantined", "skipped", "cut"}
	var sums []string
	for _, c := range shown {
		sums = append(sums, "sum(t."+c+") AS "+c)
	}
	sql := "SELECT t.topic AS topic, t.`group` AS `group`, t.metric AS metric, " + strings.Join(sums, ", ") + ", sum(abs(t.difference)) AS difference\n" +
		"FROM v_accounts AS t\nWHERE $__timeFilter(t.minute) AND t.complete\nGROUP BY topic, `group`, metric\nORDER BY difference DESC, topic, `group`, metric\nLIMIT 200"
	out := shell("table", tableOptions(), tableDefaults(""), asTable("A", sql))
	for _, c := range append([]string{"topic", "group", "metric"}, shown...) {
		out.FieldConfig.Overrides = append(out.FieldConfig.Overrides, override(c, set("displayName", heading(nil, c, m.lang))))
	}
	out.FieldConfig.Overrides = append(out.FieldConfig.Overrides, override("difference", set("displayName", heading(nil, "difference", m.lang)),
		set("thresholds", steps(calm, from(1, orange))), set("custom.cellOptions", cell("color-text"))))
	m.name(&out, idAccounts, processors.Text{EN: "Accounts", ZH: "账目"}, processors.Text{
		EN: "**Difference** = produced - (counted + late + duplicate + quarantined + skipped + cut), by complete minute of append time. Skipped: not the metric's events. Cut: for windows that began before the metric or the log did. Metrics of one topic say the same produced.",
		ZH: "**差异** = 产生 - (计入 + 迟到 + 重复 + 隔离 + 跳过 + 截断)，按追加时间的完整分钟统计。跳过：不属于该指标的事件；截断：所属窗口早于指标或日志的起点。同一主题各指标的“产生”相同。",
	})
	return out
}

// name gives a panel of the board what every panel has.
func (m maker) name(p *dashboard.Panel, id uint32, title, about processors.Text) {
	p.Id, p.Title = &id, cog.ToPtr(m.lang.of(title))
	p.Description = cog.ToPtr(m.lang.of(about) + "\n\n" + m.lang.say("Owner: ", "负责团队：") + m.board.owner)
}
