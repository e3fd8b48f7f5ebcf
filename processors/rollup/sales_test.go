package rollup

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// sold is one made-up order.
type sold struct {
	id, channel string
	paid        time.Time
	total       schemas.Money
	refunds     []time.Time // each of a third
}

func (s *sold) events(shop *schemas.Shop) []schemas.Order {
	set := func(o *schemas.Order) {
		o.Shop, o.Market, o.Currency, o.Channel, o.Total = shop.ID, shop.Market, shop.Currency, s.channel, s.total
	}
	out := []schemas.Order{orderEvent(s.id, schemas.OrderPaid, s.paid, set)}
	for i, at := range s.refunds {
		out = append(out, orderEvent(s.id, schemas.OrderRefunded, at, func(o *schemas.Order) {
			set(o)
			o.Channel, o.Refund, o.EventID = "", s.total/3, fmt.Sprint(o.EventID, i)
		}))
	}
	return out
}

// salesByDay is the oracle: a loop over the orders, with days by Go's calendar.
func salesByDay(all []*sold, zone *time.Location) []string {
	type sum struct{ paid, refunded, ofDay schemas.Money }
	days := map[string]sum{}
	for _, s := range all {
		day := func(t time.Time) string { return t.In(zone).Format(time.DateOnly) + " " + s.channel }
		d := days[day(s.paid)]
		d.paid += s.total
		d.ofDay += s.total / 3 * schemas.Money(len(s.refunds))
		days[day(s.paid)] = d
		for _, at := range s.refunds {
			d := days[day(at)]
			d.refunded += s.total / 3
			days[day(at)] = d
		}
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(days)) {
		out = append(out, fmt.Sprintf("%s %s %s %s", k, plainMoney(days[k].paid), plainMoney(days[k].refunded), plainMoney(days[k].ofDay)))
	}
	return out
}

func salesSQL(shop *schemas.Shop) string {
	return fmt.Sprintf(`SELECT concat(formatDateTime(window_start, '%%F', '%s'), ' ', channel, ' ', toString(paid), ' ', toString(refunded), ' ', toString(refunded_of_day)) AS line
FROM v_net_sales WHERE shop = '%s' ORDER BY line`, shop.Location, shop.ID)
}

// versions are the periods and versions of complete days.
func (w *world) versions(rollup string) []string {
	w.t.Helper()
	return w.lines(`SELECT concat(shop, ' ', toString(period), ' ', toString(ver)) AS line FROM rollup_runs FINAL WHERE rollup = '` + rollup + `' AND complete ORDER BY line`)
}

// differing counts the lines of b that are not in a.
func differing(a, b []string) (n int) {
	for _, l := range b {
		if !slices.Contains(a, l) {
			n++
		}
	}
	return n
}

// TestNetSales follows two shops over the change of clocks: passes without news, late events, copies, a crash between rows
// and runs, and a changed definition.
func TestNetSales(t *testing.T) {
	begin := time.Date(2025, 10, 20, 0, 0, 0, 0, time.UTC)
	w := newWorld(t, "net_sales", begin.AddDate(0, 0, 20), "de", "cn")
	random := rand.New(rand.NewPCG(5, 1))
	all := map[string][]*sold{}
	var batch []schemas.Order
	for _, id := range []string{"de", "cn"} {
		for i := range 150 {
			s := &sold{id: fmt.Sprintf("%s%d", id, i), channel: []string{"email", "direct"}[i%2], total: schemas.Money(3_000_000 * (1 + random.Int64N(40))), paid: begin.Add(time.Duration(random.Int64N(int64(12 * 24 * time.Hour))))}
			for range random.IntN(3) {
				s.refunds = append(s.refunds, s.paid.Add(time.Duration(random.Int64N(int64(7*24*time.Hour)))))
			}
			all[id] = append(all[id], s)
			events := s.events(w.shop(id))
			batch = append(batch, append(events, events[0])...)
		}
	}
	for part := range uint64(3) {
		n := len(batch) / 3
		land(w, schemas.Orders, part, batch[int(part)*n:int(part)*n+n]...)
		land(w, schemas.Orders, part, batch[int(part)*n:int(part)*n+9]...) // copies far apart
	}
	land(w, schemas.Orders, 2, batch[len(batch)/3*3:]...)
	catalogue := only("net_sales")
	r := w.runner(catalogue)
	check := func(what string) {
		t.Helper()
		for _, id := range []string{"de", "cn"} {
			w.want(what+" "+id, salesSQL(w.shop(id)), salesByDay(all[id], w.shop(id).Location)...)
		}
	}
	w.once(r)
	check("first pass")
	w.want("the day of 25 hours", `SELECT DISTINCT toString(dateDiff('hour', window_start, window_end)) AS line FROM v_net_sales WHERE shop = 'de' AND window_start = toDateTime64('2025-10-25 22:00:00', 3, 'UTC')`, "25")

	before := w.versions("net_sales")
	w.once(w.runner(catalogue))
	if n := differing(before, w.versions("net_sales")); n != 0 {
		t.Errorf("a pass without news computed %d complete days again", n)
	}

	// A refund of an order of the first days, three weeks late: it changes the day of its order and its own.
	old := all["de"][7]
	old.refunds = append(old.refunds, begin.AddDate(0, 0, 18).Add(time.Hour))
	events := old.events(w.shop("de"))
	land(w, schemas.Orders, 1, events[len(events)-1], events[0])
	shown := w.lines(salesSQL(w.shop("de")))
	if err := interrupted(w, catalogue, old.paid, begin.AddDate(0, 0, 18)); err != nil {
		t.Fatal(err)
	}
	w.want("after a crash between rows and runs: as before", salesSQL(w.shop("de")), shown...)
	if slices.Equal(shown, salesByDay(all["de"], w.shop("de").Location)) {
		t.Error("the late refund changes nothing, so the crash says nothing")
	}
	w.once(w.runner(catalogue))
	check("late refund")
	if n := differing(before, w.versions("net_sales")); n == 0 || n > 4 {
		t.Errorf("a late refund of one order rebuilt %d complete days, want those of the order alone", n)
	}

	changed := only("net_sales")
	spec := *changed[0].Rollup
	spec.SQL = strings.Replace(spec.SQL, "sumIf(x.fact.3, x.fact.1 = 'paid')", "2 * sumIf(x.fact.3, x.fact.1 = 'paid')", 1)
	changed[0].Rollup = &spec
	paid := w.lines("SELECT toString(sum(paid) * 2) AS line FROM v_net_sales")
	w.once(w.runner(changed))
	w.want("another definition", "SELECT toString(sum(paid)) AS line FROM v_net_sales", paid...)
	w.once(w.runner(catalogue))
	check("the old definition again")

	w.now = w.now.Add(2 * tidyAfter)
	rows := w.lines("SELECT toString(count()) AS line FROM v_net_sales")
	w.once(w.runner(catalogue))
	w.want("rows left in the table after tidying: those that are read", "SELECT toString(count()) AS line FROM r_net_sales WHERE ver < "+fmt.Sprint(w.now.Add(-tidyAfter).UnixNano()), rows...)
	check("after tidying")
}

// interrupted computes the days around a moment and around a late refund, and ends before it says so, as a killed runner
// does.
func interrupted(w *world, c processors.Catalogue, at ...time.Time) error {
	r, shop := w.runner(c), w.shop("de")
	cal := calendar{shop.Location, processors.Day}
	var batch []period
	for _, t := range at {
		batch = append(batch, cal.at(schemas.MillisOf(t)))
	}
	return r.compute(w.t.Context(), r.order[0], shop, batch, r.now(), r.version())
}
