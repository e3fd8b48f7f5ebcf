package dashboards_test

import (
	"fmt"
	"testing"
	"time"

	"tidemark/schemas"
)

// After the night in which the clocks went forward, 24 hours ago is still the day before yesterday for an hour.
func TestYesterdayWasShort(t *testing.T) {
	w := newWorld(t, "clocks")
	w.exec("INSERT INTO shops (shop, name, zone, currency, market, stage, ver) VALUES ('kiefer', 'Kiefer Outdoor', 'Europe/Berlin', 'EUR', 'de', 'new', 1)")
	begins := w.now.Truncate(time.Minute).Add(-30 * time.Minute)
	ends := begins.Add(24 * time.Hour)
	starts := map[int]time.Time{}
	for ago, length := range []time.Duration{24 * time.Hour, 23 * time.Hour, 24 * time.Hour} {
		starts[ago] = ends.Add(-length)
		w.exec(fmt.Sprintf("INSERT INTO shop_days (shop, day, begins, ends, ver) VALUES ('kiefer', '%s', fromUnixTimestamp64Milli(%d), fromUnixTimestamp64Milli(%d), 1)",
			begins.AddDate(0, 0, -ago).Format(time.DateOnly), starts[ago].UnixMilli(), ends.UnixMilli()))
		ends = starts[ago]
	}
	var paid []record
	for ago, total := range []schemas.Money{1_000_000, 20_000_000, 300_000_000} {
		paid = append(paid, order("kiefer", fmt.Sprint("order-", ago), "direct", "EUR", total, starts[ago].Add(10*time.Minute))...)
	}
	// The metric's very first window may be cut and is not shown.
	paid = append(paid, order("kiefer", "first", "direct", "EUR", 4_000_000_000, starts[2].Add(-time.Hour))...)
	w.count(paid)

	d := w.view(t).draw("live", "var-shop=kiefer")["timeseries Paid so far, against other days"]
	at := begins.Add(10 * time.Minute).Unix()
	wantNumber(t, "paid today", points(d, "Today")[at], 1)
	wantNumber(t, "paid yesterday by then", points(d, "Yesterday")[at], 20)
}
