package dashboards

import "tidemark/processors"

// marketing is the board of those who buy and place traffic.
func marketing() *board {
	return &board{
		id: "marketing", title: processors.Text{EN: "Marketing", ZH: "投放"}, owner: "marketing", refresh: "30s", from: "now-6h",
		purpose: processors.Text{
			EN: "Which channel and campaign brings visitors who buy, and which brings none?",
			ZH: "哪些渠道和活动带来了会购买的访客，哪些没有？",
		},
		vars: []string{"channel", "campaign"},
		sections: []section{
			{id: "header", hand: maker.header},
			{id: "reach", row: 101, title: processors.Text{EN: "Reach and clicks", ZH: "展现与点击"}},
			{id: "sessions", row: 102, title: processors.Text{EN: "Sessions", ZH: "会话"}},
			{id: "funnel", row: 103, title: processors.Text{EN: "From product to purchase", ZH: "转化漏斗"}},
		},
	}
}
