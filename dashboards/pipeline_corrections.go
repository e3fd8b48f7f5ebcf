package dashboards

import (
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"tidemark/processors"
	"tidemark/schemas"
)

// correctionsView is the view that the panels read: a row per window that was marked.
const correctionsView = "v_corrections"

const (
	openCorrectionsSQL = "SELECT count() AS dirty FROM " + correctionsView + " AS t WHERE rebuilt_at IS NULL AND t.window_start >= $__fromTime AND t.window_start <= $__toTime"
	correctionsSQL     = "SELECT metric, window_start, reason, min(t.dirty_at) AS dirty_at, if(open = 0, max(t.rebuilt_at), NULL) AS rebuilt_at, countIf(t.rebuilt_at IS NULL) AS open, max(t.delay_s) AS delay_s\n" +
		"FROM " + correctionsView + " AS t\nWHERE $__timeFilter(t.window_start)\nGROUP BY metric, window_start, reason\nORDER BY open DESC, window_start DESC, metric\nLIMIT 200"
)

// corrections shows the windows that were marked and what became of them, where the installation has them.
func (m maker) corrections() ([]tile, error) {
	if !slices.ContainsFunc(m.catalogue.Views(), func(v schemas.View) bool { return v.Name == correctionsView }) {
		return nil, nil
	}
	return []tile{{m.dirty(), 4, 8}, {m.correctionsTable(), 20, 8}}, nil
}

func (m maker) dirty() dashboard.Panel {
	out := shell("stat", statOptions(common.BigValueGraphModeNone, false), dashboard.FieldConfig{
		Unit: cog.ToPtr("locale"), Decimals: cog.ToPtr(0.0), Thresholds: steps(plain), Color: fixed(series),
	}, asTable("A", openCorrectionsSQL))
	m.name(&out, idDirty, processors.Text{EN: "Windows to recompute", ZH: "待重算窗口"}, processors.Text{
		EN: "Windows of the range that differ from their raw events, counted per partition, until the corrector rebuilds them.",
		ZH: "所选范围内与原始事件不一致、等待修正程序重算的窗口数（按分区计）。",
	})
	return out
}

func (m maker) correctionsTable() dashboard.Panel {
	out := shell("table", tableOptions(), tableDefaults(""), asTable("A", correctionsSQL))
	for _, c := range []string{"metric", "window_start", "reason", "dirty_at", "rebuilt_at", "open", "delay_s"} {
		props := []dashboard.DynamicConfigValue{set("displayName", heading(nil, c, m.lang))}
		if c == "reason" {
			props = append(props, set("mappings", mapped(words()[c], m.lang, false)))
		}
		if c == "delay_s" {
			props = append(props, set("unit", "s"), set("decimals", 0))
		}
		out.FieldConfig.Overrides = append(out.FieldConfig.Overrides, override(c, props...))
	}
	m.name(&out, idCorrections, processors.Text{EN: "Marked windows", ZH: "已标记窗口"}, processors.Text{
		EN: "Why a window was marked, when, and when it was rebuilt. Late: an event came after the close. Cut: the window began before the metric or the log did. Open: partitions that still wait.",
		ZH: "窗口被标记的原因、时间与重算时间。迟到：关闭后仍有事件到达；截断：窗口早于指标或日志的起点。待处理：仍在等待的分区数。",
	})
	return out
}
