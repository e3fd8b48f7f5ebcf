package schemas

import (
	"slices"
	"testing"
	"time"
)

// The days follow the shop's own zone: those of a change of clocks have 23 and 25 hours, and no instant is left out.
func TestShopDaysFollowTheZone(t *testing.T) {
	shops, err := parseShops("shops.yaml", []byte("shops:\n- {id: kiefer, zone: Europe/Berlin, currency: EUR, market: de, stage: new}\n- {id: chaye, zone: Asia/Shanghai, currency: CNY, market: cn, stage: mature}\n"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := ShopBlocks(shops, time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC)) // in Berlin it is the 29th already
	if blocks[0].Rows != 2 || blocks[1].Rows != 2*(daysBack+daysAhead+1) {
		t.Fatalf("%d shops, %d days", blocks[0].Rows, blocks[1].Rows)
	}
	days, begins, ends := blocks[1].Data[1].([]string), blocks[1].Data[2].([]Millis), blocks[1].Data[3].([]Millis)
	for i := 1; i <= daysBack+daysAhead; i++ {
		if begins[i] != ends[i-1] {
			t.Fatalf("between %s and %s is a gap", days[i-1], days[i])
		}
	}
	const hour = 3_600_000
	for day, hours := range map[string]Millis{"2026-03-28": 24, "2026-03-29": 23, "2026-03-30": 24, "2025-10-26": 25} {
		if i := slices.Index(days, day); ends[i]-begins[i] != hours*hour {
			t.Errorf("%s has %d hours, want %d", day, (ends[i]-begins[i])/hour, hours)
		}
	}
	if i := slices.Index(days, "2026-03-29"); begins[i] != Millis(time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC).UnixMilli()) {
		t.Errorf("2026-03-29 begins at %d", begins[i])
	}
}
