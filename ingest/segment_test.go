package ingest

import (
	"fmt"
	"strings"
	"testing"

	"tidemark/schemas"
)

func TestClickTypes(t *testing.T) {
	for event, want := range map[string]string{
		"Products Searched": "search", "Product List Viewed": "view_item_list", "Product List Filtered": "view_item_list",
		"Promotion Viewed": "view_promotion", "Promotion Clicked": "select_promotion", "Product Clicked": "select_item",
		"Product Viewed": "view_item", "Product Added": "add_to_cart", "Product Removed": "remove_from_cart", "Cart Viewed": "view_cart",
		"Checkout Started": "begin_checkout", "Checkout Step Viewed": "custom", "Payment Info Entered": "add_payment_info",
		"Product Added to Wishlist": "add_to_wishlist", "Product Removed from Wishlist": "custom", "Wishlist Product Added to Cart": "add_to_cart",
		"Coupon Entered": "coupon", "Coupon Applied": "coupon", "Coupon Denied": "coupon", "Coupon Removed": "coupon",
		"Product Shared": "custom", "Cart Shared": "custom", "Product Reviewed": "custom", "Experiment Viewed": "experiment_viewed",
		"product viewed": "custom", "Order Updated": "custom", "Order Refunded": "custom", "Order Cancelled": "custom",
	} {
		t.Run(event, func(t *testing.T) {
			f := newFixture(t, nil)
			f.must(200, "/v1/track", publicKey, product(event, `"order_id":"o1"`))
			c := f.click()
			if c.Type != want {
				t.Errorf("type %q, want %q", c.Type, want)
			}
			if named := want == "custom" || want == "coupon"; named != (c.Name == event) {
				t.Errorf("type %s has the name %q", want, c.Name)
			}
		})
	}
}

func TestCheckoutSteps(t *testing.T) {
	for properties, want := range map[string]string{
		`"shipping_method":"dhl"`:                         schemas.ClickAddShippingInfo,
		`"payment_method":"visa"`:                         schemas.ClickAddPaymentInfo,
		`"shipping_method":"dhl","payment_method":"visa"`: schemas.ClickAddPaymentInfo,
		`"step":1`: schemas.ClickCustom,
	} {
		f := newFixture(t, nil)
		f.must(200, "/v1/track", publicKey, product("Checkout Step Completed", properties))
		if c := f.click(); c.Type != want {
			t.Errorf("%s: type %q, want %q", properties, c.Type, want)
		}
	}
}

func TestCalls(t *testing.T) {
	for path, row := range map[string]struct{ body, kind, user, visitor string }{
		"page":     {`{"userId":"u"}`, schemas.ClickPageView, "u", "u"},
		"p":        {`{"anonymousId":"a"}`, schemas.ClickPageView, "", "a"},
		"screen":   {`{"userId":"u","anonymousId":"a","name":"Start"}`, schemas.ClickPageView, "u", "a"},
		"identify": {`{"userId":"u","anonymousId":"a","traits":{"email":"x@y.example"}}`, schemas.ClickIdentify, "u", "a"},
		"alias":    {`{"userId":"u","previousId":"a"}`, schemas.ClickIdentify, "u", "a"},
		"group":    {`{"userId":"u","groupId":"g"}`, schemas.ClickCustom, "u", "u"},
		"track":    {`{"userId":507,"event":"E","type":"page"}`, schemas.ClickCustom, "507", "507"}, // the path says the call
		"import":   {`{"batch":[{"type":"page","userId":"u","category":null}]}`, schemas.ClickPageView, "u", "u"},
	} {
		t.Run(path, func(t *testing.T) {
			f := newFixture(t, nil)
			f.must(200, "/v1/"+path, publicKey, row.body)
			if c := f.click(); c.Type != row.kind || c.UserID != row.user || c.AnonymousID != row.visitor || c.EventID == "" {
				t.Errorf("%+v", c)
			}
			if n := counted(t, f.collector.metrics.generated); n != 1 {
				t.Errorf("%v generated ids, want 1", n)
			}
		})
	}
}

func TestBatchContextMerges(t *testing.T) {
	f := newFixture(t, nil)
	f.must(200, "/v1/batch", publicKey, `{"batch":[
		{"type":"page","anonymousId":"a","context":{"campaign":{"name":"own"}}},
		{"type":"page","anonymousId":"b"}],
		"context":{"locale":"de-DE","campaign":{"name":"all","source":"news"}}}`)
	clicks := f.clicks()
	if clicks[0].Campaign != "own" || clicks[0].UTMSource != "news" || clicks[0].Locale != "de-DE" || clicks[1].Campaign != "all" {
		t.Errorf("%+v\n%+v", clicks[0], clicks[1])
	}
}

func TestTimes(t *testing.T) {
	const at = 1795381480000 // ten seconds before the collector's clock
	for _, row := range []struct {
		name, fields string
		occurred     schemas.Millis
		skewed       float64
	}{
		{"none", ``, at + 10_000, 0},
		{"no sentAt", `,"timestamp":"2026-11-22T21:04:40Z"`, at, 0},
		{"skew of 10 s stands", `,"timestamp":"2026-11-22T21:04:39Z","sentAt":"2026-11-22T21:04:40Z"`, at - 1_000, 0},
		{"skew above 10 s is corrected", `,"timestamp":"2026-11-22T21:04:38.999Z","sentAt":"2026-11-22T21:04:39.999Z"`, at + 9_000, 1},
		{"clock an hour ahead", `,"timestamp":"2026-11-22T22:04:40Z","sentAt":"2026-11-22T22:04:41Z"`, at + 9_000, 1},
		{"clock in 2001", `,"timestamp":"2001-01-01T00:00:00Z","sentAt":"2001-01-01T00:00:02Z"`, at + 8_000, 1},
		{"sentAt is no time", `,"timestamp":"2026-11-22T21:04:40Z","sentAt":"yesterday"`, at, 0},
		{"originalTimestamp goes first", `,"timestamp":"2026-11-22T21:00:00Z","originalTimestamp":"2026-11-22T21:04:40Z"`, at, 0},
		{"days old", `,"timestamp":"2026-11-12T21:04:40Z"`, at - 10*86_400_000, 0},
		{"five minutes ahead", `,"timestamp":"2026-11-22T21:09:50Z"`, at + 310_000, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.must(200, "/v1/page", publicKey, `{"anonymousId":"a"`+row.fields+`}`)
			if c := f.click(); c.OccurredAt != row.occurred || c.ReceivedAt != at+10_000 {
				t.Errorf("occurred %v, want %v", c.OccurredAt, row.occurred)
			}
			if n := counted(t, f.collector.metrics.skewed); n != row.skewed {
				t.Errorf("%v counted as skewed, want %v", n, row.skewed)
			}
		})
	}
}

func TestOrderMoney(t *testing.T) {
	for _, row := range []struct {
		properties string
		total      schemas.Money
		currency   string
	}{
		{`"total":10`, 10_000_000, "EUR"},
		{`"total":"10.5","currency":"usd"`, 10_500_000, "USD"},
		{`"value":3`, 3_000_000, "EUR"},
		{`"revenue":10,"shipping":2,"tax":1.5`, 13_500_000, "EUR"},
		{`"subtotal":10,"tax":1`, 11_000_000, "EUR"},
		{`"total":0`, 0, "EUR"},
		{`"total":0.0000005`, 0, "EUR"},
		{`"total":0.0000015`, 2, "EUR"},
	} {
		f := newFixture(t, nil)
		f.must(200, "/v1/track", secretKey, product("Order Completed", `"order_id":"o1",`+row.properties))
		for _, o := range f.orders() {
			if o.Total != row.total || o.Currency != row.currency {
				t.Errorf("%s: %+v", row.properties, o)
			}
		}
		if c := f.click(); c.Value != row.total || c.Currency != row.currency || c.AnonymousID != "a" {
			t.Errorf("%s: purchase %+v", row.properties, c)
		}
	}
}

func TestOrderTotalOverflow(t *testing.T) {
	f := newFixture(t, nil)
	const most = "9223372036854.775807"
	f.must(200, "/v1/track", secretKey, product("Order Completed", `"order_id":"o1","revenue":`+most+`,"shipping":`+most+`,"tax":`+most))
	if l := f.letters(); len(l) != 1 || len(f.orders()) != 0 {
		t.Errorf("dead letters %+v orders %+v", l, f.orders())
	}
}

func TestOrderStages(t *testing.T) {
	completed := product("Order Completed", `"order_id":"o1","total":5,"coupons":["A","B"],"products":[{"sku":"s","quantity":2},{"sku":"t"}]`)
	t.Run("browser and server count once", func(t *testing.T) {
		f := newFixture(t, nil)
		f.must(200, "/v1/track", secretKey, completed)
		f.must(200, "/v1/track", publicKey, completed)
		c := f.clicks()
		if len(c) != 2 || c[0].EventID != c[1].EventID || c[0].AnonymousID != c[1].AnonymousID || !c[0].Server || c[1].Server || len(f.orders()) != 2 {
			t.Errorf("%+v", c)
		}
		if o := f.orders()[0]; o.Units != 3 || len(o.Coupons) != 2 || o.PlacedAt == 0 || o.Shadow {
			t.Errorf("%+v", o)
		}
	})
	t.Run("no visitor, no purchase", func(t *testing.T) {
		f := newFixture(t, nil)
		f.must(200, "/v1/track", secretKey, strings.Replace(completed, "anonymousId", "userId", 1))
		if len(f.clicks()) != 0 || len(f.orders()) != 2 || f.orders()[0].Buyer != "a" {
			t.Errorf("clicks %+v orders %+v", f.clicks(), f.orders())
		}
	})
	t.Run("shop with another authority", func(t *testing.T) {
		f := newFixture(t, nil)
		f.must(200, "/v1/track", betaKey, completed)
		if o := f.orders(); len(o) != 2 || !o[0].Shadow || !o[1].Shadow || o[0].Currency != "CNY" {
			t.Errorf("%+v", o)
		}
	})
	for _, row := range []struct{ event, properties, kind string }{
		{"Order Updated", `"order_id":"o1","total":5`, schemas.OrderUpdated},
		{"Order Cancelled", `"order_id":"o1"`, schemas.OrderCancelled},
		{"Order Refunded", `"order_id":"o1","total":2`, schemas.OrderRefunded},
	} {
		t.Run(row.event, func(t *testing.T) {
			f := newFixture(t, nil)
			for _, id := range []string{"m1", "m1", "m2"} {
				f.must(200, "/v1/track", secretKey, strings.Replace(product(row.event, row.properties), "{", `{"messageId":"`+id+`",`, 1))
			}
			o := f.orders()
			again := o[0].EventID == o[2].EventID
			if len(o) != 3 || o[0].Type != row.kind || o[0].EventID != o[1].EventID || again != (row.kind == schemas.OrderCancelled) || len(f.clicks()) != 0 {
				t.Errorf("%+v", o)
			}
			if row.kind == schemas.OrderRefunded && (o[0].Refund != 2_000_000 || o[0].Total != 0) {
				t.Errorf("refund %v total %v", o[0].Refund, o[0].Total)
			}
		})
	}
	t.Run("refund id tells refunds apart", func(t *testing.T) {
		f := newFixture(t, nil)
		for i := range 2 {
			f.must(200, "/v1/track", secretKey, product("Order Refunded", fmt.Sprintf(`"order_id":"o1","refund_id":"r1","refund":%d`, 1+i)))
		}
		if o := f.orders(); o[0].EventID != o[1].EventID || o[0].Refund != 1_000_000 {
			t.Errorf("%+v", o)
		}
	})
}

// A custom event's property may have an e-commerce name and mean anything.
func TestCustomEventKeepsNoMoney(t *testing.T) {
	f := newFixture(t, nil)
	f.must(200, "/v1/track", publicKey, product("Slider Moved", `"value":"high","price":-3,"quantity":1.5`))
	if c := f.click(); c.Type != schemas.ClickCustom || c.Price != 0 || c.Value != 0 || c.Currency != "" {
		t.Errorf("%+v", c)
	}
}

// So may a page's, which no rule has checked.
func TestPageKeepsNoMoney(t *testing.T) {
	f := newFixture(t, nil)
	f.must(200, "/v1/page", publicKey, `{"anonymousId":"a","properties":{"value":-5,"price":-1,"currency":"none","products":[{"price":-1}]}}`)
	if c := f.click(); c.Price != 0 || c.Value != 0 || c.Currency != "" || len(c.Items) != 0 {
		t.Errorf("%+v", c)
	}
}

// An order whose purchase cannot be kept is quarantined whole: its order events are not counted beside the dead letter.
func TestOrderIsCountedOrQuarantined(t *testing.T) {
	f := newFixture(t, nil)
	f.must(200, "/v1/track", secretKey, product("Order Completed", `"order_id":"o1","total":1,"session_id":"a\u0000"`))
	if len(f.letters()) != 1 || len(f.kept.recs) != 1 {
		t.Errorf("%d dead letters, %d records", len(f.letters()), len(f.kept.recs))
	}
}

func TestServerDevice(t *testing.T) {
	f := newFixture(t, nil)
	f.must(200, "/v1/page", secretKey, `{"anonymousId":"a"}`)
	if c := f.click(); c.Device != deviceServer || !c.Server {
		t.Errorf("%+v", c)
	}
	f = newFixture(t, nil)
	r := request("/v1/page", publicKey, `{"anonymousId":"a","properties":{"url":"https://u:p@shop.example/en/products/mug?utm_campaign=c1&utm_medium=cpc&utm_source=google#x","referrer":"https://www.google.de/search?q=secret"}}`)
	r.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)")
	f.do(r)
	c := f.click()
	if c.Device != deviceMobile || c.Page != "/en/products/mug" || c.PageType != pageProduct || c.Referrer != "www.google.de/search" ||
		c.Campaign != "c1" || c.Channel != channelPaidSearch || c.UTMMedium != "cpc" {
		t.Errorf("%+v", c)
	}
}
