package rollup

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tidemark/ingest/history/retailtest"
	"tidemark/schemas"
)

// invoice is the sale lines of one invoice of UCI Online Retail.
type invoice struct {
	id, customer string
	at           time.Time // of its first line, in London
	total        schemas.Money
	units        int64
}

// invoices reads the sale lines: invoices that do not start with C, quantity and price above 0.
func invoices(t *testing.T, zone *time.Location) []*invoice {
	t.Helper()
	file, err := os.Open(retailtest.File(t))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzip, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := csv.NewReader(unzip)
	byID := map[string]*invoice{}
	for n := 0; ; n++ {
		l, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 || strings.HasPrefix(l[0], "C") {
			continue
		}
		quantity, err1 := strconv.ParseInt(l[3], 10, 64)
		price, err2 := strconv.ParseFloat(l[5], 64)
		at, err3 := time.ParseInLocation(time.DateTime, l[4], zone)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		if quantity <= 0 || price <= 0 {
			continue
		}
		v := byID[l[0]]
		if v == nil {
			v = &invoice{id: l[0], customer: strings.TrimSuffix(l[6], ".0"), at: at}
			byID[l[0]] = v
		}
		v.total += schemas.Money(quantity * int64(math.Round(price*1e6)))
		v.units += quantity
		if at.Before(v.at) {
			v.at = at
		}
	}
	return slices.SortedFunc(maps.Values(byID), func(a, b *invoice) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
}

// loadRetail lands each invoice as an order placed and paid, in four partitions.
func loadRetail(w *world, all []*invoice) {
	batch := map[uint64][]schemas.Order{}
	for i, v := range all {
		for _, typ := range []string{schemas.OrderPlaced, schemas.OrderPaid} {
			batch[uint64(1+i%4)] = append(batch[uint64(1+i%4)], schemas.Order{
				Envelope: schemas.Envelope{EventID: v.id + typ, Type: typ, OccurredAt: schemas.MillisOf(v.at), Shop: "uk", Market: "uk", Source: "history"},
				OrderID:  v.id, Buyer: v.customer, Currency: "GBP", Total: v.total, Units: v.units,
			})
		}
	}
	for part, events := range batch {
		land(w, schemas.Orders, part, events...)
	}
}

// TestOnlineRetail is the acceptance on a year of a real shop, against the known figures and a count of its own in Go.
func TestOnlineRetail(t *testing.T) {
	w := newWorld(t, "retail", time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), "uk")
	zone := w.shop("uk").Location
	all := invoices(t, zone)
	loadRetail(w, all)
	r := w.runner(only("rfm", "cohort_retention", "net_sales"))
	began := time.Now()
	w.once(r)
	t.Logf("%d invoices: all rollups of a year in %v", len(all), time.Since(began).Round(time.Millisecond))

	w.want("RFM as of 2011-12-10", `SELECT concat(toString(sum(customers)), ' ', toString(sum(monetary)), ' ', toString(round(sum(repeat_customers) / sum(customers), 6))) AS line
FROM v_rfm WHERE shop = 'uk' AND window_end = toDateTime64('2011-12-10 00:00:00', 3, 'Europe/London')`, "4338 8911407.904 0.655832")
	w.want("median recency as of 2011-12-10", `SELECT toString(`+medianOf(r)+`) AS line FROM (SELECT sumMap(t.recency) AS recency FROM v_rfm AS t
WHERE t.shop = 'uk' AND t.window_end = toDateTime64('2011-12-10 00:00:00', 3, 'Europe/London'))`, "50")
	w.want("cohort 2010-12", `SELECT toString(buyers) AS line FROM v_cohort_retention WHERE shop = 'uk' AND cohort = '2010-12' ORDER BY window_start LIMIT 4`, "885", "324", "286", "340")

	w.want("cohorts against the oracle", `SELECT concat(cohort, ' ', formatDateTime(window_start, '%Y-%m', 'Europe/London'), ' ', toString(buyers)) AS line
FROM v_cohort_retention WHERE shop = 'uk' AND window_start < '2012-01-01' ORDER BY cohort, window_start`, cohortOracle(all, zone)...)
	w.want("net sales by day against the oracle", `SELECT concat(formatDateTime(window_start, '%F', 'Europe/London'), ' ', toString(paid_orders), ' ', toString(paid)) AS line
FROM v_net_sales WHERE shop = 'uk' ORDER BY window_start`, salesOracle(all, zone)...)
	w.want("segments of several days against the oracle", `SELECT concat(formatDateTime(window_start, '%F', 'Europe/London'), ' ', segment, ' ', toString(customers), ' ', toString(orders), ' ', toString(monetary)) AS line
FROM v_rfm WHERE shop = 'uk' AND window_end <= toDateTime64('2011-12-10 00:00:00', 3, 'Europe/London') ORDER BY window_start, segment`, rfmOracle(all, zone)...)

	before := w.lines(`SELECT toString(sum(cityHash64(rollup, shop, period, ver))) AS line FROM rollup_runs FINAL WHERE complete AND rollup != 'rfm'`)
	w.once(r)
	if after := w.lines(`SELECT toString(sum(cityHash64(rollup, shop, period, ver))) AS line FROM rollup_runs FINAL WHERE complete AND rollup != 'rfm'`); after[0] != before[0] {
		t.Error("a pass without new events computed complete periods again")
	}
}

func medianOf(r *Runner) string {
	s, _ := r.named("rfm")
	f, _ := s.Figure("median_recency")
	return f.SQL
}

func salesOracle(all []*invoice, zone *time.Location) (out []string) {
	type sum struct {
		orders int
		paid   schemas.Money
	}
	days := map[string]sum{}
	for _, v := range all {
		d := v.at.In(zone).Format(time.DateOnly)
		days[d] = sum{days[d].orders + 1, days[d].paid + v.total}
	}
	for _, d := range slices.Sorted(maps.Keys(days)) {
		out = append(out, fmt.Sprintf("%s %d %s", d, days[d].orders, plainMoney(days[d].paid)))
	}
	return out
}

// plainMoney writes an amount as ClickHouse does, without zeros at the end.
func plainMoney(m schemas.Money) string {
	s := fmt.Sprintf("%d.%06d", m/1e6, m%1e6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func cohortOracle(all []*invoice, zone *time.Location) (out []string) {
	first, active := map[string]string{}, map[[2]string]map[string]bool{}
	for _, v := range all { // ascending
		if v.customer == "" {
			continue
		}
		month := v.at.In(zone).Format("2006-01")
		if first[v.customer] == "" {
			first[v.customer] = month
		}
		key := [2]string{first[v.customer], month}
		if active[key] == nil {
			active[key] = map[string]bool{}
		}
		active[key][v.customer] = true
	}
	months := []string{"2010-12"}
	for m := 1; m <= 12; m++ {
		months = append(months, fmt.Sprintf("2011-%02d", m))
	}
	for i, cohort := range months {
		for _, month := range months[i:] {
			out = append(out, fmt.Sprintf("%s %s %d", cohort, month, len(active[[2]string{cohort, month}])))
		}
	}
	return out
}

// rfmOracle scores the customers at the ends of the days that stay: the last 35 before the newest sale, and month ends.
func rfmOracle(all []*invoice, zone *time.Location) (out []string) {
	last := time.Date(2011, 12, 9, 0, 0, 0, 0, zone)
	for d := time.Date(2010, 12, 1, 0, 0, 0, 0, zone); !d.After(last); d = d.AddDate(0, 0, 1) {
		asOf := d.AddDate(0, 0, 1)
		newest := all[len(all)-1].at
		if asOf.Day() == 1 || newest.Sub(asOf) < 35*24*time.Hour {
			out = append(out, rfmDay(all, d, asOf, zone)...)
		}
	}
	return out
}

type customer struct {
	recency, orders int
	money           schemas.Money
}

func rfmDay(all []*invoice, d, asOf time.Time, zone *time.Location) (out []string) {
	who := map[string]*customer{}
	for _, v := range all {
		if v.customer == "" || !v.at.Before(asOf) {
			continue
		}
		c := who[v.customer]
		if c == nil {
			c = &customer{}
			who[v.customer] = c
		}
		y, m, day := v.at.In(zone).Date()
		c.recency = int(time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC).Sub(time.Date(y, m, day, 0, 0, 0, 0, time.UTC)).Hours() / 24)
		c.orders++
		c.money += v.total
	}
	customers := slices.Collect(maps.Values(who))
	segments := map[string]customer{}
	counts := map[string]int{}
	for i, s := range segmentsOf(customers) {
		segments[s] = customer{0, segments[s].orders + customers[i].orders, segments[s].money + customers[i].money}
		counts[s]++
	}
	for _, s := range slices.Sorted(maps.Keys(segments)) {
		out = append(out, fmt.Sprintf("%s %s %d %d %s", d.Format(time.DateOnly), s, counts[s], segments[s].orders, plainMoney(segments[s].money)))
	}
	return out
}

func segmentsOf(all []*customer) []string {
	score := func(of func(*customer) int64) func(*customer) int {
		values := make([]int64, len(all))
		for i, c := range all {
			values[i] = of(c)
		}
		slices.Sort(values)
		return func(c *customer) int {
			v := of(c)
			n, _ := slices.BinarySearch(values, v+1) // how many are no better
			return int(math.Ceil(5 * float64(n) / float64(len(values))))
		}
	}
	r := score(func(c *customer) int64 { return -int64(c.recency) })
	f := score(func(c *customer) int64 { return int64(c.orders) })
	m := score(func(c *customer) int64 { return int64(c.money) })
	out := make([]string, len(all))
	for i, c := range all {
		recent, worth := r(c), (f(c)+m(c)+1)/2
		switch {
		case recent >= 4 && worth >= 4:
			out[i] = "champions"
		case recent >= 3 && worth >= 3:
			out[i] = "loyal"
		case recent >= 4:
			out[i] = "recent"
		case recent == 3:
			out[i] = "promising"
		case worth >= 4:
			out[i] = "at_risk"
		case worth == 3:
			out[i] = "need_attention"
		default:
			out[i] = "hibernating"
		}
	}
	return out
}
