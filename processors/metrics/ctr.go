package metrics

import (
	"time"

	"tidemark/processors"
	"tidemark/processors/window"
	"tidemark/schemas"
)

// clickThrough is the click-through rate of ads, promotions and slots.
func clickThrough() processors.Definition {
	clicked := typeIs(schemas.ClickSelectPromotion)
	return processors.Define(schemas.Clickstream, processors.Metric[schemas.Click]{
		Name:    "ctr",
		Title:   processors.Text{EN: "Click-through rate", ZH: "点击率"},
		Help:    "Promotions and ads shown and clicked, and their ratio, per minute, channel and campaign.",
		Formula: "ctr = clicked / shown; shown = view_promotion events, clicked = select_promotion events. Clicks that name no impression are also counted apart, as unmatched.",
		Owner:   "marketing",
		Where:   func(c *schemas.Click) bool { return c.Type == schemas.ClickViewPromotion || clicked(c) },
		By:      []processors.Dim[schemas.Click]{clickChannel, clickCampaign},
		Window:  window.Tumbling(time.Minute), Lateness: time.Minute,
		Measures: []processors.Measure[schemas.Click]{
			processors.Count("shown", typeIs(schemas.ClickViewPromotion)),
			processors.Count("clicked", clicked),
			processors.Count("unmatched", func(c *schemas.Click) bool { return clicked(c) && c.Impression == "" }),
		},
		Values: []processors.Value{
			processors.Ratio("ctr", processors.Text{EN: "Click-through rate", ZH: "点击率"}, "clicked", "shown"),
		},
	})
}
