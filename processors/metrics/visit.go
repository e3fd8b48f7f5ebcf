package metrics

import (
	"time"
	"unique"

	"tidemark/processors"
	"tidemark/processors/agg"
	"tidemark/processors/window"
	"tidemark/schemas"
)

// visit is what the metrics on sessions read of a session.
type visit struct {
	landing  unique.Handle[landing] // of the first event: how the visitor came in
	pages    int32
	keyEvent bool
	bot      bool           // one of its events at least is a robot's
	step     int8           // funnel step of the event itself, 0 for none
	at       schemas.Millis // its event time
	funnel   agg.Funnel     // progress of the whole session
}

// landing is what a session's first event says of it. It is interned: sessions share a few combinations.
type landing struct {
	shop, market, channel, campaign, device, pageType string
}

// visitSession is a closed session of one visitor.
type visitSession = window.Session[visit]

// visits are the sessions of visitors: 30 minutes' gap, at most 4 hours or 2,000 events, no cut at midnight or at a
// change of campaign. Source: GA4 for the gap.
func visits() *processors.Sessions[schemas.Click, visit] {
	return &processors.Sessions[schemas.Click, visit]{
		Name:     "visits",
		Spec:     window.SessionSpec{Gap: 30 * time.Minute, MaxSpan: 4 * time.Hour, MaxEvents: 2000},
		Lateness: time.Minute,
		Revision: 1, // robots
		Key:      func(c *schemas.Click) string { return c.AnonymousID },
		Join:     func(c *schemas.Click) bool { return c.Server },
		Of:       visitOf,
		Merge:    mergeVisit,
		Append:   appendVisit,
		Read:     readVisit,
		Shop:     func(v *visit) string { return v.landing.Value().shop },
		Market:   func(v *visit) string { return v.landing.Value().market },
	}
}

func visitOf(c *schemas.Click, at schemas.Millis) visit {
	v := visit{
		landing:  unique.Make(landing{c.Shop, c.Market, c.Channel, c.Campaign, c.Device, c.PageType}),
		keyEvent: c.Type == schemas.ClickPurchase, bot: c.Bot && !c.Server, // the agent of a server that reports is nobody's visit
		step: funnelStep(c), at: at,
	}
	if c.Type == schemas.ClickPageView {
		v.pages = 1
	}
	v.funnel.Step(v.step, int64(at))
	return v
}

func mergeVisit(into, next *visit) {
	into.pages += next.pages
	into.keyEvent = into.keyEvent || next.keyEvent
	into.bot = into.bot || next.bot
	into.funnel.Step(next.step, int64(next.at))
}

// byPeople narrows a condition on sessions, nil for all, to those without an event of a robot.
func byPeople(where func(*visitSession) bool) func(*visitSession) bool {
	return func(v *visitSession) bool { return !v.State.bot && (where == nil || where(v)) }
}

// byRobots narrows it to the others.
func byRobots(where func(*visitSession) bool) func(*visitSession) bool {
	return func(v *visitSession) bool { return v.State.bot && (where == nil || where(v)) }
}

// engaged follows GA4: over 10 seconds, or a key event, or two or more page views.
func engaged(v *visitSession) bool {
	return v.Last-v.First > engagedAfter.Milliseconds() || v.State.keyEvent || v.State.pages >= 2
}

const engagedAfter = 10 * time.Second

// Dimensions of sessions, all from the landing.
var (
	visitChannel  = processors.Dim[visitSession]{Name: "channel", Of: func(v *visitSession) string { return v.State.landing.Value().channel }}
	visitCampaign = processors.Dim[visitSession]{Name: "campaign", Of: func(v *visitSession) string { return v.State.landing.Value().campaign }}
	visitDevice   = processors.Dim[visitSession]{Name: "device", Of: func(v *visitSession) string { return v.State.landing.Value().device }}
	visitPageType = processors.Dim[visitSession]{Name: "landing_page_type", Of: func(v *visitSession) string { return v.State.landing.Value().pageType }}
)
