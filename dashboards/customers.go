package dashboards

import "tidemark/processors"

// customers is the board of those who keep customers.
func customers() *board {
	return &board{
		id: "customers", title: processors.Text{EN: "Customers", ZH: "客户"}, owner: "growth", refresh: "1m", from: "now-365d",
		purpose: processors.Text{
			EN: "Who are our customers, do they come back, and which of them are we losing?",
			ZH: "客户是谁、是否回购，正在流失哪些客户？",
		},
		sections: []section{
			{id: "header", hand: maker.header},
			{id: "rfm", row: 101, title: processors.Text{EN: "Value (RFM)", ZH: "客户价值（RFM）"}},
			{id: "cohorts", row: 102, title: processors.Text{EN: "Who comes back", ZH: "首购与留存"}},
			{id: "net", row: 104, title: processors.Text{EN: "Net sales per day", ZH: "每日净支付金额"}},
			{id: "active", row: 103, title: processors.Text{EN: "Active users", ZH: "活跃用户"}},
		},
	}
}
