package dashboards

import "tidemark/processors"

// logistics is the board of those who ship.
func logistics() *board {
	return &board{
		id: "logistics", title: processors.Text{EN: "Logistics", ZH: "物流"}, owner: "logistics", refresh: "1m", from: "now-30d",
		purpose: processors.Text{
			EN: "Do parcels come when they were promised, and if not, whose are late?",
			ZH: "包裹是否按承诺送达？若否，是哪家承运商、哪个仓库？",
		},
		vars: []string{"carrier", "warehouse"},
		sections: []section{
			{id: "header", hand: maker.header},
			{id: "on_time", row: 101, title: processors.Text{EN: "On time", ZH: "准时送达"}},
			{id: "where", row: 102, title: processors.Text{EN: "Where", ZH: "分布"}},
		},
	}
}
