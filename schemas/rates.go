package schemas

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Rates are exchange rates by day, for amounts in a shop's reporting currency. They never change, so any number of
// goroutines may read them.
type Rates struct {
	byPair map[[2]string][]dayRate // from, to; in the order of days
}

type dayRate struct {
	day  string // 2026-01-02
	rate uint64 // in units of 1/rateScale
}

const (
	rateScale    = 1_000_000_000
	rateDecimals = 9
	// staleRate is how many days a rate holds. Banks publish none on holidays; a table that nobody tends any more must not
	// pass for one.
	staleRate = 31
)

// ratesPath is where a shops file's table of rates lies: beside it, unless the name is absolute.
func ratesPath(shops, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(shops), name)
}

// loadRates reads the table and gives it to the shops.
func loadRates(path string, shops []*Shop) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("rates: %w; name an existing file", err)
	}
	rates, err := parseRates(path, raw)
	for _, s := range shops {
		if s != nil {
			s.rates = rates
		}
	}
	return err
}

// parseRates reads a CSV with the columns date, from, to and rate: so many units of to are one unit of from.
func parseRates(path string, raw []byte) (*Rates, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord, r.TrimLeadingSpace, r.ReuseRecord = 4, true, true
	head, err := r.Read()
	if err != nil || !slices.Equal(head, []string{"date", "from", "to", "rate"}) {
		return nil, fmt.Errorf("%s: the first line must be: date,from,to,rate", path)
	}
	out := &Rates{byPair: map[[2]string][]dayRate{}}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, out.sort(path)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		line, _ := r.FieldPos(0)
		rate, ok := parseRate(cells[3])
		switch _, dateErr := time.Parse(time.DateOnly, cells[0]); {
		case dateErr != nil:
			return nil, fmt.Errorf("%s: line %d: date is %q; write one such as 2026-01-02", path, line, cells[0])
		case !KnownCurrency(cells[1]) || !KnownCurrency(cells[2]):
			return nil, fmt.Errorf("%s: line %d: %q or %q is no currency of ISO 4217", path, line, cells[1], cells[2])
		case !ok:
			return nil, fmt.Errorf("%s: line %d: rate is %q; write a number above 0 with at most %d decimals, such as 7.1042", path, line, cells[3], rateDecimals)
		}
		pair := [2]string{cells[1], cells[2]}
		out.byPair[pair] = append(out.byPair[pair], dayRate{cells[0], rate})
	}
}

func (r *Rates) sort(path string) error {
	for pair, days := range r.byPair {
		slices.SortFunc(days, func(a, b dayRate) int { return strings.Compare(a.day, b.day) })
		for i := 1; i < len(days); i++ {
			if days[i].day == days[i-1].day {
				return fmt.Errorf("%s: %s to %s has two rates for %s; keep one", path, pair[0], pair[1], days[i].day)
			}
		}
	}
	return nil
}

// parseRate reads a decimal number above 0 in units of 1/rateScale.
func parseRate(s string) (uint64, bool) {
	whole, frac, _ := strings.Cut(s, ".")
	if whole == "" || len(whole) > 9 || len(frac) > rateDecimals || strings.Trim(whole+frac, "0123456789") != "" {
		return 0, false
	}
	var u uint64
	for _, c := range whole + frac + strings.Repeat("0", rateDecimals-len(frac)) {
		u = u*10 + uint64(c-'0')
	}
	return u, u > 0
}

// at is the rate of a day: that day's, or the last one before.
func (r *Rates) at(from, to string, day time.Time) (uint64, bool) {
	days := r.byPair[[2]string{from, to}]
	i, found := slices.BinarySearchFunc(days, day.Format(time.DateOnly), func(d dayRate, day string) int { return strings.Compare(d.day, day) })
	if !found {
		i--
	}
	if i < 0 || days[i].day < day.AddDate(0, 0, -staleRate).Format(time.DateOnly) {
		return 0, false
	}
	return days[i].rate, true
}

// exchange multiplies by a rate, rounded half to even at the sixth decimal. It is false beyond the range of Money.
func exchange(m Money, rate uint64) (Money, bool) {
	hi, lo := bits.Mul64(magnitude(m), rate)
	if hi >= rateScale {
		return 0, false
	}
	q, rest := bits.Div64(hi, lo, rateScale)
	if rest > rateScale/2 || rest == rateScale/2 && q&1 == 1 {
		q++
	}
	out, err := signed(q, m < 0)
	return out, err == nil
}

func magnitude(m Money) uint64 {
	if m < 0 {
		return -uint64(m)
	}
	return uint64(m)
}

// InReporting is an amount in the shop's reporting currency at the rate of the day, in the shop's zone, of at. It is false
// where no rate is known that is at most 31 days old.
func (s *Shop) InReporting(currency string, at Millis, amounts ...Money) ([]Money, bool) {
	switch {
	case currency == s.Currency:
		return amounts, true
	case s.rates == nil:
		return nil, false
	}
	rate, ok := s.rates.at(currency, s.Currency, at.Time().In(s.Location))
	if !ok {
		return nil, false
	}
	out := make([]Money, len(amounts))
	for i, m := range amounts {
		if out[i], ok = exchange(m, rate); !ok {
			return nil, false
		}
	}
	return out, true
}
