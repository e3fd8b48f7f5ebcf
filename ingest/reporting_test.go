package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tidemark/schemas"
)

// TestReportingCurrency: both amounts are kept, in every dialect and family, and no sender's own conversion is believed.
func TestReportingCurrency(t *testing.T) {
	rates := filepath.Join(t.TempDir(), "rates.csv")
	if err := os.WriteFile(rates, []byte("date,from,to,rate\n2026-11-20,USD,EUR,0.9\n2026-11-01,USD,EUR,0.5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shops := shopsOf(t, "rates: "+rates+"\n"+strings.TrimSpace(shopsYAML))
	f := newFixture(t, func(c *Config) { c.Shops = func() *schemas.Shops { return shops } })
	f.must(200, "/v1/track", secretKey, product("Order Completed", `"order_id":"o1","total":10,"currency":"USD"`))
	f.must(200, "/v1/track", secretKey, product("Order Completed", `"order_id":"o2","total":10`)) // EUR, the shop's own
	f.must(200, "/v1/events?family=orders", secretKey, withTime(`{"event_id":"x","type":"order_refunded","occurred_at":"%T","order_id":"o1","currency":"USD","refund":"4","reporting_refund":"400","reporting_currency":"GBP"}`))
	f.must(200, "/v1/events?family=marketing", secretKey, withTime(`{"event_id":"y","type":"spend","occurred_at":"%T","campaign":"c","currency":"USD","amount":"100","period_start":1793448000000}`)) // 2026-10-31 12:00 UTC
	f.must(200, "/v1/events?family=marketing", secretKey, withTime(`{"event_id":"z","type":"spend","occurred_at":"%T","campaign":"c","currency":"USD","amount":"100","period_start":1793620800000}`)) // 2026-11-02
	var got []string
	for _, o := range f.orders() {
		got = append(got, strings.Join([]string{o.Type, o.OrderID, o.Total.String(), o.Refund.String(), o.ReportingCurrency, o.ReportingTotal.String(), o.ReportingRefund.String()}, " "))
	}
	for _, s := range decodeAll[schemas.Spend](t, f, schemas.Marketing.Topic()) {
		got = append(got, strings.Join([]string{s.Amount.String(), s.Reporting, s.InReporting.String()}, " "))
	}
	want := "order_placed o1 10 0 EUR 9 0\norder_paid o1 10 0 EUR 9 0\norder_placed o2 10 0 EUR 10 0\norder_paid o2 10 0 EUR 10 0\norder_refunded o1 0 4 EUR 0 3.6\n100  0\n100 EUR 50"
	if all := strings.Join(got, "\n"); all != want {
		t.Errorf("%s\nwant\n%s", all, want)
	}
}
