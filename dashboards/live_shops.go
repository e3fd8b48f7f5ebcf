package dashboards

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// liveShops is a row per shop; a click opens the same board for that shop.
func (m maker) liveShops() ([]tile, error) {
	trade, views, err := m.tradeAndViews()
	if err != nil {
		return nil, err
	}
	l, err := m.drill(m.board.id, map[string]string{"shop": "${__data.fields.shop}"})
	if err != nil {
		return nil, err
	}
	say := m.lang.say
	out := shell("table", tableOptions(), tableDefaults(""), asTable("A", shopsSQL(trade, views)))
	open := func(column, title, color string) dashboard.DashboardFieldConfigSourceOverrides {
		return override(column, set("displayName", title), set("thresholds", steps(plain, from(1, color))), set("custom.cellOptions", cell("color-text")))
	}
	out.FieldConfig.Overrides = append(out.FieldConfig.Overrides,
		override("shop", set("displayName", say("Id", "编号")), set("links", []dashboard.DashboardLink{l})),
		override("name", set("displayName", say("Shop", "店铺")), set("links", []dashboard.DashboardLink{l})),
		override("paid_orders", set("displayName", heading(trade, "paid_orders", m.lang))),
		override("paid", set("displayName", heading(trade, "paid", m.lang)), set("decimals", 2)),
		override("currency", set("displayName", heading(nil, "currency", m.lang))),
		override("visitors", set("displayName", heading(views, "visitors", m.lang))),
		override("conversion", set("displayName", say("Payment conversion", "支付转化率")), set("unit", "percentunit"), set("decimals", 2)),
		open("orange", say("Open orange", "橙色预警"), orange), open("yellow", say("Open yellow", "黄色预警"), yellow))
	out.Id, out.Title = cog.ToPtr(uint32(idShops)), cog.ToPtr(say("All shops now", "全部店铺当前情况"))
	out.Description = cog.ToPtr(strings.Join([]string{
		say("Each shop's business day so far, in its own time zone. Amounts are those in the shop's reporting currency; orders in other currencies are not added to them. Visitors and buyers are those of complete minutes, orders and amounts include the open ones.",
			"各店铺按自身时区的当日累计。金额仅含店铺报告币种，其他币种的订单不计入。访客与买家仅含完整分钟，订单与金额含未结束的分钟。"),
		say("**Payment conversion** = paying buyers / visitors. Provisional: the day is not over.", "**支付转化率** = 支付买家数 / 访客数。实时值（未定稿）：当日尚未结束。"),
		say("A click on a shop shows it on this board.", "点击店铺可切换到该店铺。"),
		say("Owner: ", "负责团队：") + m.board.owner,
	}, "\n\n"))
	return []tile{{out, columns, 7}}, nil
}
