package ingest

import (
	"cmp"
	"net/url"
	"strings"

	"tidemark/schemas"
)

// clickTopic is made once: the name is put together anew at each call, and events ask for it.
var clickTopic = schemas.Clickstream.Topic()

// click adds one event to the clickstream.
func (in *intake) click(m *message, e schemas.Envelope) *fault {
	c := schemas.Click{Envelope: e, Server: in.sender.secret}
	if f := in.fillClick(m, &c); f != nil {
		return f
	}
	fresh, f := in.addClick(&c)
	if f == nil {
		in.settle(fresh)
	}
	return f
}

// fits encodes a click, and refuses one that Kafka would not take: its neighbours in the batch would suffer for it.
func (in *intake) fits(c *schemas.Click) *fault {
	in.scratch = in.c.codecs.click.Append(in.scratch[:0], c)
	if len(in.scratch) > MaxRecord {
		return tooLarge
	}
	return nil
}

// addClick checks, encodes and adds; the visitor keys the record.
func (in *intake) addClick(c *schemas.Click) (fresh bool, f *fault) {
	if err := c.Check(); err != nil {
		return false, checkFault(err)
	}
	in.markFast(c)
	if f := in.fits(c); f != nil {
		return false, f
	}
	return in.add(clickTopic, c.AnonymousID, c.EventID, in.scratch), nil
}

func (in *intake) fillClick(m *message, c *schemas.Click) *fault {
	p := &m.properties
	c.AnonymousID, c.UserID = cmp.Or(m.anonymousID, m.userID), m.userID
	if c.Type == schemas.ClickCustom || c.Type == schemas.ClickCoupon {
		c.Name = in.maskFree(cleanText(m.event, maxName))
	}
	if c.Type == schemas.ClickJSError {
		c.Name = in.maskFree(cleanText(p.message, maxName))
	}
	if c.Type == schemas.ClickElement {
		c.Region = cleanText(p.region, maxName)
	}
	if f := p.measures.fill(c); f != nil {
		return f
	}
	in.fillVisit(m, c)
	c.OrderID, c.CheckoutID, c.CartID, c.SessionID, c.Impression = p.orderID, p.checkoutID, p.cartID, p.sessionID, p.impression
	if f := cleanIDs(idField{"order_id", &c.OrderID}, idField{"checkout_id", &c.CheckoutID}, idField{"cart_id", &c.CartID},
		idField{"session_id", &c.SessionID}, idField{"impression_id", &c.Impression}); f != nil {
		return f
	}
	c.Query = in.maskFree(cleanText(p.query, maxText))
	c.Results = p.results
	c.Slot = cleanText(cmp.Or(p.slot, p.listID, p.position), maxText)
	c.Creative = cleanText(cmp.Or(p.creative, p.promotionID), maxText)
	c.Experiment = cleanText(cmp.Or(p.experiment, p.experimentName), maxText)
	c.Variation = cleanText(cmp.Or(p.variation, p.variationName), maxText)
	c.Coupon = in.maskEmail(cleanText(cmp.Or(p.coupon, p.couponName, p.couponID), maxText))
	return in.fillProduct(p, c)
}

// fillProduct adds what has to do with goods and money.
func (in *intake) fillProduct(p *properties, c *schemas.Click) *fault {
	c.ProductID = cleanText(cmp.Or(p.productID, p.id), maxText)
	c.SKU = cleanText(p.sku, maxText)
	if c.Type != schemas.ClickPageView {
		c.Category = cleanText(p.category, maxText)
	}
	c.Quantity = p.quantity
	switch c.Type {
	case schemas.ClickCustom, schemas.ClickPageView, schemas.ClickIdentify:
		return nil // their amounts may mean anything, and were not checked
	}
	c.Price = p.price.micros
	c.Value = firstAmount(p.value, p.total, p.revenue, p.subtotal).micros
	c.Items = p.items
	if c.Price == 0 && c.Value == 0 && len(c.Items) == 0 {
		return nil
	}
	var f *fault
	c.Currency, f = in.currency(p.currency)
	return f
}

// fillVisit adds page, origin and device.
func (in *intake) fillVisit(m *message, c *schemas.Click) {
	p, ctx := &m.properties, &m.context
	page := locate(cmp.Or(p.url, ctx.url))
	if path := cmp.Or(p.path, ctx.path); path != "" {
		page.path = locate(path).path
	}
	if m.kind == callScreen {
		page.path = cmp.Or(page.path, m.name) // a screen has a name where a page has a path
	}
	from := locate(cmp.Or(p.referrer, ctx.referrer))
	utm, ad := campaignOf(ctx, cmp.Or(page.query, strings.TrimPrefix(cmp.Or(p.search, ctx.search), "?")))
	c.Page = in.maskEmail(cleanText(page.path, 2*maxText))
	c.Referrer = in.maskEmail(cleanText(from.host+from.path, 2*maxText))
	if m.kind == callPage || m.kind == callScreen || page.path != "" {
		c.PageType = pageTypeOf(page.path, pageCategory(m))
	}
	c.Channel, c.AdNetwork = channelOf(utm.medium, utm.source, page, from), ad.network
	if utm.medium == "" && utm.source == "" && ad.channel != "" {
		c.Channel = ad.channel
	}
	c.Campaign = in.maskEmail(cleanText(utm.campaign, maxText))
	c.UTMSource = in.maskEmail(cleanText(utm.source, maxText))
	c.UTMMedium = in.maskEmail(cleanText(utm.medium, maxText))
	c.UTMTerm = in.maskFree(cleanText(utm.term, maxText))
	c.UTMContent = in.maskEmail(cleanText(utm.content, maxText))
	c.Locale = cleanText(ctx.locale, maxLocale)
	c.Device, c.Bot = in.device(ctx)
	c.Bot = c.Bot || in.c.cfg.SpamReferrers.has(cmp.Or(p.referrer, ctx.referrer))
	c.Network = in.network(ctx.ip)
}

// pageCategory is the sender's word for the kind of page; only page calls have one.
func pageCategory(m *message) string {
	if m.kind == callPage {
		return cmp.Or(m.category, m.properties.category)
	}
	return ""
}

// device goes by the visitor's user agent. A browser's own request carries it in its header; a server's does not.
func (in *intake) device(ctx *messageContext) (device string, bot bool) {
	agent := ctx.userAgent
	if agent == "" && !in.sender.secret && strings.HasPrefix(in.agent, "Mozilla/") {
		agent = in.agent
	}
	if agent != in.agents.text { // which most events of a batch share
		in.agents.text = agent
		in.agents.device, in.agents.bot = in.c.devices.classify(agent)
	}
	device, bot = in.agents.device, in.agents.bot
	if device == "" {
		device = deviceOfType(ctx.device)
	}
	if device == "" && in.sender.secret {
		device = deviceServer
	}
	return device, bot
}

// campaign is a visit's origin as the link says.
type campaign struct{ campaign, source, medium, term, content string }

// campaignOf takes context.campaign, which browser SDKs fill, else the utm parameters of the page's address, and the
// network of a click id there.
func campaignOf(ctx *messageContext, query string) (campaign, clickID) {
	c := campaign{ctx.campaign, ctx.source, ctx.medium, ctx.term, ctx.content}
	ad := clickNamed(ctx.adNetwork)
	if !strings.Contains(query, "utm_") && !strings.Contains(query, "id=") && !strings.Contains(query, "gdt=") {
		return c, ad
	}
	// A query with one broken pair still gives the others.
	values, _ := url.ParseQuery(query)
	if c == (campaign{}) {
		c = campaign{values.Get("utm_campaign"), values.Get("utm_source"), values.Get("utm_medium"), values.Get("utm_term"), values.Get("utm_content")}
	}
	if ad.network == "" {
		ad = clickOf(values)
	}
	return c, ad
}
