package schemas

import "time"

// How far the table of business days reaches around the day it is written.
const (
	daysBack  = 800
	daysAhead = 40
)

var shopsTable = Table{
	Name: "shops", Doc: "The shops of shops.yaml, for labels and zones.",
	Engine: "ReplacingMergeTree(ver)", OrderBy: []string{"shop"},
	Columns: []Column{
		{Name: "shop", Type: "LowCardinality(String)", Doc: "Id."},
		{Name: "name", Type: "String", Doc: "Name on boards."},
		{Name: "zone", Type: "LowCardinality(String)", Doc: "IANA time zone of the business day."},
		{Name: "currency", Type: "LowCardinality(String)", Doc: "Reporting currency."},
		{Name: "market", Type: "LowCardinality(String)", Doc: "Market."},
		{Name: "stage", Type: "LowCardinality(String)", Doc: "Stage of the market."},
		{Name: "ver", Type: "UInt64", Doc: "When the row was written, in ms."},
	},
}

var shopDaysTable = Table{
	Name: "shop_days", Doc: "Business days of every shop in its own zone, daylight saving included: from begins until before ends.",
	Engine: "ReplacingMergeTree(ver)", OrderBy: []string{"shop", "day"},
	Columns: []Column{
		{Name: "shop", Type: "LowCardinality(String)", Doc: "Shop."},
		{Name: "day", Type: "String", Doc: "Date in the shop's zone, YYYY-MM-DD."},
		{Name: "begins", Type: "DateTime64(3, 'UTC')", Doc: "First instant of the day."},
		{Name: "ends", Type: "DateTime64(3, 'UTC')", Doc: "First instant of the next day."},
		{Name: "ver", Type: "UInt64", Doc: "When the row was written, in ms."},
	},
}

// ShopTables are the tables that repeat shops.yaml for queries.
func ShopTables() []*Table {
	s, d := shopsTable, shopDaysTable
	return []*Table{&s, &d}
}

// ShopBlocks are the rows of the shops' tables as they are at now. A shop that has left the file stays in the tables.
func ShopBlocks(shops *Shops, now time.Time) []Block {
	s, d := shopsTable, shopDaysTable
	var id, name, zone, currency, market, stage, dayShop, day []string
	var begins, ends []Millis
	ver := uint64(now.UnixMilli())
	for _, shop := range shops.All() {
		id, name, zone = append(id, shop.ID), append(name, shop.Name), append(zone, shop.Zone)
		currency, market, stage = append(currency, shop.Currency), append(market, shop.Market), append(stage, string(shop.Stage))
		y, m, today := now.In(shop.Location).Date()
		for i := -daysBack; i <= daysAhead; i++ {
			at := time.Date(y, m, today+i, 0, 0, 0, 0, shop.Location)
			dayShop, day = append(dayShop, shop.ID), append(day, time.Date(y, m, today+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
			begins = append(begins, Millis(at.UnixMilli()))
			ends = append(ends, Millis(time.Date(y, m, today+i+1, 0, 0, 0, 0, shop.Location).UnixMilli()))
		}
	}
	return []Block{
		{Table: &s, Rows: len(id), Names: []string{"shop", "name", "zone", "currency", "market", "stage", "ver"}, Data: []any{id, name, zone, currency, market, stage, repeat(ver, len(id))}},
		{Table: &d, Rows: len(day), Names: []string{"shop", "day", "begins", "ends", "ver"}, Data: []any{dayShop, day, begins, ends, repeat(ver, len(day))}},
	}
}

func repeat(v uint64, n int) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		out[i] = v
	}
	return out
}
