package history

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tidemark/ingest/history/retailtest"
	"tidemark/schemas"
)

// month is what a month of the file adds up to.
type month struct {
	gmv                 string
	invoices, cancelled int
}

// plainMonths is the truth: one loop over the file that shares nothing with the importer but the file.
func plainMonths(t *testing.T, path string) (months map[string]month, gross string, sales, lines int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(z)
	sums, all := map[string]int64{}, int64(0) // in thousandths, the file's smallest unit
	sold, cancelled := map[string]map[string]bool{}, map[string]map[string]bool{}
	for {
		c, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if c[0] == "InvoiceNo" {
			continue
		}
		lines++
		m := c[4][:7]
		if sold[m] == nil {
			sold[m], cancelled[m] = map[string]bool{}, map[string]bool{}
		}
		quantity, err1 := strconv.ParseInt(c[3], 10, 64)
		price, err2 := strconv.ParseFloat(c[5], 64)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatalf("line %d: %v", lines, err)
		}
		switch {
		case strings.HasPrefix(c[0], "C"):
			cancelled[m][c[0]] = true
		case quantity > 0 && price > 0:
			sold[m][c[0]] = true
			amount := quantity * int64(math.Round(price*1000))
			sums[m] += amount
			all += amount
		}
	}
	months = map[string]month{}
	for m := range sold {
		months[m] = month{thousandths(sums[m]), len(sold[m]), len(cancelled[m])}
		sales += len(sold[m])
	}
	return months, thousandths(all), sales, lines
}

func thousandths(n int64) string { return fmt.Sprintf("%d.%03d000", n/1000, n%1000) }

func TestOnlineRetail(t *testing.T) {
	path := retailtest.File(t)
	want, gross, sales, lines := plainMonths(t, path)
	if gross != "10666684.544000" || sales != 19_960 || lines != 541_909 {
		t.Fatalf("the truth itself is off: gross %s, %d invoices, %d lines", gross, sales, lines)
	}
	m, err := LoadMapping("testdata/online-retail.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in, err := Open(path, FormatAuto, m, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	dec, err := schemas.NewDecoder[schemas.Order]()
	if err != nil {
		t.Fatal(err)
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	gmv, placed, refunded, ids := map[string]schemas.Money{}, map[string]int{}, map[string]int{}, map[string]bool{}
	items, large := 0, 0
	report, err := Scan(t.Context(), in, ScanConfig{Shop: testShop(t), Now: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}, func(e Event) error {
		var o schemas.Order
		if err := dec.Decode(e.Value, &o); err != nil {
			return err
		}
		if ids[e.ID] {
			return fmt.Errorf("two events have the id %s", e.ID)
		}
		ids[e.ID] = true
		at := o.OccurredAt.Time().In(london).Format("2006-01")
		if len(e.Value) > 32<<10 && e.Type != schemas.OrderPaid {
			large++
		}
		switch e.Type {
		case schemas.OrderPlaced:
			gmv[at] += o.Total
			placed[at]++
			items += len(o.Items)
		case schemas.OrderRefunded:
			refunded[at]++
			items += len(o.Items)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range slices.Sorted(maps.Keys(want)) {
		got := month{new(big.Rat).SetFrac64(int64(gmv[at]), schemas.MicrosPerUnit).FloatString(6), placed[at], refunded[at]}
		if got != want[at] {
			t.Errorf("%s: imported %+v, the file has %+v", at, got, want[at])
		}
		rate := float64(got.cancelled) / float64(got.cancelled+got.invoices)
		t.Logf("%s: GMV %s, %d invoices, cancel rate %.4f", at, got.gmv, got.invoices, rate)
	}
	sale := report.rule("sale")
	if got := sale.Money["total"]["GBP"].String(); got != "10666684544000" || sale.Documents != 19_960 {
		t.Errorf("gross %s micro-GBP over %d invoices", got, sale.Documents)
	}
	if report.Lines != 541_909 || report.Lines != report.Used+report.Ignored+report.Refused || report.Refused != 0 || items != int(report.Used) {
		t.Errorf("lines: %d read, %d used (%d in events), %d ignored, %d refused: %v", report.Lines, report.Used, items, report.Ignored, report.Refused, report.Reasons)
	}
	t.Logf("%d events, %d documents above 32 KiB, %d with several times, differ %v, cancelled %d lines of %d", report.Events, large, report.Times, report.Differ, report.rule("cancelled").Lines, report.rule("cancelled").Documents)
}

func testShop(tb testing.TB) *schemas.Shop {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "shops.yaml")
	const text = "identity_keys: [{epoch: 1, from: 2020-01-01, key: dGVzdC10ZXN0LXRlc3QtdGVzdC10ZXN0LXRlc3QtMTI=}]\n" +
		"shops: [{id: retail, zone: Europe/London, currency: GBP, market: uk, stage: mature}]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	shops, err := schemas.LoadShops(path)
	if err != nil {
		tb.Fatal(err)
	}
	shop, _ := shops.ByID("retail")
	return shop
}
