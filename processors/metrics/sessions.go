package metrics

import (
	"time"

	"tidemark/processors"
	"tidemark/processors/window"
	"tidemark/schemas"
)

// sessionMetric is sessions with their bounce rates, depth and dwell time.
func sessionMetric(v *processors.Sessions[schemas.Click, visit]) processors.Definition {
	single := func(v *visitSession) bool { return v.State.pages <= 1 }
	return processors.DefineSessions(schemas.Clickstream, v, processors.Metric[visitSession]{
		Name:  "sessions",
		Title: processors.Text{EN: "Sessions", ZH: "会话"},
		Help:  "Closed sessions per minute of close time (last event + 30 minutes), with bounce rate, single-page rate, depth in pages and dwell time. Sessions of robots are counted apart.",
		Formula: "bounce_rate = 1 - engaged sessions / sessions, where engaged means over 10 s, or a key event, or two or more page views (GA4); " +
			"single_page_rate = sessions with at most one page view / sessions; depth = pages / sessions; dwell = last event - first event. A session with an event of a robot is one of bot_sessions and of nothing else.",
		Owner:  "growth",
		By:     []processors.Dim[visitSession]{visitChannel, visitDevice, visitPageType},
		Window: window.Tumbling(time.Minute),
		Measures: []processors.Measure[visitSession]{
			processors.Count("sessions", byPeople(nil)).Titled("Sessions", "会话数"),
			processors.Count("bounced", byPeople(func(v *visitSession) bool { return !engaged(v) })).Titled("Bounced", "跳出会话"),
			processors.Count("single_page", byPeople(single)).Titled("Single-page", "单页会话"),
			processors.Sum("pages", "", byPeople(nil), func(v *visitSession) int64 { return int64(v.State.pages) }).Titled("Pages", "页面数"),
			processors.Sum("dwell_ms", "ms", byPeople(nil), func(v *visitSession) int64 { return v.Last - v.First }).Titled("Dwell time, sum", "停留时长合计"),
			processors.Count("bot_sessions", byRobots(nil)).Titled("Sessions of robots", "机器人会话数"),
		},
		Values: []processors.Value{
			processors.Ratio("bounce_rate", processors.Text{EN: "Bounce rate (GA4)", ZH: "跳出率（GA4，非互动会话）"}, "bounced", "sessions"),
			processors.Ratio("single_page_rate", processors.Text{EN: "Single-page rate", ZH: "跳失率"}, "single_page", "sessions"),
			processors.Mean("depth", processors.Text{EN: "Visit depth", ZH: "访问深度"}, "pages", "pages", "sessions"),
			processors.Mean("dwell", processors.Text{EN: "Dwell time", ZH: "停留时长"}, "ms", "dwell_ms", "sessions"),
		},
		Panels: []processors.Panel{
			{Board: "live", Section: "conversion", Kind: processors.Lines, Show: []string{"bounce_rate"}, Band: "bounce_rises", Width: 12},
			{Board: "marketing", Section: "sessions", Kind: processors.BigStat, Title: processors.Text{EN: "Sessions", ZH: "会话数"}, Show: []string{"sessions"}},
			{Board: "marketing", Section: "sessions", Kind: processors.BigStat, Show: []string{"bounce_rate"}},
			{Board: "marketing", Section: "sessions", Kind: processors.Grid, Title: processors.Text{EN: "Sessions by channel", ZH: "各渠道会话"}, Show: []string{"sessions", "bounce_rate", "single_page_rate", "depth", "dwell", "bot_sessions"}, By: []string{"channel"}, Width: 24},
		},
		Alerts: []processors.Alert{bounceRises()},
	})
}

// bounceRises watches that those who come find what they came for.
func bounceRises() processors.Alert {
	yellow, orange := processors.Usual()
	return processors.Alert{
		Name: "bounce_rises", Title: processors.Text{EN: "Bounce rate rises", ZH: "跳出率上升"},
		Figure: "bounce_rate", Direction: processors.Rises, Spans: []int{5, 15}, MinSamples: 100, MinAbsolute: 0.1, MinRelative: 0.25,
		Yellow: yellow, Orange: orange, Cold: processors.Bounds{Yellow: 0.8, Orange: 0.95},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "More visitors leave at once than usual: a slow or broken landing page, traffic bought for the wrong page, or bots. Sessions close after 30 minutes of silence, so this speaks of half an hour ago.",
				ZH: "更多访客进入后立即离开：落地页缓慢或损坏、投放到错误页面，或机器流量。会话在静默 30 分钟后关闭，因此反映的是半小时前的情况。",
			},
			Look: processors.Text{
				EN: "Sessions by channel on the marketing board, then by landing page type. A single channel with many new sessions points to bought traffic or bots.",
				ZH: "看“投放”看板的各渠道会话表，再看落地页类型。单一渠道会话激增多为买量或机器流量。",
			},
			Act: processors.Text{
				EN: "Open the landing page on a slow phone. Pause the campaign that sends the traffic, or mend the page.",
				ZH: "用低速手机打开落地页；暂停对应投放或修复页面。",
			},
		},
	}
}
