package metrics

import (
	"time"

	"tidemark/processors"
	"tidemark/processors/window"
	"tidemark/schemas"
)

// pageViews is page views and unique visitors, robots apart.
func pageViews() processors.Definition {
	return processors.Define(schemas.Clickstream, processors.Metric[schemas.Click]{
		Name:  "page_views",
		Title: processors.Text{EN: "Page views and visitors", ZH: "浏览量与访客数"},
		Help:  "Page views of people, and the distinct visitors behind them, per minute; those of robots apart. Visitors of several channels or minutes do not add up: merge visitors_state.",
		Formula: "views = number of page_view events of people; visitors = distinct people among them: the login where the event names one, else the anonymous id, so that somebody who logs in half-way is two until daily_active merges them. bot_views and bot_visitors are those of robots: to read the figures with robots add the views and merge both states of visitors. " +
			"While a window is open, visitors is the sum over partitions; once it is complete, ClickHouse's uniq merged over partitions: its error stays under 2 % (in practice about 0.5 %).",
		Owner:  "growth",
		Where:  typeIs(schemas.ClickPageView),
		By:     []processors.Dim[schemas.Click]{clickChannel, clickDevice, clickPageType},
		Window: window.Tumbling(time.Minute), Lateness: time.Minute,
		Measures: []processors.Measure[schemas.Click]{
			processors.Count("views", human).Titled("Page views", "浏览量"),
			processors.Uniq("visitors", human, (*schemas.Click).Person).Titled("Visitors", "访客数"),
			processors.Count("bot_views", robot).Titled("Page views of robots", "机器人浏览量"),
			processors.Uniq("bot_visitors", robot, (*schemas.Click).Person).Titled("Robots", "机器人数"),
		},
		Headline: true,
		Panels: []processors.Panel{
			{Board: "live", Section: "today", Kind: processors.BigStat, Title: processors.Text{EN: "Visitors", ZH: "访客数"}, Show: []string{"visitors"}, Today: true},
			{Board: "live", Section: "traffic", Kind: processors.Lines, Title: processors.Text{EN: "Page views per minute", ZH: "每分钟浏览量"}, Show: []string{"views"}, Band: "traffic_falls", Width: 12},
			{Board: "live", Section: "traffic", Kind: processors.Bars, Title: processors.Text{EN: "Visitors by channel", ZH: "流量来源"}, Show: []string{"visitors"}, By: []string{"channel"}, Drill: "marketing", Width: 6},
			{Board: "live", Section: "traffic", Kind: processors.Bars, Title: processors.Text{EN: "Page views by page type", ZH: "各页面类型浏览量"}, Show: []string{"views"}, By: []string{"page_type"}, Width: 6},
		},
		Alerts: []processors.Alert{trafficFalls()},
	})
}

// trafficFalls watches that people, or the tracking, are still there.
func trafficFalls() processors.Alert {
	yellow, orange := processors.Usual()
	return processors.Alert{
		Name: "traffic_falls", Title: processors.Text{EN: "Page views fall", ZH: "浏览量下跌"},
		Figure: "views", Direction: processors.Falls, MinSamples: 20, MinAbsolute: 5, MinRelative: 0.3,
		Yellow: yellow, Orange: orange, Cold: processors.Bounds{Yellow: 0.4, Orange: 0.15},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Fewer pages are seen than at this hour of other weeks: shoppers do not reach the shop, or the tracking is lost (then orders stay as they are).",
				ZH: "浏览量低于往周同一时段：顾客无法访问店铺，或埋点丢失（此时订单不会下降）。",
			},
			Look: processors.Text{
				EN: "Compare with orders: if they hold, suspect the tracking. Then the channels: one alone points to a campaign or a referrer, all together to the shop, its DNS or its CDN. Look for a release just before.",
				ZH: "先对比订单：订单正常则疑似埋点问题。再看各渠道：单一渠道下跌多为投放或外链问题，全部下跌多为站点、DNS 或 CDN 问题。检查此前是否有发布。",
			},
			Act: processors.Text{
				EN: "Open the shop from outside. Roll back the last release of page or tracking. If a campaign has ended, tell marketing and review the alert as expected.",
				ZH: "从外部访问店铺；回滚最近的页面或埋点发布；若为活动结束，告知市场并复盘为“符合预期”。",
			},
		},
	}
}
