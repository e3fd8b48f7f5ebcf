package ingest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tidemark/schemas"
)

// clientCase is what one client sends, in the form of its published SDK, and what it becomes.
type clientCase struct {
	name, path, body string
	secret           bool
	clicks           string // type, visitor, user, time, and what follows per line; see clickLine
	orders           string // type, order, buyer, total, currency
	letters          string // kinds
}

// clientCases have payloads with the members, and in the order, that the SDKs' present versions write.
func clientCases() []clientCase {
	return []clientCase{
		{
			name: "posthog-node batch", path: "/batch/", secret: true,
			body: `{"api_key":"sk_recorded_0123456789","batch":[
{"event":"$pageview","properties":{"$current_url":"https://shop.example.com/p/mugs?utm_medium=email&utm_campaign=spring","$session_id":"s1","$lib":"posthog-node","$lib_version":"5.70.0","$is_server":true,"$geoip_disable":true},"timestamp":"2026-11-22T21:04:40.331Z","uuid":"01a220ed-067b-7437-a0e5-1ec5f4c01bc6","distinct_id":"u1"},
{"event":"Order Completed","properties":{"order_id":"o1","total":5.5,"currency":"USD","$lib":"posthog-node"},"timestamp":"2026-11-22T21:04:41.332Z","uuid":"01a220ed-067c-7b14-9490-ba029ead3bd5","distinct_id":"u1"},
{"event":"$identify","properties":{"$set":{"email":"a@b.example"},"$anon_distinct_id":"a1"},"timestamp":"2026-11-22T21:04:42.332Z","uuid":"01a220ed-067c-7b14-9490-ba03d0b101d2","distinct_id":"u1"}],"sent_at":"2026-11-22T21:04:44.334Z"}`,
			clicks: "page_view u1//40331 /p/mugs spring email\npurchase u1//41332 value=5.5 USD\nidentify a1/u1/42332",
			orders: "order_placed o1 u1 5.5 USD\norder_paid o1 u1 5.5 USD",
		},
		{
			name: "posthog-js one event", path: "/i/v0/e/",
			body:   `{"uuid":"0190","event":"$pageview","properties":{"token":"pk_recorded","$device_id":"d1","distinct_id":"u1","$user_id":"u1","$pathname":"/","$current_url":"https://shop.example/","$referrer":"https://www.baidu.com/s?wd=x","$session_id":"s","$device_type":"Mobile","$browser_language":"zh-CN","utm_source":null},"timestamp":"2026-11-22T21:04:40Z","distinct_id":"u1"}`,
			clicks: "page_view d1/u1/40000 / organic_search mobile",
		},
		{
			name: "posthog-js bare array", path: "/i/v0/e/",
			body: `[{"uuid":"1","event":"$web_vitals","properties":{"token":"pk_recorded","$web_vitals_LCP_value":812.6,"$web_vitals_CLS_value":0.25,"$device_id":"d1"},"timestamp":"2026-11-22T21:04:40Z","distinct_id":"d1"},
{"uuid":"2","event":"$feature_flag_called","properties":{"$feature_flag":"exp","$feature_flag_response":"b"},"timestamp":"2026-11-22T21:04:40Z","distinct_id":"d1"},
{"uuid":"3","event":"$exception","properties":{"$exception_message":"x is undefined"},"timestamp":"2026-11-22T21:04:40Z","distinct_id":"d1"},
{"uuid":"4","event":"$autocapture","properties":{"$el_text":"Buy"},"timestamp":"2026-11-22T21:04:40Z","distinct_id":"d1"}]`,
			clicks: "web_vitals d1//40000 lcp=813 cls=250\nexperiment_viewed d1//40000 exp=b\njs_error d1//40000 x is undefined\ncustom d1//40000 $autocapture",
		},
		{
			name: "posthog bad events", path: "/batch/",
			body:    `{"api_key":"pk_recorded","batch":[{"event":"e","uuid":"1","timestamp":"2026-11-22T21:04:40Z"},{"uuid":"2","distinct_id":"d"},{"event":"e","uuid":"3","distinct_id":"d","timestamp":"yesterday"},7]}`,
			letters: "missing_field missing_field bad_time unreadable",
		},
		{
			name: "amplitude-node", path: "/2/httpapi",
			body: `{"api_key":"pk_recorded","events":[
{"time":1795381480693,"insert_id":"21fae0ab","event_type":"Product Viewed","user_id":"u1","device_id":"d1","event_properties":{"product_id":"p1","price":3.5,"currency":"USD"},"event_id":0,"library":"amplitude-node-ts/1.5.73"},
{"time":1795381480696,"insert_id":"aeac43d9","user_id":"u1","event_type":"$identify","user_properties":{"$set":{"plan":"gold"}},"event_id":1},
{"time":1795381480697,"insert_id":"26c256ba","user_id":"u1","event_type":"revenue_amount","event_properties":{"$productId":"p1","$quantity":2,"$price":3.99,"$revenueType":"purchase"},"event_id":2},
{"time":1795381480698,"insert_id":"4","device_id":"d1","event_type":"[Amplitude] Page Viewed","ip":"$remote","language":"de","platform":"Web","event_properties":{"[Amplitude] Page Location":"https://shop.example/cart?utm_medium=cpc","[Amplitude] Page Path":"/cart"}}],"options":{},"client_upload_time":"2026-11-22T21:04:42.698Z"}`,
			clicks: "view_item d1/u1/40693 p1 price=3.5 USD\nidentify u1/u1/40696\ncustom u1/u1/40697 revenue_amount p1\npage_view d1//40698 /cart paid_search",
		},
		{
			name: "amplitude bad events", path: "/2/httpapi",
			body:    `{"api_key":"pk_recorded","events":[{"time":"soon","insert_id":"1","user_id":"u","event_type":"e"},{"time":-1,"insert_id":"2","user_id":"u","event_type":"e"},{"insert_id":"3","user_id":"u"},{"insert_id":"4","event_type":"e"}]}`,
			letters: "bad_time bad_time missing_field missing_field",
		},
		{
			name: "jitsu", path: "/api/s/track",
			body:   `{"type":"track","event":"Product Viewed","properties":{"product_id":"p1"},"userId":null,"anonymousId":"35c0f802","timestamp":"2026-11-22T21:04:40.628Z","sentAt":"2026-11-22T21:04:40.628Z","messageId":"io27oelj62aapdggy9vg","writeKey":"k:***","context":{"library":{"name":"@jitsu/js"},"traits":{},"page":{},"clientIds":{},"campaign":{}}}`,
			clicks: "view_item 35c0f802//40628 p1",
		},
		{
			name: "ga4", path: "/mp/collect", secret: true,
			body: `{"client_id":"c1","user_id":"u1","timestamp_micros":"1795381480123456","events":[
{"name":"page_view","params":{"page_location":"https://shop.example/?gclid=x","page_referrer":"https://www.google.com/","session_id":"s","engagement_time_msec":100}},
{"name":"purchase","params":{"transaction_id":"t1","currency":"EUR","value":12.5,"shipping":2,"tax":1,"items":[{"item_id":"p1","item_name":"Mug","item_category":"kitchen","price":6.25,"quantity":2}]}},
{"name":"view_item_list","params":{"item_list_id":"home","items":[{"item_id":"p1","price":6.25}],"currency":"EUR"}},
{"name":"user_engagement","params":{"engagement_time_msec":1500}}]}`,
			clicks: "page_view c1/u1/40123 / paid_search google\npurchase c1/u1/40123 value=15.5 EUR\nview_item_list c1/u1/40123 home EUR\nengagement c1/u1/40123 engaged=1500",
			orders: "order_placed t1 u1 15.5 EUR\norder_paid t1 u1 15.5 EUR",
		},
		{
			name: "ga4 bad events", path: "/mp/collect",
			body:    `{"client_id":"c1","timestamp_micros":true,"events":[{"name":"e"},{"timestamp_micros":1795381480123456},{"name":"purchase","timestamp_micros":1795381480123456,"params":{"transaction_id":"","value":1,"currency":"EUR"}},{"name":"purchase","timestamp_micros":1795381480123456,"params":{"transaction_id":"t","value":-1,"currency":"EUR"}}]}`,
			letters: "bad_time missing_field missing_field bad_amount",
		},
		{
			name: "snowplow node", path: snowplowPost, secret: true,
			body: `{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[
{"e":"pv","url":"https://shop.example.com/p/mugs?utm_source=n&utm_medium=email","page":"x","refr":"https://g.example/","eid":"78ad5c77","p":"srv","tv":"node-4.8.0","tna":"ns","aid":"sk_recorded_0123456789","uid":"u1","dtm":"1795381480424","stm":"1795381480438"},
{"e":"se","se_ca":"shop","se_ac":"add-to-basket","se_la":"p1","se_pr":"pcs","se_va":"2","eid":"5927dfdc","p":"srv","aid":"sk_recorded_0123456789","uid":"u1","dtm":"1795381480426","stm":"1795381480438"},
{"e":"ue","eid":"d1b3435e","p":"srv","aid":"sk_recorded_0123456789","uid":"u1","duid":"d1","dtm":"1795381480426","ue_pr":"{\"schema\":\"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0\",\"data\":{\"schema\":\"iglu:com.snowplowanalytics.snowplow.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2\",\"data\":{\"type\":\"transaction\"}}}","co":"{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0\",\"data\":[{\"schema\":\"iglu:com.snowplowanalytics.snowplow.ecommerce/transaction/jsonschema/1-0-0\",\"data\":{\"transaction_id\":\"o1\",\"revenue\":5.5,\"currency\":\"USD\",\"payment_method\":\"card\",\"total_quantity\":1}},{\"schema\":\"iglu:com.snowplowanalytics.snowplow.ecommerce/product/jsonschema/1-0-0\",\"data\":{\"id\":\"p1\",\"currency\":\"USD\",\"price\":5.5,\"category\":\"c\",\"quantity\":1}}]}","stm":"1795381480438"},
{"e":"tr","tr_id":"o2","tr_tt":"7","tr_cu":"EUR","eid":"ae4268ee","p":"srv","aid":"sk_recorded_0123456789","uid":"u1","dtm":"1795381480427","stm":"1795381480438"}]}`,
			clicks: "page_view u1/u1/40424 /p/mugs email\ncustom u1/u1/40426 add-to-basket\npurchase d1/u1/40426 p1 price=5.5 value=5.5 USD",
			orders: "order_placed o1 u1 5.5 USD\norder_paid o1 u1 5.5 USD\norder_placed o2 u1 7 EUR\norder_paid o2 u1 7 EUR",
		},
		{
			name: "snowplow python, base64", path: snowplowPost,
			body:   `{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[{"e":"ue","ue_px":"eyJzY2hlbWEiOiAiaWdsdTpjb20uc25vd3Bsb3dhbmFseXRpY3Muc25vd3Bsb3cvdW5zdHJ1Y3RfZXZlbnQvanNvbnNjaGVtYS8xLTAtMCIsICJkYXRhIjogeyJzY2hlbWEiOiAiaWdsdTpjb20uc25vd3Bsb3dhbmFseXRpY3Muc25vd3Bsb3cuZWNvbW1lcmNlL3Nub3dwbG93X2Vjb21tZXJjZV9hY3Rpb24vanNvbnNjaGVtYS8xLTAtMiIsICJkYXRhIjogeyJ0eXBlIjogInByb2R1Y3RfdmlldyJ9fX0=","cx":"eyJzY2hlbWEiOiAiaWdsdTpjb20uc25vd3Bsb3dhbmFseXRpY3Muc25vd3Bsb3cvY29udGV4dHMvanNvbnNjaGVtYS8xLTAtMSIsICJkYXRhIjogW3sic2NoZW1hIjogImlnbHU6Y29tLnNub3dwbG93YW5hbHl0aWNzLnNub3dwbG93LmVjb21tZXJjZS9wcm9kdWN0L2pzb25zY2hlbWEvMS0wLTAiLCAiZGF0YSI6IHsiaWQiOiAicDEiLCAicHJpY2UiOiAxLjUsICJjdXJyZW5jeSI6ICJVU0QiLCAiY2F0ZWdvcnkiOiAiYyJ9fV19","p":"pc","uid":"u1","eid":"f3d3a71f","dtm":"1795381480194","tv":"py-1.1.0","tna":"ns","aid":"pk_recorded","stm":"1795381480000"}]}`,
			clicks: "view_item u1/u1/40194 p1 price=1.5 USD",
		},
		{
			name: "snowplow search and the first step", path: snowplowPost,
			body: `{"data":[{"e":"ue","aid":"pk_recorded","uid":"u1","eid":"1","dtm":"1795381480194","ue_pr":"{\"data\":{\"schema\":\"iglu:com.snowplowanalytics.snowplow/site_search/jsonschema/1-0-0\",\"data\":{\"terms\":[\"blue\",\"mug\"],\"totalResults\":7}}}"},
{"e":"ue","uid":"u1","eid":"2","dtm":"1795381480195","ue_pr":"{\"data\":{\"schema\":\"iglu:com.snowplowanalytics.snowplow.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2\",\"data\":{\"type\":\"checkout_step\"}}}","co":"{\"data\":[{\"schema\":\"iglu:com.snowplowanalytics.snowplow.ecommerce/checkout_step/jsonschema/1-0-0\",\"data\":{\"step\":1}}]}"}]}`,
			clicks: "search u1/u1/40194 blue mug 7 results\nbegin_checkout u1/u1/40195",
		},
		{
			name: "snowplow bad events", path: snowplowPost,
			body:    `{"data":[{"e":"pv","aid":"pk_recorded","dtm":"now","uid":"u","eid":"1"},{"e":"xx","uid":"u","eid":"2"},{"e":"ue","ue_px":"!","uid":"u","eid":"3"},{"e":"ue","ue_pr":"{\"data\":{}}","uid":"u","eid":"4"},{"e":"tr","tr_id":"o","tr_tt":"-1","tr_cu":"EUR","uid":"u","eid":"5","dtm":"1795381480194"},{"e":"pv","eid":"6"}]}`,
			letters: "bad_time unknown_type unreadable unreadable bad_amount missing_field",
		},
		{
			name: "cloudevents structured", path: "/cloudevents", secret: true,
			body:   `{"id":"1","time":"2026-11-22T21:04:40.429Z","type":"com.shop.orders.order_paid","source":"/shop","specversion":"1.0","datacontenttype":"application/json","data":{"order_id":"o1","buyer":"u1","total":"5.50","currency":"USD","event_id":"other","type":"order_placed"}}`,
			orders: "order_paid o1 u1 5.5 USD",
		},
		{
			name: "cloudevents bad", path: "/cloudevents", secret: true,
			body:    `{"id":"1","type":"order_paid","source":"/shop","specversion":"1.0","data":{}}`,
			letters: "unknown_type",
		},
	}
}

func TestClients(t *testing.T) {
	for _, tt := range clientCases() {
		t.Run(tt.name, func(t *testing.T) {
			key := publicKey
			if tt.secret {
				key = secretKey
			}
			f := newFixture(t, nil)
			r := request(tt.path, "", tt.body)
			switch tt.path {
			case "/cloudevents":
				r.SetBasicAuth(key, "")
				r.Header.Set("Content-Type", cloudEvent)
			case "/api/s/track":
				r.Header.Set("X-Write-Key", "k:"+key)
			case "/mp/collect":
				r.URL.RawQuery = "measurement_id=G-1&api_secret=" + key
			}
			if w := f.do(r); w.Code >= 300 {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			compareLines(t, "clicks", f.clicks(), clickLine, tt.clicks)
			compareLines(t, "orders", f.orders(), orderLine, tt.orders)
			compareLines(t, "dead letters", f.letters(), func(l Letter) string { return string(l.Kind) }, strings.ReplaceAll(tt.letters, " ", "\n"))
		})
	}
}

// TestClientsRepeat: what a client sends again has the ids that it had.
func TestClientsRepeat(t *testing.T) {
	for _, tt := range clientCases() {
		if tt.letters != "" {
			continue
		}
		f := newFixture(t, nil)
		for range 2 {
			r := request(tt.path, secretKey, tt.body)
			if tt.path == "/cloudevents" {
				r.Header.Set("Content-Type", cloudEvent)
			}
			if w := f.do(r); w.Code >= 300 {
				t.Fatalf("%s: status %d: %s", tt.name, w.Code, w.Body)
			}
		}
		ids := map[string]int{}
		for _, c := range f.clicks() {
			ids[c.EventID]++
		}
		for _, o := range f.orders() {
			ids[o.EventID]++
		}
		for id, n := range ids {
			if n != 2 {
				t.Errorf("%s: id %s occurs %d times in two equal requests", tt.name, id, n)
			}
		}
	}
}

func compareLines[E any](t *testing.T, what string, got []E, line func(E) string, want string) {
	t.Helper()
	var lines []string
	for _, e := range got {
		lines = append(lines, line(e))
	}
	if all := strings.Join(lines, "\n"); all != want {
		t.Errorf("%s:\n%s\nwant\n%s", what, all, want)
	}
}

// clickLine shows what a case can look at.
func clickLine(c schemas.Click) string {
	parts := []string{fmt.Sprintf("%s %s/%s/%d", c.Type, c.AnonymousID, c.UserID, c.OccurredAt%60_000)}
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	money := func(name string, m schemas.Money) {
		if m != 0 {
			parts = append(parts, name+"="+m.String())
		}
	}
	number := func(name string, n int64) {
		if n != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", name, n))
		}
	}
	add(c.Name)
	add(c.ProductID)
	money("price", c.Price)
	money("value", c.Value)
	add(c.Slot)
	add(c.Currency)
	number("lcp", c.LCPMS)
	number("cls", c.CLSMilli)
	number("engaged", c.EngagedMS)
	if c.Experiment != "" {
		add(c.Experiment + "=" + c.Variation)
	}
	if c.Type == schemas.ClickSearch {
		add(fmt.Sprintf("%s %d results", c.Query, c.Results))
	}
	if c.Type == schemas.ClickPageView {
		add(c.Page)
		add(c.Campaign)
		add(c.Channel)
		add(c.AdNetwork)
		add(strings.ReplaceAll(c.Device, "server", ""))
	}
	return strings.Join(parts, " ")
}

func orderLine(o schemas.Order) string {
	return fmt.Sprintf("%s %s %s %s %s", o.Type, o.OrderID, o.Buyer, o.Total, o.Currency)
}

func TestCloudEventsBinary(t *testing.T) {
	f := newFixture(t, nil)
	r := request("/cloudevents", secretKey, `{"order_id":"o1","buyer":"u1","total":"5.50","currency":"USD"}`)
	for name, value := range map[string]string{"Id": "1", "Time": "2026-11-22T21:04:40.429Z", "Type": "com.shop.orders.order_paid", "Source": "/shop%20one", "Specversion": "1.0"} {
		r.Header.Set("Ce-"+name, value)
	}
	if w := f.do(r); w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	o := f.orders()
	if len(o) != 1 || orderLine(o[0]) != "order_paid o1 u1 5.5 USD" || o[0].EventID != stableID(dialectCloudEvents, "/shop one", "1") || o[0].Source != dialectCloudEvents {
		t.Errorf("%+v, dead letters %+v", o, f.letters())
	}
}

func TestCloudEventsBatch(t *testing.T) {
	f := newFixture(t, nil)
	one := `{"id":"%d","time":"2026-11-22T21:04:40Z","type":"x.clickstream.page_view","source":"/s","specversion":"1.0","data":{"anonymous_id":"a"}}`
	r := request("/cloudevents", publicKey, "["+fmt.Sprintf(one, 1)+","+fmt.Sprintf(one, 2)+","+fmt.Sprintf(one, 1)+"]")
	r.Header.Set("Content-Type", cloudEventBatch)
	if w := f.do(r); w.Code != http.StatusMultiStatus || len(f.clicks()) != 2 || f.clicks()[0].Source != dialectCloudEvents {
		t.Errorf("status %d, %d clicks: %s", w.Code, len(f.clicks()), w.Body)
	}
	r = request("/cloudevents", publicKey, strings.ReplaceAll(fmt.Sprintf(one, 1), "clickstream.page_view", "orders.order_paid"))
	r.Header.Set("Content-Type", cloudEvent)
	if w := f.do(r); w.Code != http.StatusForbidden {
		t.Errorf("an order with a public key: status %d", w.Code)
	}
}

// TestKeysOfEvents: of a batch whose events carry the key, the first that may send speaks for it. What carries another shop's
// key is never the sender's, not in a letter either.
func TestKeysOfEvents(t *testing.T) {
	const aids = `{"e":"pv","uid":"u%d","eid":"%d","dtm":"1795381480194","url":"https://shop.example/"%s}`
	const tokens = `{"event":"$pageview","distinct_id":"u%d","uuid":"%d","timestamp":"2026-11-22T21:04:40Z","properties":{"$pathname":"/"%s}}`
	half := "\\ud800"
	broken := func(more string) string { return more + `,"x":"` + half + `"` }
	for name, c := range map[string]struct{ path, event, batch, key string }{
		"snowplow": {snowplowPost, aids, `{"data":[%s]}`, "aid"},
		"posthog":  {"/batch/", tokens, `{"batch":[%s]}`, "token"},
	} {
		key := func(text string) string { return `,"` + c.key + `":"` + text + `"` }
		send := func(f *fixture, outside string, events ...string) int {
			for n, more := range events {
				events[n] = fmt.Sprintf(c.event, n, n, more)
			}
			return f.post(c.path, outside, fmt.Sprintf(c.batch, strings.Join(events, ","))).Code
		}
		f := newFixture(t, nil)
		status := send(f, "", broken(""), broken(key(betaKey)), "", key(publicKey), key(secretKey), key("pk_nobody"), key(nativeKey))
		if status != http.StatusOK {
			t.Fatalf("%s: %d", name, status)
		}
		compareLines(t, name+" clicks", f.clicks(), func(c schemas.Click) string { return c.Shop + " " + c.AnonymousID }, "beta u2")
		compareLines(t, name+" letters", f.letters(), func(l Letter) string { return fmt.Sprintf("%s %s %v %s", l.Kind, l.Shop, l.Secret, l.Reason) },
			"bad_text beta true half a surrogate pair\nbad_text beta true half a surrogate pair\n"+
				"invalid alpha false event with another shop's key\ninvalid alpha true event with another shop's key\n"+
				"invalid  false event with a key that may not send\ninvalid  false event with a key that may not send")
		for _, l := range f.letters() {
			for _, k := range []string{publicKey, secretKey, betaKey, nativeKey, "pk_nobody"} {
				if strings.Contains(l.Payload+l.Context+l.Reason, k) {
					t.Errorf("%s: a letter holds a key: %s", name, l.Payload)
				}
			}
			recs, err := f.collector.Replay("k", &l)
			if (err == nil) != (l.Shop != "") || err == nil && !strings.Contains(string(recs[0].Value), `"shop":"`+l.Shop+`"`) {
				t.Errorf("%s: %+v replayed: %v %v", name, l, recs, err)
			}
		}

		f = newFixture(t, nil)
		if status := send(f, "", "", key(publicKey), key(secretKey)); status != http.StatusOK || len(f.clicks()) != 3 || f.clicks()[2].Server {
			t.Errorf("%s, keys of one shop: %d, %d clicks", name, status, len(f.clicks()))
		}
		f = newFixture(t, nil)
		if status := send(f, publicKey, key("shop-web"), key(betaKey), ""); status != http.StatusOK || len(f.clicks()) != 2 || len(f.letters()) != 1 || f.letters()[0].Shop != "beta" {
			t.Errorf("%s, key outside: %d, %d clicks, %+v", name, status, len(f.clicks()), f.letters())
		}
		f = newFixture(t, nil)
		if status := send(f, "", "", key("pk_nobody")); status != http.StatusUnauthorized || f.kept.count() != 0 {
			t.Errorf("%s, no key: %d", name, status)
		}
		if status := send(f, "", key(nativeKey)); status != http.StatusForbidden {
			t.Errorf("%s, key for another source: %d", name, status)
		}
	}
}

func TestSnowplowPixel(t *testing.T) {
	f := newFixture(t, nil)
	r := request("/i", "", "")
	r.Method, r.URL.RawQuery = http.MethodGet, "stm=1795381480435&e=pv&url=https%3A%2F%2Fshop.example.com%2Fget&eid=8f2f9af5&p=srv&uid=u&tv=node-4.8.0&aid=pk_recorded&dtm=1795381480428"
	w := f.do(r)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/gif" || w.Body.String() != string(pixel) {
		t.Errorf("status %d: %q", w.Code, w.Body)
	}
	if c := f.click(); clickLine(c) != "page_view u/u/40428 /get direct" {
		t.Errorf("%s", clickLine(c))
	}
	if w := f.post("/i", publicKey, "{}"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodGet {
		t.Errorf("POST /i: %d", w.Code)
	}
}

// TestRudderStack: its SDKs label gzip JSON as a form.
func TestRudderStack(t *testing.T) {
	f := newFixture(t, nil)
	r := request("/v1/batch", publicKey, `{"batch":[{"userId":"u1","event":"Product Viewed","properties":{"product_id":"p"},"type":"track","context":{"library":{"name":"analytics-node","version":"3.0.13"}},"channel":"server","_metadata":{"nodeVersion":"20"},"originalTimestamp":"2026-11-22T21:04:40.394Z","messageId":"06f6b3f5","sentAt":"2026-11-22T21:04:40.396Z"}],"timestamp":"2026-11-22T21:04:40.396Z","sentAt":"2026-11-22T21:04:40.396Z"}`)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := f.do(r); w.Code != http.StatusOK || clickLine(f.click()) != "view_item u1/u1/40394 p" {
		t.Errorf("status %d: %+v", w.Code, f.clicks())
	}
}

// TestAmplitudeRefusals: its SDKs look for the code in the body; by 413 they halve the batch, by a word they would send the
// same again until they give it up.
func TestAmplitudeRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, key, body string
		status          int
		word            string
	}{
		{"no such key", "pk_nobody", `{"events":[]}`, http.StatusUnauthorized, "Invalid API key: unknown_key"},
		{"too large", publicKey, `{"events":[],"x":"` + strings.Repeat("x", 1<<20) + `"}`, http.StatusRequestEntityTooLarge, "body_too_large"},
		{"no JSON", publicKey, "{", http.StatusBadRequest, "bad_json"},
	} {
		f := newFixture(t, nil)
		want := fmt.Sprintf(`{"code":%d,"error":%q,`, tt.status, tt.word)
		if w := f.post("/2/httpapi", tt.key, tt.body); w.Code != tt.status || !strings.HasPrefix(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %d %s", tt.name, w.Code, w.Body, tt.status, want)
		}
	}
}

// TestPathsAreOnes: no two clients share a path.
func TestPathsAreOnes(t *testing.T) {
	n := len(segmentRoutes()) + len(jitsuPaths()) + len(posthogPaths()) + 4
	if got := len(apis()); got != n {
		t.Errorf("%d paths of %d", got, n)
	}
	if !slices.Contains(posthogPaths(), "/batch/{$}") {
		t.Error("PostHog's own path is missing")
	}
}
