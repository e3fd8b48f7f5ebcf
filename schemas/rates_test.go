package schemas

import (
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const ratesCSV = `date,from,to,rate
2026-03-02,USD,CNY,7.2
2026-02-27,USD,CNY,7.1
2026-02-27,JPY,CNY,0.046812345
`

func ratedShop(t *testing.T, table string) (*Shop, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"rates.csv":  table,
		"shops.yaml": "rates: rates.csv\nshops: [{id: a, zone: Asia/Shanghai, currency: CNY, market: cn, stage: new}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shops, err := LoadShops(filepath.Join(dir, "shops.yaml"))
	if err != nil {
		return nil, err
	}
	return shops.All()[0], nil
}

func TestInReporting(t *testing.T) {
	shop, err := ratedShop(t, ratesCSV)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		at, currency string
		amount, want string // want empty: unknown
	}{
		{"2026-02-27T12:00:00Z", "USD", "10", "71"},
		{"2026-03-01T15:59:59Z", "USD", "10", "71"}, // a Sunday in Shanghai
		{"2026-03-01T16:00:00Z", "USD", "10", "72"}, // the Monday
		{"2026-02-26T12:00:00Z", "USD", "10", ""},   // before the table begins
		{"2026-04-02T12:00:00Z", "USD", "10", "72"}, // 31 days old
		{"2026-04-03T12:00:00Z", "USD", "10", ""},
		{"2026-02-27T12:00:00Z", "JPY", "1234", "57.766434"}, // 57.76643373
		{"2026-02-27T12:00:00Z", "EUR", "10", ""},
		{"2026-02-27T12:00:00Z", "CNY", "10", "10"}, // is in it already
		{"2026-02-27T12:00:00Z", "USD", "9000000000000", ""},
	} {
		at, err := time.Parse(time.RFC3339, row.at)
		if err != nil {
			t.Fatal(err)
		}
		amount, err := ParseMoney(row.amount)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := shop.InReporting(row.currency, MillisOf(at), amount)
		if ok != (row.want != "") || ok && got[0].String() != row.want {
			t.Errorf("%+v: %v %v", row, got, ok)
		}
	}
}

func TestRatesRefused(t *testing.T) {
	for table, want := range map[string]string{
		"day,from,to,rate\n":                          "the first line must be",
		"date,from,to,rate\nsoon,USD,CNY,7\n":         "line 2: date",
		"date,from,to,rate\n2026-01-01,US,CNY,7\n":    "no currency",
		"date,from,to,rate\n2026-01-01,USD,CNY,0\n":   "above 0",
		"date,from,to,rate\n2026-01-01,USD,CNY,-7\n":  "above 0",
		"date,from,to,rate\n2026-01-01,USD,CNY\n":     "wrong number of fields",
		ratesCSV + "2026-02-27,USD,CNY,7.3\n":         "two rates for 2026-02-27",
		"date,from,to,rate\n2026-01-01,USD,CNY,1e3\n": "above 0",
		"date,from,to,rate\n2026-01-01,USD,CNY,7,1\n": "wrong number of fields",
	} {
		if _, err := ratedShop(t, table); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", table, err, want)
		}
	}
}

// TestExchangeIsExact: the product is that of arbitrary precision, rounded half to even.
func TestExchangeIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Min(math.MinInt64+1).Draw(t, "amount")
		rate := rapid.Uint64Range(1, 999_999_999_999_999_999).Draw(t, "rate")
		product := new(big.Int).Mul(big.NewInt(amount), new(big.Int).SetUint64(rate))
		q, rest := new(big.Int).QuoRem(product, big.NewInt(rateScale), new(big.Int))
		twice := new(big.Int).Mul(new(big.Int).Abs(rest), big.NewInt(2))
		if c := twice.Cmp(big.NewInt(rateScale)); c > 0 || c == 0 && q.Bit(0) == 1 {
			q.Add(q, big.NewInt(int64(product.Sign())))
		}
		got, ok := exchange(Money(amount), rate)
		if ok != q.IsInt64() || ok && int64(got) != q.Int64() {
			t.Fatalf("%d * %d: %d %v, want %s", amount, rate, got, ok, q)
		}
	})
}
