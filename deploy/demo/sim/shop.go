package sim

// OrderSource says who reports a shop's orders.
type OrderSource string

// The two order sources that the simulator plays.
const (
	OrdersBySegment OrderSource = "segment" // the shop's server sends Order Completed: placed and paid at once
	OrdersByNDJSON  OrderSource = "ndjson"  // an order system sends order_placed, and order_paid when it is paid
)

// Shop is a shop that the simulator plays.
type Shop struct {
	ID                   string
	Currency             string
	Locale               string
	Host                 string // of its pages
	PublicKey, SecretKey string
	Orders               OrderSource
	Share                float64 // of all visits
	FreightCents         int64
	Products             []Product
	// Market, Carriers, Warehouses and Regions are those of its past.
	Market                        string
	Carriers, Warehouses, Regions []string
}

// Product is a product of a shop; money is in hundredths of the shop's currency.
type Product struct {
	ID, SKU, Name, Category, Brand string
	Cents                          int64
}

// campaign is a way into a shop. The channel is what the collector makes of source and medium; an order system names it
// itself.
type campaign struct {
	name, source, medium, channel string
	weight                        float64 // per cent of the visits
}

func campaigns() []campaign {
	return []campaign{
		{"", "", "", "direct", 25}, // typed in or bookmarked
		{"brand-search", "google", "cpc", "paid_search", 18},
		{"spring-sale", "newsletter", "email", "email", 10},
		{"live-room-8", "douyin", "paid_social", "paid_social", 16},
		{"creator-lin", "xiaohongshu", "social", "social", 9},
		{"retarget-cart", "criteo", "display", "display", 8},
		{"friends", "referral", "referral", "referral", 6},
		{"", "bing", "organic", "organic_search", 8},
	}
}

// Shops are the shops of the demo.
func Shops() []Shop {
	return []Shop{teaShop(), outdoorShop()}
}

func teaShop() Shop {
	return Shop{
		ID: "chaye", Currency: "CNY", Locale: "zh-CN", Host: "https://chaye.example",
		Market: "cn", Carriers: []string{"sf", "zto", "yto"}, Warehouses: []string{"hangzhou", "guangzhou"}, Regions: []string{"cn-east", "cn-south", "cn-north", "cn-west"},
		PublicKey: "pk_demo_chaye", SecretKey: "sk_demo_chaye_local", Orders: OrdersBySegment, Share: 0.65, FreightCents: 1200,
		Products: []Product{
			{"t-101", "LJ-50", "西湖龙井 50克", "茶叶/绿茶", "山间", 16800},
			{"t-102", "BLC-100", "碧螺春 100克", "茶叶/绿茶", "山间", 21990},
			{"t-103", "TGY-250", "铁观音 250克", "茶叶/乌龙", "安溪坊", 12850},
			{"t-104", "PE-357", "普洱茶饼 357克", "茶叶/普洱", "勐海", 39900},
			{"t-105", "ML-100", "茉莉花茶 100克", "茶叶/花茶", "山间", 5990},
			{"t-201", "ZS-01", "紫砂壶", "茶具/壶", "宜陶", 68800},
			{"t-202", "GW-06", "盖碗六件套", "茶具/杯", "景瓷", 15900},
			{"t-203", "CP-01", "竹茶盘", "茶具/盘", "竹里", 8850},
		},
	}
}

func outdoorShop() Shop {
	return Shop{
		ID: "kiefer", Currency: "EUR", Locale: "de-DE", Host: "https://kiefer.example",
		Market: "de", Carriers: []string{"dhl", "gls", "hermes"}, Warehouses: []string{"leipzig", "kassel"}, Regions: []string{"de-north", "de-south", "de-east", "at"},
		PublicKey: "pk_demo_kiefer", SecretKey: "sk_demo_kiefer_local", Orders: OrdersByNDJSON, Share: 0.35, FreightCents: 495,
		Products: []Product{
			{"k-1", "ZELT-2", "Zelt für zwei", "Camping/Zelte", "Nordwand", 24900},
			{"k-2", "SACK-M", "Schlafsack M", "Camping/Schlafen", "Nordwand", 8995},
			{"k-3", "KOCH-1", "Gaskocher", "Camping/Küche", "Flamme", 3990},
			{"k-4", "RUCK-45", "Rucksack 45 l", "Wandern/Rucksäcke", "Steig", 12950},
			{"k-5", "STOCK-2", "Wanderstöcke, Paar", "Wandern/Zubehör", "Steig", 4999},
			{"k-6", "LAMPE", "Stirnlampe", "Wandern/Zubehör", "Flamme", 2495},
			{"k-7", "JACKE-L", "Regenjacke L", "Kleidung/Jacken", "Wetter", 15900},
			{"k-8", "SOCKE-42", "Wandersocken 42", "Kleidung/Socken", "Wetter", 1890},
		},
	}
}
