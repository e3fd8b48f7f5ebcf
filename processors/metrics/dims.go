package metrics

import (
	"tidemark/processors"
	"tidemark/schemas"
)

// Dimensions that several metrics on one family share.
var (
	clickChannel  = processors.Dim[schemas.Click]{Name: "channel", Of: func(c *schemas.Click) string { return c.Channel }}
	clickCampaign = processors.Dim[schemas.Click]{Name: "campaign", Of: func(c *schemas.Click) string { return c.Campaign }}
	clickDevice   = processors.Dim[schemas.Click]{Name: "device", Of: func(c *schemas.Click) string { return c.Device }}
	clickPageType = processors.Dim[schemas.Click]{Name: "page_type", Of: func(c *schemas.Click) string { return c.PageType }}
)

// Robots are left out of what people do, and counted apart.
func robot(c *schemas.Click) bool { return c.Bot }
func human(c *schemas.Click) bool { return !c.Bot }

func typeIs(t string) func(*schemas.Click) bool {
	return func(c *schemas.Click) bool { return c.Type == t }
}
