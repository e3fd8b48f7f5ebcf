package schemas

import "testing"

// benchEvent is a flat clickstream event as benchmarks of stream engines use it: time as text, money as numbers.
type benchEvent struct {
	EventID     string `json:"event_id"`
	Event       string `json:"event"`
	TS          Millis `json:"ts"`
	UserID      string `json:"user_id"`
	SessionID   string `json:"session_id"`
	AnonymousID string `json:"anonymous_id"`
	Page        string `json:"page"`
	Referrer    string `json:"referrer"`
	CampaignID  string `json:"campaign_id"`
	Channel     string `json:"channel"`
	ProductID   string `json:"product_id"`
	Price       Money  `json:"price"`
	Value       Money  `json:"value"`
	Currency    string `json:"currency"`
	Device      string `json:"device"`
}

const benchRecord = `{"event_id":"3b241101-e2bb-4255-8caf-4136c566a962","event":"page_view","ts":"2026-01-02T03:04:05.678Z",` +
	`"user_id":"u0012345","session_id":"s000123456","anonymous_id":"9f86d081884c7d65","page":"https://shop.example/item/012345",` +
	`"referrer":"https://mail.example/campaign/open","campaign_id":null,"channel":"email","product_id":"p012345",` +
	`"price":109.99,"value":0,"currency":"EUR","device":"mobile"}`

func plainClick() Click {
	return Click{
		Envelope: Envelope{EventID: "3b241101-e2bb-4255-8caf-4136c566a962", Type: ClickViewItem, OccurredAt: 1767322245678,
			ReceivedAt: 1767322245999, SentAt: 1767322245700, Shop: "de-main", Market: "de", Source: "segment"},
		AnonymousID: "507f191e-810c-4197-9de8-60ea00000001", UserID: "u0012345", Page: "/item/012345", PageType: "product",
		Referrer: "mail.example/open", Channel: "email", Campaign: "winter-sale", UTMSource: "newsletter", UTMMedium: "email",
		Device: "mobile", Locale: "de-DE", ProductID: "p012345", SKU: "p012345-m", Category: "shoes/running",
		Price: 109_990_000, Quantity: 1, Currency: "EUR",
	}
}

func BenchmarkDecodeBench(b *testing.B) { benchDecode[benchEvent](b, benchRecord) }

func BenchmarkDecodeClick(b *testing.B) {
	e := plainClick()
	benchDecode[Click](b, string(must(NewEncoder[Click]()).Append(nil, &e)))
}

func BenchmarkDecodeItems(b *testing.B) {
	e := plainClick()
	for range 3 {
		e.Items = append(e.Items, Item{ProductID: "p012345", SKU: "p012345-m", Name: "跑步鞋 Läufer", Price: 109_990_000, Quantity: 2})
	}
	benchDecode[Click](b, string(must(NewEncoder[Click]()).Append(nil, &e)))
}

// The way of the odd record: an escape sends it to the strict decoder.
func BenchmarkDecodeStrict(b *testing.B) {
	e := plainClick()
	e.Query = `24" screen`
	benchDecode[Click](b, string(must(NewEncoder[Click]()).Append(nil, &e)))
}

func benchDecode[E any](b *testing.B, record string) {
	d := must(NewDecoder[E]())
	raw := []byte(record)
	e := new(E)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Decode(raw, e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeClick(b *testing.B) {
	enc, e := must(NewEncoder[Click]()), plainClick()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = enc.Append(buf[:0], &e)
	}
}

func BenchmarkCheckClick(b *testing.B) {
	e := plainClick()
	b.ReportAllocs()
	for b.Loop() {
		if err := e.Check(); err != nil {
			b.Fatal(err)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
