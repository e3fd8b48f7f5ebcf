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
		Help:  "Closed sessions per minute of close time (last event + 30 minutes), with bounce rate, single-page rate, depth in pages and dwell time.",
		Formula: "bounce_rate = 1 - engaged sessions / sessions, where engaged means over 10 s, or a key event, or two or more page views (GA4); " +
			"single_page_rate = sessions with at most one page view / sessions; depth = pages / sessions; dwell = last event - first event.",
		Owner:  "growth",
		By:     []processors.Dim[visitSession]{visitChannel, visitDevice, visitPageType},
		Window: window.Tumbling(time.Minute),
		Measures: []processors.Measure[visitSession]{
			processors.Count[visitSession]("sessions", nil),
			processors.Count("bounced", func(v *visitSession) bool { return !engaged(v) }),
			processors.Count("single_page", single),
			processors.Sum("pages", "", nil, func(v *visitSession) int64 { return int64(v.State.pages) }),
			processors.Sum("dwell_ms", "ms", nil, func(v *visitSession) int64 { return v.Last - v.First }),
		},
		Values: []processors.Value{
			processors.Ratio("bounce_rate", processors.Text{EN: "Bounce rate (GA4)", ZH: "跳出率（GA4，非互动会话）"}, "bounced", "sessions"),
			processors.Ratio("single_page_rate", processors.Text{EN: "Single-page rate", ZH: "跳失率"}, "single_page", "sessions"),
			processors.Mean("depth", processors.Text{EN: "Visit depth", ZH: "访问深度"}, "pages", "pages", "sessions"),
			processors.Mean("dwell", processors.Text{EN: "Dwell time", ZH: "停留时长"}, "ms", "dwell_ms", "sessions"),
		},
	})
}
