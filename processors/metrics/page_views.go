package metrics

import (
	"time"

	"tidemark/processors"
	"tidemark/processors/window"
	"tidemark/schemas"
)

// pageViews is page views and unique visitors.
func pageViews() processors.Definition {
	return processors.Define(schemas.Clickstream, processors.Metric[schemas.Click]{
		Name:    "page_views",
		Title:   processors.Text{EN: "Page views and visitors", ZH: "浏览量与访客数"},
		Help:    "Page views, and the distinct visitors behind them, per minute. Visitors of several channels or minutes do not add up: merge visitors_state.",
		Formula: "views = number of page_view events; visitors = distinct anonymous ids among them. While a window is open, visitors is the sum over partitions; once it is complete, ClickHouse's uniq merged over partitions: its error stays under 2 % (in practice about 0.5 %).",
		Owner:   "growth",
		Where:   typeIs(schemas.ClickPageView),
		By:      []processors.Dim[schemas.Click]{clickChannel, clickDevice, clickPageType},
		Window:  window.Tumbling(time.Minute), Lateness: time.Minute,
		Measures: []processors.Measure[schemas.Click]{
			processors.Count[schemas.Click]("views", nil),
			processors.Uniq("visitors", nil, func(c *schemas.Click) string { return c.AnonymousID }),
		},
		Headline: true,
	})
}
