package dashboards

import (
	"fmt"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"tidemark/processors"
)

// Ids of the panels that live makes by hand.
const (
	idConversion = 10 + iota
	idOrderValue
	idPaidSoFar
	idShops
)

// live is the board that the operators of a shop keep open.
func live() *board {
	return &board{
		id: "live", title: processors.Text{EN: "Operations live", ZH: "实时大盘"}, owner: "trade", refresh: "10s", from: "now-1h",
		purpose: processors.Text{
			EN: "Is the shop selling as it should, right now? If not: traffic, conversion or payment?",
			ZH: "店铺此刻是否正常成交？若否，问题在流量、转化还是支付？",
		},
		sections: []section{
			{id: "header", hand: maker.header},
			{id: "today", row: 101, title: processors.Text{EN: "Today so far (provisional)", ZH: "今日累计（实时值，未定稿）"}, hand: maker.liveToday},
			{id: "trade", row: 102, title: processors.Text{EN: "Trade", ZH: "交易"}},
			{id: "traffic", row: 103, title: processors.Text{EN: "Traffic", ZH: "流量"}},
			{id: "conversion", row: 104, title: processors.Text{EN: "Conversion", ZH: "转化"}},
			{id: "shops", row: 105, title: processors.Text{EN: "All shops", ZH: "全部店铺"}, hand: maker.liveShops},
		},
	}
}

// liveToday are the figures of the day that no metric has alone.
func (m maker) liveToday() ([]tile, error) {
	trade, views, err := m.tradeAndViews()
	if err != nil {
		return nil, err
	}
	value, err := m.panel(trade, &processors.Panel{
		Kind: processors.BigStat, Show: []string{"aov"}, By: []string{"currency"}, Today: true, Width: 4, Height: 8,
	}, idOrderValue)
	if err != nil {
		return nil, err
	}
	return []tile{m.conversionToday(trade, views), value, m.paidSoFar(trade)}, nil
}

// tradeAndViews are the metrics that the hand-made panels read.
func (m maker) tradeAndViews() (trade, views *processors.Spec, err error) {
	for i := range m.catalogue {
		switch s := &m.catalogue[i].Spec; s.Name {
		case "trade":
			trade = s
		case "page_views":
			views = s
		}
	}
	if trade == nil || views == nil {
		return nil, nil, fmt.Errorf("board %q needs the metrics trade and page_views", m.board.id)
	}
	return trade, views, nil
}

// conversionToday divides two metrics: each side is merged over the day first.
func (m maker) conversionToday(trade, views *processors.Spec) tile {
	sql := withToday() + "SELECT " + peopleToday(trade, "paying_buyers") + " / nullIf(" + peopleToday(views, "visitors") + ", 0) AS conversion"
	out := shell("stat", statOptions(common.BigValueGraphModeNone, false), dashboard.FieldConfig{
		Unit: cog.ToPtr("percentunit"), Decimals: cog.ToPtr(2.0), Thresholds: steps(plain), Color: fixed(series),
	}, asTable("A", sql))
	say := m.lang.say
	out.Id, out.Title = cog.ToPtr(uint32(idConversion)), cog.ToPtr(say("Payment conversion", "支付转化率"))
	out.Description = cog.ToPtr(strings.Join([]string{
		say("**Payment conversion** = paying buyers / visitors, both distinct over the complete minutes of the shop's business day so far. Somebody who logs in half-way counts here as visitor and as login; the Customers board merges them. Provisional: the day is not over.",
			"**支付转化率** = 支付买家数 / 访客数，均为店铺当日完整分钟内的去重人数。中途登录者在此按访客与登录账号各计一次，“客户”看板会合并。实时值（未定稿）：当日尚未结束。"),
		fmt.Sprintf(say("Final %s after the end of the day.", "当日结束 %s后定稿。"), m.lang.length(max(trade.FinalAfter(), views.FinalAfter()))),
		say("Owner: ", "负责团队：") + m.board.owner,
	}, "\n\n"))
	return tile{out, 4, 8}
}

// paidSoFar draws the day's running paid amount beside those of yesterday and a week ago.
func (m maker) paidSoFar(trade *processors.Spec) tile {
	say := m.lang.say
	config := dashboard.FieldConfig{Unit: cog.ToPtr("locale"), Decimals: cog.ToPtr(2.0), Thresholds: steps(plain), Color: fixed(series), Custom: lineStyle()}
	out := shell("timeseries", timeOptions(), config, overTime("A", paidSoFarSQL(trade)))
	out.FieldConfig.Overrides = append(out.FieldConfig.Overrides,
		override("today", set("displayName", say("Today", "今日"))),
		override("yesterday", set("displayName", say("Yesterday", "昨日")), set("color", fixed("light-blue")), set("custom.fillOpacity", 0)),
		override("week_ago", set("displayName", say("7 days ago", "7 天前")), set("color", fixed("purple")), set("custom.fillOpacity", 0)))
	out.Interval, out.MaxDataPoints = cog.ToPtr(intervalText(trade.Window.Step)), cog.ToPtr(float64(mostPoints))
	out.Id, out.Title = cog.ToPtr(uint32(idPaidSoFar)), cog.ToPtr(say("Paid so far, against other days", "累计支付金额：今日、昨日与 7 天前"))
	out.Description = cog.ToPtr(strings.Join([]string{
		say("Running sum of the paid amount since the shop's business day began, in its reporting currency; orders in other currencies are not added to it. Other days are shown at the same time since they began.",
			"自店铺当日零点起累计的支付金额，仅含店铺报告币种，其他币种的订单不计入；其他日期按距其零点的时间对齐。"),
		say("Today is provisional: the last minutes still grow.", "今日为实时值（未定稿）：最近几分钟仍会变化。"),
		m.definition(trade),
		say("Owner: ", "负责团队：") + trade.Owner,
	}, "\n\n"))
	return tile{out, 16, 8}
}
