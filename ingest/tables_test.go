package ingest

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"tidemark/schemas"
	"time"
)

func TestChannelOf(t *testing.T) {
	for _, row := range []struct{ medium, source, page, referrer, want string }{
		{"", "", "", "", ""},
		{"", "", "https://shop.example/", "", channelDirect},
		{"", "", "/only/path", "", channelDirect},
		{"", "", "https://shop.example/a", "https://shop.example/b", ""},
		{"", "", "https://shop.example/", "https://www.google.co.uk/", channelOrganicSearch},
		{"", "", "https://shop.example/", "https://m.weibo.com/x", channelSocial},
		{"", "", "https://shop.example/", "https://blog.example/x", channelReferral},
		{"", "", "https://shop.example/", "https://google.evil-site.example/", channelReferral},
		{"CPC", "google", "", "", channelPaidSearch},
		{"cpc", "facebook", "", "", channelPaidSocial},
		{"email", "x", "", "", channelEmail},
		{"", "newsletter", "", "", channelEmail},
		{"carrier pigeon", "x", "", "", channelOther},
		{"affiliate", "", "", "", channelAffiliate},
	} {
		if got := channelOf(row.medium, row.source, locate(row.page), locate(row.referrer)); got != row.want {
			t.Errorf("%+v: %q", row, got)
		}
	}
}

func TestPageTypeOf(t *testing.T) {
	for path, want := range map[string]string{
		"": "", "/": "home", "/en": "home", "/de-DE/": "home", "/products/mug": "product", "/collections/mugs/products/blue": "product",
		"/products": "list", "/category/mugs": "list", "/search": "search", "/cart": "cart", "/checkout/step-2": "checkout", "/blog/a": "content",
		"/zzz/yyy": "other",
	} {
		if got := pageTypeOf(path, ""); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
	if got := pageTypeOf("/zzz", "Product"); got != pageProduct {
		t.Errorf("category product: %q", got)
	}
}

func TestDeviceOf(t *testing.T) {
	all := newDevices()
	for agent, want := range map[string]string{
		"": "", "Mozilla/5.0 (iPad; CPU OS 12_0)": "tablet", "Mozilla/5.0 (Linux; Android 14; Pixel) Mobile Safari": "mobile",
		"Mozilla/5.0 (Linux; Android 14; SM-X700) Safari": "tablet", "Mozilla/5.0 (Windows NT 10.0)": "desktop", "curl/8.0": "other",
	} {
		if got, _ := all.classify(agent); got != want {
			t.Errorf("%q: %q, want %q", agent, got, want)
		}
	}
}

func TestBots(t *testing.T) {
	all := newDevices()
	for agent, want := range map[string]bool{
		"": false,
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36":                                           false,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.47(0x18002f2c)":           false,
		"Mozilla/5.0 (Linux; Android 10; HarmonyOS; ELS-AN00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88 HuaweiBrowser/14.0.5 Mobile Safari/537.36": false,
		"Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0 Mobile Safari/537.36":                                         false,
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)":                                                                                  true,
		"Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)":                                                                       true,
		"Mozilla/5.0 (compatible; Bytespider; spider-feedback@bytedance.com)":                                                                                       true,
		"Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)":                                                                                   true,
		"360Spider": true, "YisouSpider": true, "Mozilla/5.0 (compatible;PetalBot;+https://webmaster.petalsearch.com/site/petalbot)": true,
		"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)":        true,
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36": true,
		"curl/8.1": true, "python-requests/2.32": true, "Scrapy/2.11": true,
	} {
		if _, got := all.classify(agent); got != want {
			t.Errorf("%q: %v, want %v", agent, got, want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for text, want := range map[string]string{
		"203.0.113.77": "203.0.113.0/24", "2001:db8:1:2::3": "2001:db8:1::/48", "::ffff:203.0.113.77": "203.0.113.0/24",
		"10.1.2.3": "", "127.0.0.1": "", "$remote": "", "": "", "fe80::1%eth0": "",
	} {
		if got := cutAddress(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	f := newFixture(t, nil)
	page := `{"anonymousId":"a","messageId":"%s","context":{"ip":"198.51.100.9"}}`
	r := request("/v1/page", publicKey, fmt.Sprintf(page, "1"))
	r.RemoteAddr = "203.0.113.77:1234"
	f.do(r)
	r = request("/v1/page", secretKey, fmt.Sprintf(page, "2"))
	r.RemoteAddr = "203.0.113.77:1234"
	f.do(r)
	if c := f.clicks(); len(c) != 2 || c[0].Network != "203.0.113.0/24" || c[1].Network != "198.51.100.0/24" {
		t.Errorf("%+v", c)
	}
}

func TestClickIDs(t *testing.T) {
	for query, want := range map[string]string{
		"gclid=a": "google paid_search", "fbclid=a": "meta social", "bd_vid=1": "baidu paid_search", "clickid=1": " direct", "clickid=1&adid=2": "oceanengine paid_social",
		"qz_gdt=1": "tencent paid_social", "utm_medium=email&gclid=a": "google email", "id=1": " direct", "gclid=": " direct",
	} {
		f := newFixture(t, nil)
		f.must(200, "/v1/page", publicKey, `{"anonymousId":"a","properties":{"url":"https://shop.example/?`+query+`"}}`)
		if c := f.click(); c.AdNetwork+" "+c.Channel != want {
			t.Errorf("%s: %s %s, want %s", query, c.AdNetwork, c.Channel, want)
		}
	}
}

func TestLocate(t *testing.T) {
	for text, want := range map[string]location{
		"":                                  {},
		"/a?b#c":                            {path: "/a", query: "b"},
		"https://Shop.Example":              {host: "shop.example", path: "/"},
		"https://u:p@shop.example:81/a?b=c": {host: "shop.example:81", path: "/a", query: "b=c"},
		"https://shop.example?x=/y":         {host: "shop.example", path: "/", query: "x=/y"},
	} {
		if got := locate(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"red shoes 42":               "red shoes 42",
		"iphone 15 256":              "iphone 15 256",
		"ring +49 (151) 123-45678":   "ring [number]",
		"jo.doe+x@mail.example.com!": "[email]!",
		"jo%40mail.example":          "[email]",
		"a@b":                        "a@b",
		"电话１３８１２３４５６７８":             "电话[number]",
		"身份证 11010519491231002X":    "身份证 [number]",
		"卡 6222 0212 3456 7890 123": "卡 [number]",
		"jo＠mail.example":           "[email]",
	} {
		if got, hit := maskFree(text); got != want || hit != (text != want) {
			t.Errorf("%q: %q %v, want %q", text, got, hit, want)
		}
	}
}

func TestRedact(t *testing.T) {
	shop, _ := loadShops(t).ByID("alpha")
	for text, want := range map[string]string{
		`{"email":"x","a":{"First_Name":{"deep":["y"]},"b":1}}`: `{"email":"[personal]","a":{"First_Name":"[personal]","b":1}}`,
		`{"note":"call 13800138000","n":13800138000}`:           `{"note":"[personal]","n":"[number]"}`,
		`{"occurred_at":1795381489000}`:                         `{"occurred_at":1795381489000}`,
		`{"x":"\ud800"}`:                                        "{\"x\":\"\uFFFD\"}",
		`{"email":"secret","x":`:                                `{"email":"[personal]","x":`,
		`{"traits":{"a":"secret value","b`:                      `{"traits":{"a":"[personal]","[personal]"`,
		`{"tags":["secret", "words"],"x":`:                      `{"tags":["[personal]", "[personal]"],"x":`,
		`{"x": "secret:`:                                        `{"x": "[personal]"`,
		`{"shipping_address":"x","customerEmail":"y","z":"z"}`:  `{"shipping_address":"[personal]","customerEmail":"[personal]","z":"z"}`,
		"\xff\xfe": "\uFFFD",
	} {
		if got, _ := redact([]byte(text), redaction{shop: shop, at: schemas.MillisOf(testNow)}); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got, _ := redact([]byte(`{"a":"`+strings.Repeat("é", 1<<20)+`"}`), redaction{shop: shop, at: schemas.MillisOf(testNow)}); len(got) > maxPayload {
		t.Errorf("payload of %d bytes", len(got))
	}
}

func TestBuckets(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	b := newBuckets(10, 20)
	if b.take("a", 20, now) != 0 || b.take("b", 1, now) != 0 {
		t.Error("a full bucket refuses")
	}
	if wait := b.take("a", 5, now); wait != 500*time.Millisecond {
		t.Errorf("wait %v, want 500 ms", wait)
	}
	now = now.Add(500 * time.Millisecond)
	if b.take("a", 5, now) != 0 {
		t.Error("refused after the wait that was named")
	}
	if b.take("big", 1000, now) != 0 || b.take("big", 1, now.Add(time.Second)) == 0 {
		t.Error("a batch above the burst must pass once and be owed")
	}
	if newBuckets(-1, 0).take("a", 1e9, now) != 0 {
		t.Error("a negative rate limits nothing")
	}
}

func TestBucketsAreBounded(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	b := newBuckets(1, 1)
	for i := range 3 * maxBuckets {
		b.take(string(rune(i%0x10000))+string(rune(i/0x10000)), 1, now)
	}
	if len(b.byName) > maxBuckets {
		t.Errorf("%d buckets", len(b.byName))
	}
	now = now.Add(time.Minute)
	b.take("new", 1, now)
	if len(b.byName) != 1 {
		t.Errorf("%d buckets after a minute of silence, want 1", len(b.byName))
	}
}

func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, row := range []struct {
		peer, forwarded string
		proxies         []netip.Prefix
		want            string
	}{
		{"1.2.3.4:5", "", nil, "1.2.3.4"},
		{"1.2.3.4:5", "9.9.9.9", nil, "1.2.3.4"},
		{"1.2.3.4:5", "9.9.9.9", proxies, "1.2.3.4"},
		{"10.0.0.1:5", "9.9.9.9", proxies, "9.9.9.9"},
		{"10.0.0.1:5", "6.6.6.6, 9.9.9.9, 10.1.1.1", proxies, "9.9.9.9"},
		{"10.0.0.1:5", "garbage", proxies, "10.0.0.1"},
		{"[2001:db8:1:2:3::4]:5", "", nil, "2001:db8:1:2::/64"},
		{"[::ffff:1.2.3.4]:5", "", nil, "1.2.3.4"},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.RemoteAddr = row.peer
		r.Header.Set("X-Forwarded-For", row.forwarded)
		if got := clientAddress(r, row.proxies); got != row.want {
			t.Errorf("%+v: %q", row, got)
		}
	}
}

func TestStableID(t *testing.T) {
	if stableID("ab", "c") == stableID("a", "bc") || stableID("a") == stableID("a", "") {
		t.Error("two lists of parts have one id")
	}
	if got, want := stableID("alpha", "o1", "purchase"), stableID("alpha", "o1", "purchase"); got != want || len(got) != 32 {
		t.Errorf("%q %q", got, want)
	}
}
