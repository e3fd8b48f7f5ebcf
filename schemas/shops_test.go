package schemas

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLoadShops(t *testing.T) {
	shops, err := LoadShops("testdata/shops.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := shops.All()
	if len(all) != 2 || all[0].ID != "de-main" || all[1].ID != "cn-main" {
		t.Fatalf("shops: %v", all)
	}
	all[0] = nil // the caller's copy only
	shop, ok := shops.ByID("de-main")
	if !ok || shop.Name != "Schuhe DE" || shop.Currency != "EUR" || shop.Stage != StageMature || shop.Location.String() != "Europe/Berlin" {
		t.Errorf("ByID: %+v, %v", shop, ok)
	}
	if cn, _ := shops.ByID("cn-main"); cn.Name != "cn-main" {
		t.Errorf("a shop without a name is called %q, want its id", cn.Name)
	}
	if _, ok := shops.ByID("fr-main"); ok {
		t.Error("ByID found a shop that is not there")
	}
	if shop.Promotions[0] != "11.11" || shop.Teams["trade"] != "trade-de" {
		t.Errorf("promotions and teams: %+v", shop)
	}
}

func TestShopsByKey(t *testing.T) {
	shops := must(LoadShops("testdata/shops.yaml"))
	shop, key, ok := shops.ByKey("pk-de-main-1234")
	if !ok || shop.ID != "de-main" || key.Kind != KeyPublic || !key.Allows("segment") || key.Allows("shopify") {
		t.Errorf("public key: %v, %+v, %v", shop, key, ok)
	}
	shop, key, ok = shops.ByKey("sk-de-main-0123456789abcdef")
	if !ok || shop.ID != "de-main" || key.Kind != KeySecret || !key.Allows("shopify") {
		t.Errorf("secret key: %v, %+v, %v", shop, key, ok)
	}
	for _, text := range []string{"", "pk-de-main-123", "pk-de-main-12345", hidden} {
		if shop, key, ok := shops.ByKey(text); ok || shop != nil || key != nil {
			t.Errorf("ByKey(%q) found %v", text, shop)
		}
	}
}

func TestShopCounts(t *testing.T) {
	shop, _ := must(LoadShops("testdata/shops.yaml")).ByID("de-main")
	if !shop.Counts("orders", "segment") || shop.Counts("orders", "ndjson") || !shop.Counts("clickstream", "ndjson") {
		t.Error("the authoritative source of orders is segment, and only of orders")
	}
}

// Attempts to pay have an authority of their own.
func TestShopCountsPayments(t *testing.T) {
	for authority, want := range map[string][3]bool{ // payment_failed of stripe, of ndjson; order_paid of stripe
		"{orders: segment}":                   {true, true, false},
		"{orders: segment, payments: stripe}": {true, false, false},
		"{payments: ndjson}":                  {false, true, true},
	} {
		shops := must(parseShops("s.yaml", []byte(goodShop+"authoritative: "+authority+"}]")))
		s := shops.All()[0]
		got := [3]bool{s.CountsOrder(OrderPaymentFailed, "stripe"), s.CountsOrder(OrderPaymentFailed, "ndjson"), s.CountsOrder(OrderPaid, "stripe")}
		if got != want || s.CountsOrder(OrderPaymentOK, "stripe") != want[0] {
			t.Errorf("%s: %v, want %v", authority, got, want)
		}
	}
}

func TestShopWebhook(t *testing.T) {
	shop, _ := must(LoadShops("testdata/shops.yaml")).ByID("de-main")
	w, ok := shop.Webhook("shopify")
	if !ok || w.Domain != "schuhe-de.myshopify.example" || len(w.Secrets) != 2 {
		t.Errorf("%+v, %v", w, ok)
	}
	if _, ok := shop.Webhook("stripe"); ok {
		t.Error("found a webhook that is not there")
	}
}

// Keys must not reach a log, however careless the format.
func TestKeysAreNeverPrinted(t *testing.T) {
	shop, _ := must(LoadShops("testdata/shops.yaml")).ByID("de-main")
	asJSON := must(json.Marshal(shop))
	k, careless := shop.Keys[0].Key, "%v %+v %#v %s %q %d %x"
	for _, out := range []string{fmt.Sprint(shop.Keys), fmt.Sprintf(careless, *shop, *shop, *shop, shop.Keys, k, k, k), k.String(), string(asJSON),
		fmt.Sprintf(careless, shop.Webhooks, shop.Webhooks, shop.Webhooks, shop.Webhooks, shop.Webhooks[0].Secrets, shop.Webhooks[0].Secrets, shop.Webhooks[0].Secrets)} {
		if strings.Contains(out, "pk-de") || strings.Contains(out, "sk-de") || strings.Contains(out, "0123456789abcdef") {
			t.Errorf("a key is printed: %s", out)
		}
	}
}

const goodShop = "shops: [{id: a, zone: UTC, currency: EUR, market: de, stage: new, "

// Every broken file is refused with the place, the field and what to do.
func TestBrokenShops(t *testing.T) {
	for name, c := range map[string]struct{ yaml, want string }{
		"empty":             {"", "shops: none; list at least one shop"},
		"no shops":          {"shops: []", "shops: none"},
		"empty shop":        {"shops: [null]", "shops[0]: empty; remove it"},
		"not YAML":          {"shops: [", "line 1, column"},
		"no object":         {"just text", "wrong type"},
		"shops no list":     {"shops: {a: b}", "wrong type"},
		"unknown field":     {goodShop + "colour: red}]", "unknown field; remove it or correct its name"},
		"wrong case":        {goodShop + "Name: A}]", "unknown field"},
		"unknown top":       {"shop: []", "line 1, column 1: unknown field"},
		"field twice":       {goodShop + "id: b}]", "fields given twice"},
		"two documents":     {goodShop + "}]\n---\nshops: []", "a second YAML document"},
		"no id":             {"shops: [{zone: UTC, currency: EUR, market: de, stage: new}]", `shops[0]: id is ""; write`},
		"bad id":            {"shops: [{id: A B, zone: UTC, currency: EUR, market: de, stage: new}]", `shops[0]: id is "A B"; write`},
		"id twice":          {strings.TrimSuffix(goodShop, ", ") + "}, {id: a, zone: UTC, currency: EUR, market: de, stage: new}]", `shop "a": id is given twice`},
		"no zone":           {"shops: [{id: a, currency: EUR, market: de, stage: new}]", `shop "a": zone is "", which is no IANA time zone; write one such as Europe/Berlin`},
		"unknown zone":      {"shops: [{id: a, zone: Mars/Base, currency: EUR, market: de, stage: new}]", `zone is "Mars/Base"`},
		"local zone":        {"shops: [{id: a, zone: Local, currency: EUR, market: de, stage: new}]", `zone is "Local"`},
		"zone as a path":    {"shops: [{id: a, zone: ../UTC, currency: EUR, market: de, stage: new}]", `zone is "../UTC"`},
		"no currency":       {"shops: [{id: a, zone: UTC, market: de, stage: new}]", `currency is "", which is no currency of ISO 4217`},
		"unknown currency":  {"shops: [{id: a, zone: UTC, currency: EUX, market: de, stage: new}]", `currency is "EUX"`},
		"small currency":    {"shops: [{id: a, zone: UTC, currency: eur, market: de, stage: new}]", `currency is "eur"`},
		"no market":         {"shops: [{id: a, zone: UTC, currency: EUR, stage: new}]", `market is ""; write a short name`},
		"no stage":          {"shops: [{id: a, zone: UTC, currency: EUR, market: de}]", `stage is ""; write new or mature`},
		"unknown stage":     {"shops: [{id: a, zone: UTC, currency: EUR, market: de, stage: old}]", `stage is "old"`},
		"no key kind":       {goodShop + "keys: [{key: 0123456789abcdef}]}]", `shop "a": keys[0].kind is ""; write public or secret`},
		"unknown kind":      {goodShop + "keys: [{key: 0123456789abcdef, kind: admin}]}]", `keys[0].kind is "admin"`},
		"no key":            {goodShop + "keys: [{kind: public}]}]", "keys[0].key must be 8 to 200"},
		"short public key":  {goodShop + "keys: [{key: pk-1234, kind: public}]}]", "keys[0].key must be 8 to 200"},
		"short secret key":  {goodShop + "keys: [{key: sk-123456789012, kind: secret}]}]", "keys[0].key must be 16 to 200"},
		"key with colon":    {goodShop + `keys: [{key: "0123456789:abcdef", kind: secret}]}]`, "without blanks, quotes and colons"},
		"key with a break":  {goodShop + `keys: [{key: "0123456789\nabcdef", kind: secret}]}]`, "without blanks"},
		"wide key":          {goodShop + "keys: [{key: 密钥密钥密钥密钥, kind: secret}]}]", "without blanks"},
		"key twice":         {goodShop + "keys: [{key: 0123456789abcdef, kind: public}, {key: 0123456789abcdef, kind: secret}]}]", `keys[1].key is also a key of shop "a"`},
		"bad source":        {goodShop + "keys: [{key: 0123456789abcdef, kind: public, sources: [Segment!]}]}]", "keys[0].sources must be names such as segment"},
		"unknown family":    {goodShop + "authoritative: {sales: segment}}]", `authoritative names the family "sales"; write one of clickstream, orders`},
		"unknown authority": {goodShop + "authoritative: {payment: stripe}}]", "service, payments"},
		"unknown provider":  {goodShop + "webhooks: [{provider: paypal, secrets: [0123456789abcdef]}]}]", `webhooks[0].provider is "paypal"; write one of 17track, aftership`},
		"provider twice":    {goodShop + "webhooks: [{provider: stripe, secrets: [0123456789abcdef]}, {provider: stripe, secrets: [0123456789abcdef]}]}]", "webhooks[1].provider is stripe again; list all its secrets in one entry"},
		"no webhook secret": {goodShop + "webhooks: [{provider: stripe}]}]", "webhooks[0].secrets has none; write the secret that stripe signs with"},
		"empty secret":      {goodShop + "webhooks: [{provider: stripe, secrets: ['']}]}]", "webhooks[0].secrets[0] must be 8 to 500 bytes"},
		"second empty":      {goodShop + "webhooks: [{provider: stripe, secrets: [0123456789abcdef, '']}]}]", "webhooks[0].secrets[1] must be 8 to 500 bytes"},
		"secret with break": {goodShop + `webhooks: [{provider: stripe, secrets: ["0123456789\nabcdef"]}]}]`, "without control characters"},
		"no domain":         {goodShop + "webhooks: [{provider: shopify, secrets: [0123456789abcdef]}]}]", `webhooks[0].domain is ""; write the shop's address as shopify names it`},
		"domain as URL":     {goodShop + "webhooks: [{provider: shopify, secrets: [0123456789abcdef], domain: 'https://my.example'}]}]", "such as my.example"},
		"needless domain":   {goodShop + "webhooks: [{provider: stripe, secrets: [0123456789abcdef], domain: my.example}]}]", "webhooks of stripe do not name the shop; remove it"},
		"bad authority":     {goodShop + "authoritative: {orders: ''}}]", `authoritative.orders is ""; write a source`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseShops("conf/shops.yaml", []byte(c.yaml))
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.HasPrefix(err.Error(), "conf/shops.yaml: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q\n does not say %q", err, c.want)
			}
			if strings.Contains(err.Error(), "0123456789") || strings.Contains(err.Error(), "pk-") || strings.Contains(err.Error(), "sk-") {
				t.Errorf("the error shows a key: %s", err)
			}
		})
	}
}

func TestBrokenShopsListsEveryMistake(t *testing.T) {
	_, err := parseShops("s.yaml", []byte("shops: [{id: a, zone: X, currency: Y, market: Z, stage: old}]"))
	if n := strings.Count(fmt.Sprint(err), "s.yaml: shop \"a\": "); n != 4 {
		t.Errorf("%d mistakes listed, want 4: %v", n, err)
	}
}

func TestLoadShopsWithoutFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.yaml")
	if _, err := LoadShops(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name the file", err)
	}
}

func TestShopZoneKnowsSummerTime(t *testing.T) {
	shop, _ := must(LoadShops("testdata/shops.yaml")).ByID("de-main")
	winter := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).In(shop.Location)
	summer := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC).In(shop.Location)
	if winter.Hour() != 1 || summer.Hour() != 2 {
		t.Errorf("midnight UTC is %v in winter and %v in summer", winter, summer)
	}
}

func TestKnownCurrency(t *testing.T) {
	for _, code := range []string{"EUR", "USD", "CNY", "AED", "ZWG", "JPY"} {
		if !KnownCurrency(code) {
			t.Errorf("%s is unknown", code)
		}
	}
	for _, code := range []string{"", "E", "EU", "eur", "EURO", "ED ", " AF", "D A", "XXX", "EUR USD", "ÄÖÜ"} {
		if KnownCurrency(code) {
			t.Errorf("%q is known", code)
		}
	}
	for i, code := range strings.Split(currencies, " ") {
		if len(code) != 3 || strings.Index(currencies, code) != 4*i {
			t.Errorf("%q is no code or stands in the list twice", code)
		}
	}
}

func FuzzShops(f *testing.F) {
	f.Add(must(os.ReadFile("testdata/shops.yaml")))
	f.Add([]byte(goodShop + "keys: [{key: 0123456789abcdef, kind: public}]}]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		shops, err := parseShops("s.yaml", b)
		if err != nil {
			return
		}
		for _, shop := range shops.All() {
			if same, ok := shops.ByID(shop.ID); !ok || same != shop || shop.Location == nil {
				t.Fatalf("shop %q: %v, %v", shop.ID, same, ok)
			}
		}
	})
}
