package rollup

import (
	"fmt"
	"testing"
	"time"

	"tidemark/schemas"
)

func click(shop, visitor string, at time.Time) schemas.Click {
	return schemas.Click{Envelope: schemas.Envelope{EventID: fmt.Sprint(visitor, at.Unix()), Type: schemas.ClickPageView, OccurredAt: schemas.MillisOf(at), Shop: shop, Market: shop, Source: "test"}, AnonymousID: visitor}
}

// TestActiveUsers follows a rollup that reads another one: a visit that comes in late changes the weeks and months after it.
func TestActiveUsers(t *testing.T) {
	begin := time.Now().UTC().Truncate(24*time.Hour).Add(12*time.Hour).AddDate(0, 0, -45) // clicks are kept for 90 days
	w := newWorld(t, "active", begin.AddDate(0, 0, 45), "de")
	days := map[int][]string{} // visitors by days since begin
	var events []schemas.Click
	visit := func(day int, who string) schemas.Click {
		days[day] = append(days[day], who)
		return click("de", who, begin.AddDate(0, 0, day))
	}
	for day := range 40 {
		for i := range 1 + day%4 {
			events = append(events, visit(day, fmt.Sprint("v", (day*3+i)%17)))
		}
	}
	land(w, schemas.Clickstream, 1, events...)
	check := func(what string) {
		t.Helper()
		var want []string
		for day := range 46 {
			distinct := func(n int) int {
				who := map[string]bool{}
				for d := max(0, day-n+1); d <= day; d++ {
					for _, v := range days[d] {
						who[v] = true
					}
				}
				return len(who)
			}
			want = append(want, fmt.Sprintf("%s %d %d %d", begin.AddDate(0, 0, day).Format(time.DateOnly), distinct(1), distinct(7), distinct(30)))
		}
		w.want(what, `SELECT concat(formatDateTime(window_start, '%F', 'Europe/Berlin'), ' ', toString(dau), ' ', toString(wau), ' ', toString(mau)) AS line FROM v_active_users WHERE shop = 'de' ORDER BY line`, want...)
	}
	c := only("active_users", "daily_active") // in the wrong order: the dependency sorts them
	c[0], c[1] = c[1], c[0]
	r := w.runner(c)
	if r.order[0].Name != "daily_active" {
		t.Fatalf("%s runs first", r.order[0].Name)
	}
	w.once(r)
	check("first pass")
	before := w.versions("active_users")
	land(w, schemas.Clickstream, 1, visit(5, "latecomer"))
	w.once(r)
	check("a late visit")
	if n := differing(before, w.versions("active_users")); n < 30 || n > 32 {
		t.Errorf("a late visit rebuilt %d days of the rollup that comes after, want the 30 that it counts in", n)
	}
}

// TestOnTime follows parcels past their promise.
func TestOnTime(t *testing.T) {
	w := newWorld(t, "on_time", noon.Add(30*time.Minute), "de")
	due := noon.Add(time.Hour)
	land(w, schemas.Logistics, 1,
		scan("a", schemas.ParcelPickedUp, noon.AddDate(0, 0, -1), due), scan("a", schemas.ParcelDelivered, noon.Add(time.Minute), time.Time{}),
		scan("b", schemas.ParcelPickedUp, noon.AddDate(0, 0, -1), due), scan("c", schemas.ParcelPickedUp, noon.AddDate(0, 0, -1), due.AddDate(0, 0, 1)), scan("d", schemas.ParcelPickedUp, noon, time.Time{}))
	r := w.runner(only("on_time"))
	want := func(what string, lines ...string) {
		t.Helper()
		w.want(what, `SELECT concat(formatDateTime(window_start, '%F', 'Europe/Berlin'), ' due ', toString(sum(due)), ' judged ', toString(sum(judged)), ' on time ', toString(sum(on_time)), ' late ', toString(sum(late)), ' open ', toString(sum(open_late))) AS line
FROM v_on_time WHERE shop = 'de' GROUP BY window_start ORDER BY line`, lines...)
	}
	w.once(r)
	want("before the promise", "2025-06-02 due 2 judged 1 on time 1 late 0 open 0")
	w.now = due.Add(time.Hour)
	w.once(r)
	want("past the promise, without any event", "2025-06-02 due 2 judged 2 on time 1 late 0 open 1")
	w.now = noon.AddDate(0, 0, 3)
	land(w, schemas.Logistics, 1, scan("b", schemas.ParcelDelivered, noon.AddDate(0, 0, 2), time.Time{}))
	w.once(r)
	want("delivered late", "2025-06-02 due 2 judged 2 on time 1 late 1 open 0", "2025-06-03 due 1 judged 1 on time 0 late 0 open 1")
	land(w, schemas.Logistics, 1, scan("c", schemas.ParcelAnnounced, noon.AddDate(0, 0, -2), due)) // an older scan with another promise
	w.once(r)
	want("the original promise was another", "2025-06-02 due 3 judged 3 on time 1 late 1 open 1")
}

// TestLogins follows visitors who log in: the day on which they do and those after it count the login, also where the news
// comes late; days before stay as they are, and robots are apart.
func TestLogins(t *testing.T) {
	begin := time.Now().UTC().Truncate(24*time.Hour).Add(12*time.Hour).AddDate(0, 0, -20) // clicks are kept for 90 days
	w := newWorld(t, "logins", begin.AddDate(0, 0, 5), "de", "cn")
	day := func(n int) string { return begin.AddDate(0, 0, n).Format(time.DateOnly) }
	n := 0
	at := func(day int, visitor, login string) schemas.Click {
		n++
		c := click("de", visitor, begin.AddDate(0, 0, day).Add(time.Duration(n)*time.Minute))
		c.UserID = login
		return c
	}
	bot := at(1, "crawler", "")
	bot.Bot = true
	other := at(1, "phone", "zoe")
	other.Shop = "cn"
	land(w, schemas.Clickstream, 1, other,
		at(0, "phone", ""),
		at(1, "phone", ""), at(1, "phone", "ann"), at(1, "phone", ""), at(1, "laptop", "ann"), at(1, "tv", ""), bot,
		at(2, "laptop", ""), at(2, "phone", ""), // both are ann's now
		at(3, "phone", "bob"), at(3, "phone", ""), at(3, "laptop", ""),
		at(4, "phone", "ann"), at(4, "phone", ""), at(4, "laptop", "ann")) // ann has come back
	paid := func(day int, buyer string) schemas.Order {
		n++
		return schemas.Order{Envelope: schemas.Envelope{Type: schemas.OrderPaid, OccurredAt: schemas.MillisOf(begin.AddDate(0, 0, day)), Shop: "de", Market: "de"}, OrderID: fmt.Sprint("o", n), Buyer: buyer}
	}
	land(w, schemas.Orders, 2, paid(1, "phone"), paid(1, "ann"), paid(2, "guest"), paid(2, "laptop"))
	r := w.runner(only("daily_active"))
	check := func(what string, lines ...string) {
		t.Helper()
		w.want(what, `SELECT concat(formatDateTime(window_start, '%F', 'Europe/Berlin'), ' ', toString(visitors), ' ', toString(buyers), ' ', toString(bots)) AS line
FROM v_daily_active WHERE shop = 'de' AND visitors > 0 ORDER BY line`, lines...)
	}
	w.once(r)
	check("first pass", day(0)+" 1 0 0", day(1)+" 2 1 1", day(2)+" 1 2 0", day(3)+" 2 0 0", day(4)+" 1 0 0")
	w.want("logins", "SELECT DISTINCT concat(shop, ' ', anonymous_id, ' ', user_id) AS line FROM logins WHERE shop = 'de' ORDER BY line", "de laptop ann", "de phone ann", "de phone bob")

	late := click("de", "tv", begin.Add(time.Hour)) // on day 0 the television was dan's, and nobody else's since
	late.UserID = "dan"
	before := w.versions("daily_active")
	land(w, schemas.Clickstream, 1, late, at(4, "tv", ""), at(4, "tablet", "dan"))
	w.once(r)
	check("a late login", day(0)+" 2 0 0", day(1)+" 2 1 1", day(2)+" 1 2 0", day(3)+" 2 0 0", day(4)+" 2 0 0")
	if n := differing(before, w.versions("daily_active")); n != 5 {
		t.Errorf("a late login rebuilt %d days, want its own and the four after it", n)
	}
	w.want("dan's days", `SELECT toString(uniqMerge(visitors_state)) AS line FROM v_daily_active WHERE shop = 'de'`, "4") // phone of day 0, ann, bob, dan
}
