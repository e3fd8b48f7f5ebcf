package history

import (
	"context"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/ingest"
)

const orders = `family: orders
source: erp
document: No
keep_open: 4
currency: EUR
numbers: [Pieces]
rules:
  - {name: refund, when: Pieces < 0, types: order_refunded, fields: {refund: {sum: price * quantity}}}
  - {name: sale, when: Pieces > 0, types: [order_placed, order_paid], fields: {total: {sum: price * quantity}}}
  - {name: gift, when: Pieces == 0, ignore: gifts}
fields: {order_id: No, occurred_at: At, buyer: Who}
items: {sku: SKU, price: Price, quantity: {column: Pieces, absolute: true}}
`

const head = "No,SKU,Pieces,Price,At,Who\n"

// scanText imports a text.
func scanText(t testing.TB, mapping, text string) (*Report, []Event, error) {
	t.Helper()
	m, err := parseMapping("m.yaml", []byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	in, err := Open(Stdin, FormatAuto, m, strings.NewReader(text))
	if err != nil {
		return nil, nil, err
	}
	var events []Event
	report, err := Scan(context.Background(), in, ScanConfig{Shop: testShop(t), Now: testNow}, func(e Event) error {
		events = append(events, e)
		return nil
	})
	return report, events, err
}

func mustScan(t testing.TB, mapping, text string) (*Report, []Event) {
	t.Helper()
	report, events, err := scanText(t, mapping, text)
	if err != nil {
		t.Fatal(err)
	}
	if report.Unfinished() != 0 {
		t.Fatalf("%d of %d lines are not accounted for", report.Unfinished(), report.Lines)
	}
	return report, events
}

func TestMultiply(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b := rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(r, "a"), rapid.Int64Range(-1<<53, 1<<53).Draw(r, "b")
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		got, err := multiply(a, b)
		fits := want.IsInt64() && want.Int64() != math.MinInt64
		if fits != (err == nil) || fits && got != want.Int64() {
			r.Fatalf("%d * %d = %d, %v, want %v", a, b, got, err, want)
		}
	})
}

func TestStopped(t *testing.T) {
	m, err := parseMapping("m.yaml", []byte(orders))
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	in, err := Open(Stdin, FormatAuto, m, strings.NewReader(head+strings.Repeat("1,a,1,1,2025-01-01,x\n", 3)+strings.Repeat("2,a,1,1,2025-01-01,x\n", 9)))
	if err != nil {
		t.Fatal(err)
	}
	report, err := Scan(t.Context(), in, ScanConfig{Shop: testShop(t), Now: testNow}, func(Event) error { return full })
	if !errors.Is(err, full) || report == nil || report.Unfinished() == 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

func FuzzScan(f *testing.F) {
	f.Add(orders, head+"1,a,1,1,2025-01-01,x\n")
	f.Add(orders, `{"No":"1","SKU":"a","Pieces":-1,"Price":"1.5","At":"2025-01-01T00:00:00Z","Who":"j@x.example"}`)
	f.Add(minimal, "No;At\n\"1;2\n")
	f.Add(strings.Replace(orders, "document: No", "id: [$line, $input, No]", 1), head+"=,\x00,9e9,1e400,,\n")
	f.Fuzz(func(t *testing.T, mapping, text string) {
		m, err := parseMapping("m.yaml", []byte(mapping))
		if err != nil {
			return
		}
		in, err := Open(Stdin, FormatAuto, m, strings.NewReader(text))
		if err != nil {
			return
		}
		defer in.Close()
		used := 0
		report, err := Scan(t.Context(), in, ScanConfig{Shop: testShop(t), Now: testNow}, func(e Event) error {
			used++
			if len(e.ID) != 32 || e.Key == "" || len(e.Value) == 0 || len(e.Value) > ingest.MaxRecord {
				t.Errorf("event %+v", e)
			}
			return nil
		})
		if err == nil && (report.Unfinished() != 0 || report.Events != int64(used)) {
			t.Errorf("%+v after %d events", report, used)
		}
	})
}
