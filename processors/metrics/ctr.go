package metrics

import (
	"time"

	"tidemark/processors"
	"tidemark/processors/window"
	"tidemark/schemas"
)

// clickThrough is the click-through rate of ads, promotions and slots.
func clickThrough() processors.Definition {
	isShown, isClicked := typeIs(schemas.ClickViewPromotion), typeIs(schemas.ClickSelectPromotion)
	clicked := func(c *schemas.Click) bool { return isClicked(c) && human(c) }
	return processors.Define(schemas.Clickstream, processors.Metric[schemas.Click]{
		Name:    "ctr",
		Title:   processors.Text{EN: "Click-through rate", ZH: "点击率"},
		Help:    "Promotions and ads shown to people and clicked by them, and their ratio, per minute, channel and campaign; robots apart.",
		Formula: "ctr = clicked / shown; shown = view_promotion events, clicked = select_promotion events, both without robots, whose are bot_shown and bot_clicked. Clicks that name no impression are also counted apart, as unmatched.",
		Owner:   "marketing",
		Where:   func(c *schemas.Click) bool { return isShown(c) || isClicked(c) },
		By:      []processors.Dim[schemas.Click]{clickChannel, clickCampaign},
		Window:  window.Tumbling(time.Minute), Lateness: time.Minute,
		Measures: []processors.Measure[schemas.Click]{
			processors.Count("shown", func(c *schemas.Click) bool { return isShown(c) && human(c) }).Titled("Shown", "展现量"),
			processors.Count("clicked", clicked).Titled("Clicked", "点击量"),
			processors.Count("unmatched", func(c *schemas.Click) bool { return clicked(c) && c.Impression == "" }).Titled("Clicks without impression", "无展现点击"),
			processors.Count("bot_shown", func(c *schemas.Click) bool { return isShown(c) && robot(c) }).Titled("Shown to robots", "机器人展现量"),
			processors.Count("bot_clicked", func(c *schemas.Click) bool { return isClicked(c) && robot(c) }).Titled("Clicked by robots", "机器人点击量"),
		},
		Values: []processors.Value{
			processors.Ratio("ctr", processors.Text{EN: "Click-through rate", ZH: "点击率"}, "clicked", "shown"),
		},
		Panels: []processors.Panel{
			{Board: "marketing", Section: "reach", Kind: processors.BigStat, Show: []string{"ctr"}},
			{Board: "marketing", Section: "reach", Kind: processors.BigStat, Title: processors.Text{EN: "Shown", ZH: "展现量"}, Show: []string{"shown"}},
			{Board: "marketing", Section: "reach", Kind: processors.BigStat, Title: processors.Text{EN: "Clicked", ZH: "点击量"}, Show: []string{"clicked"}},
			{Board: "marketing", Section: "reach", Kind: processors.Lines, Title: processors.Text{EN: "Click-through rate", ZH: "点击率走势"}, Show: []string{"ctr"}, Band: "ctr_falls", Width: 12},
			{Board: "marketing", Section: "reach", Kind: processors.Lines, Title: processors.Text{EN: "Click-through rate by channel", ZH: "各渠道点击率"}, Show: []string{"ctr"}, By: []string{"channel"}, Width: 12},
			{Board: "marketing", Section: "reach", Kind: processors.Grid, Title: processors.Text{EN: "Click-through rate by campaign", ZH: "各活动点击率"}, Show: []string{"shown", "clicked", "ctr", "unmatched"}, By: []string{"channel", "campaign"}, Drill: "marketing", Width: 24},
		},
		Alerts: []processors.Alert{ctrFalls()},
	})
}

// ctrFalls watches what is shown and no longer clicked.
func ctrFalls() processors.Alert {
	yellow, orange := processors.Usual()
	return processors.Alert{
		Name: "ctr_falls", Title: processors.Text{EN: "Click-through rate falls", ZH: "点击率下跌"},
		Figure: "ctr", Direction: processors.Falls, Spans: []int{5, 15}, MinSamples: 200, MinAbsolute: 0.005, MinRelative: 0.3,
		Yellow: yellow, Orange: orange, Cold: processors.Bounds{Yellow: 0.005, Orange: 0.001},
		Runbook: processors.Runbook{
			Meaning: processors.Text{
				EN: "Promotions and ads are shown as usual but clicked less: a broken link or picture, a wrong audience, or a slot below the fold.",
				ZH: "推广照常展现但点击减少：链接或图片失效、人群不匹配，或资源位下移。",
			},
			Look: processors.Text{
				EN: "The table by campaign on the marketing board: one campaign alone points to its creative, all of a channel to the slot. Check that the number shown has not jumped instead.",
				ZH: "看“投放”看板的各活动点击率表：单一活动下跌多为素材问题，整条渠道下跌多为资源位问题。确认不是展现量突增所致。",
			},
			Act: processors.Text{
				EN: "Click the creative yourself on a phone. Pause what leads nowhere. If bots inflate what is shown, block the source.",
				ZH: "用手机实际点击素材；暂停无效落地页；若展现被刷量，屏蔽来源。",
			},
		},
	}
}
