package dashboards

import (
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"tidemark/processors"
)

// word is a value that stands in the data, with its label and, for tiers, its colour.
type word struct {
	code  string
	label processors.Text
	color string
}

// titles are the headings of columns that are no figure.
func titles() map[string]processors.Text {
	return map[string]processors.Text{
		"shop": {EN: "Shop", ZH: "店铺"}, "name": {EN: "Shop", ZH: "店铺"}, "market": {EN: "Market", ZH: "市场"},
		"channel": {EN: "Channel", ZH: "渠道"}, "campaign": {EN: "Campaign", ZH: "活动"}, "device": {EN: "Device", ZH: "设备"},
		"page_type": {EN: "Page type", ZH: "页面类型"}, "landing_page_type": {EN: "Landing page", ZH: "落地页类型"},
		"currency": {EN: "Currency", ZH: "币种"}, "segment": {EN: "Segment", ZH: "分层"}, "cohort": {EN: "First bought in", ZH: "首购月"},
		"from_segment": {EN: "From", ZH: "原分层"}, "to_segment": {EN: "To", ZH: "新分层"},
		"carrier": {EN: "Carrier", ZH: "承运商"}, "warehouse": {EN: "Warehouse", ZH: "仓库"}, "region": {EN: "Region", ZH: "地区"}, "tier": {EN: "Tier", ZH: "级别"}, "rule": {EN: "Alert", ZH: "预警"},
		"series": {EN: "Where", ZH: "对象"}, "state": {EN: "State", ZH: "状态"}, "opened_at": {EN: "Since", ZH: "开始时间"},
		"actual": {EN: "Actual", ZH: "实际"}, "expected": {EN: "Expected", ZH: "预期"},
		"acknowledged_by": {EN: "Acknowledged by", ZH: "确认人"}, "source": {EN: "Data", ZH: "数据"},
		"topic": {EN: "Topic", ZH: "主题"}, "group": {EN: "Consumer group", ZH: "消费组"}, "metric": {EN: "Metric", ZH: "指标"},
		"produced": {EN: "Produced", ZH: "产生"}, "landed": {EN: "Landed", ZH: "落库"}, "counted": {EN: "Counted", ZH: "计入"},
		"late": {EN: "Late", ZH: "迟到"}, "duplicate": {EN: "Duplicate", ZH: "重复"}, "quarantined": {EN: "Quarantined", ZH: "隔离"},
		"skipped": {EN: "Skipped", ZH: "跳过"}, "cut": {EN: "Cut", ZH: "截断"}, "difference": {EN: "Difference", ZH: "差异"},
		"window_start": {EN: "Window", ZH: "窗口"}, "reason": {EN: "Reason", ZH: "原因"}, "dirty_at": {EN: "Marked", ZH: "标记时间"},
		"rebuilt_at": {EN: "Rebuilt", ZH: "重算时间"}, "open": {EN: "Open", ZH: "待处理"}, "delay_s": {EN: "Delay", ZH: "延迟"},
		"complete_until": {EN: "Data complete until", ZH: "数据完整至"}, "behind": {EN: "Behind now", ZH: "距现在"},
	}
}

// words are the values of columns that have labels; others are shown as they are.
func words() map[string][]word {
	pages := []word{
		{code: "home", label: processors.Text{EN: "Home", ZH: "首页"}}, {code: "list", label: processors.Text{EN: "List", ZH: "列表页"}},
		{code: "product", label: processors.Text{EN: "Product", ZH: "商品页"}}, {code: "search", label: processors.Text{EN: "Search", ZH: "搜索页"}},
		{code: "cart", label: processors.Text{EN: "Cart", ZH: "购物车"}}, {code: "checkout", label: processors.Text{EN: "Checkout", ZH: "结算页"}},
		{code: "content", label: processors.Text{EN: "Content", ZH: "内容页"}},
		{code: "other", label: processors.Text{EN: "Other", ZH: "其他"}},
	}
	return map[string][]word{
		"segment": segments(), "from_segment": segments(), "to_segment": segments(),
		"channel": channels(), "page_type": pages, "landing_page_type": pages,
		"device": {
			{code: "mobile", label: processors.Text{EN: "Phone", ZH: "手机"}}, {code: "desktop", label: processors.Text{EN: "Desktop", ZH: "电脑"}},
			{code: "tablet", label: processors.Text{EN: "Tablet", ZH: "平板"}}, {code: "server", label: processors.Text{EN: "Server", ZH: "服务端"}},
			{code: "other", label: processors.Text{EN: "Other", ZH: "其他"}},
		},
		"weakest_step": {
			{code: "cart", label: processors.Text{EN: "Add to cart", ZH: "加入购物车"}}, {code: "checkout", label: processors.Text{EN: "Start checkout", ZH: "去结算"}},
			{code: "payment", label: processors.Text{EN: "Enter payment", ZH: "填写支付"}}, {code: "purchase", label: processors.Text{EN: "Purchase", ZH: "完成购买"}},
		},
		"tier": {
			{code: "orange", label: processors.Text{EN: "Orange", ZH: "橙色（高风险）"}, color: orange},
			{code: "yellow", label: processors.Text{EN: "Yellow", ZH: "黄色（中风险）"}, color: yellow},
			{code: "green", label: processors.Text{EN: "Over", ZH: "已恢复"}, color: calm},
		},
		"state": {
			{code: "open", label: processors.Text{EN: "Open", ZH: "待确认"}}, {code: "acknowledged", label: processors.Text{EN: "Acknowledged", ZH: "已确认"}},
			{code: "handling", label: processors.Text{EN: "Being handled", ZH: "处理中"}},
		},
		"reason": {
			{code: processors.DirtyLate, label: processors.Text{EN: "Late", ZH: "迟到"}}, {code: processors.DirtyCut, label: processors.Text{EN: "Cut", ZH: "截断"}},
		},
		"source": {
			{code: "clickstream", label: processors.Text{EN: "Clickstream", ZH: "浏览行为"}}, {code: "clickstream_sessions", label: processors.Text{EN: "Sessions", ZH: "会话"}},
			{code: "rollups", label: processors.Text{EN: "By day and month", ZH: "日、月汇总"}}, {code: "orders", label: processors.Text{EN: "Orders", ZH: "订单"}}, {code: "logistics", label: processors.Text{EN: "Logistics", ZH: "物流"}},
			{code: "inventory", label: processors.Text{EN: "Inventory", ZH: "库存"}}, {code: "marketing", label: processors.Text{EN: "Ad spend", ZH: "投放花费"}},
			{code: "service", label: processors.Text{EN: "Service", ZH: "客服"}},
		},
	}
}

// segments are those of RFM.
func segments() []word {
	of := func(code, en, zh, color string) word { return word{code, processors.Text{EN: en, ZH: zh}, color} }
	return []word{
		of("champions", "Champions", "重要价值", "green"), of("loyal", "Loyal", "忠诚", "blue"), of("recent", "Recent", "新近", "light-blue"),
		of("promising", "Promising", "潜力", "light-green"), of("at_risk", "At risk", "重要挽留", "purple"),
		of("need_attention", "Need attention", "需关注", "light-purple"), of("hibernating", "Hibernating", "沉睡", "dark-purple"),
	}
}

// channels are the channel groups of the collectors, each with a colour of its own that is no tier's.
func channels() []word {
	of := func(code, en, zh, color string) word { return word{code, processors.Text{EN: en, ZH: zh}, color} }
	return []word{
		of("direct", "Direct", "直接访问", "blue"), of("organic_search", "Organic search", "自然搜索", "green"),
		of("paid_search", "Paid search", "付费搜索", "purple"), of("social", "Social", "社交媒体", "light-blue"),
		of("paid_social", "Paid social", "付费社交", "dark-purple"), of("display", "Display", "展示广告", "dark-green"),
		of("video", "Video", "视频", "dark-blue"), of("email", "Email", "邮件", "light-green"), of("sms", "SMS", "短信", "semi-dark-purple"),
		of("push", "Push", "推送", "semi-dark-blue"), of("affiliate", "Affiliate", "联盟", "light-purple"),
		of("referral", "Referral", "外链引荐", "super-light-blue"), of("other", "Other", "其他", "super-light-purple"),
	}
}

// mapped is the value mapping of a column; nil where its values have no labels. Colours stay with lines: in a table
// only tiers have one.
func mapped(list []word, l lang, colored bool) []dashboard.ValueMapping {
	if len(list) == 0 {
		return nil
	}
	options := map[string]dashboard.ValueMappingResult{}
	for i, w := range list {
		r := dashboard.ValueMappingResult{Text: cog.ToPtr(l.of(w.label)), Index: cog.ToPtr(int32(i))}
		if colored && w.color != "" {
			r.Color = &w.color
		}
		options[w.code] = r
	}
	return []dashboard.ValueMapping{{ValueMap: &dashboard.ValueMap{Type: dashboard.MappingTypeValueToText, Options: options}}}
}

// dimensionValues is the value mapping of a dimension: its known values, what exceeded its bound, and none.
func dimensionValues(dim string, l lang) []dashboard.ValueMapping {
	empty := dashboard.ValueMappingResult{Text: cog.ToPtr(l.of(none().label))}
	return append(mapped(append(words()[dim], others()), l, false), dashboard.ValueMapping{SpecialValueMap: &dashboard.SpecialValueMap{
		Type: dashboard.MappingTypeSpecialValue, Options: dashboard.DashboardSpecialValueMapOptions{Match: dashboard.SpecialValueMatchEmpty, Result: empty},
	}})
}

// others is what exceeded a dimension's bound.
func others() word {
	return word{code: processors.Other, label: processors.Text{EN: "(others)", ZH: "（其余）"}}
}

// none is what has no value in a dimension.
func none() word { return word{label: processors.Text{EN: "(none)", ZH: "（无）"}} }

// heading is the label of a column: a figure's title, a known word, or the column's name.
func heading(s *processors.Spec, column string, l lang) string {
	if s != nil {
		if f, ok := s.Figure(column); ok {
			return l.of(f.Title)
		}
	}
	if t, ok := titles()[column]; ok {
		return l.of(t)
	}
	return column
}

// rules are the catalogue's alerts as words, by name.
func rules(c processors.Catalogue) []word {
	var out []word
	for i := range c {
		for _, a := range c[i].Alerts {
			out = append(out, word{code: a.Name, label: a.Title})
		}
	}
	return slices.Clip(out)
}
