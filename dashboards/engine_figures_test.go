package dashboards_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"tidemark/dashboards/preview"
)

// wantNumber compares a figure with what the shops did.
func wantNumber(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > 1e-9 {
		if got == nil {
			t.Errorf("%s is missing, want %v", what, want)
			return
		}
		t.Errorf("%s is %v, want %v", what, *got, want)
	}
}

// stat is the value of a stat's number with a name; the only one has none.
func stat(t *testing.T, d preview.Data, name string) *float64 {
	t.Helper()
	for _, s := range d.Stats {
		if s.Name == name || len(d.Stats) == 1 {
			return s.Value
		}
	}
	return nil
}

// points are the points of a series by the second at which they stand.
func points(d preview.Data, name string) map[int64]*float64 {
	out := map[int64]*float64{}
	for _, s := range d.Series {
		if s.Name == name {
			for _, p := range s.Points {
				out[int64(*p[0])/1000] = p[1]
			}
		}
	}
	return out
}

func figuresOfToday(t *testing.T, v *viewer) {
	for _, shop := range []string{"chaye", "kiefer"} {
		live := v.draw("live", "var-shop="+shop)
		currency := map[string]string{"chaye": "CNY", "kiefer": "EUR"}[shop]
		orders := v.truth.paidOrders[shop]
		wantNumber(t, shop+": paid orders", stat(t, live["stat Paid orders"], ""), orders)
		wantNumber(t, shop+": paying buyers", stat(t, live["stat Paying buyers"], ""), orders)
		wantNumber(t, shop+": paid", stat(t, live["stat Paid"], currency), v.truth.paid[shop])
		wantNumber(t, shop+": paid in dollars", stat(t, live["stat Paid"], "USD"), orders*250-v.truth.paid[shop])
		wantNumber(t, shop+": order value", stat(t, live["stat Average order value"], currency), 250)
		wantNumber(t, shop+": visitors", stat(t, live["stat Visitors"], ""), v.truth.visitors[shop])
		wantNumber(t, shop+": conversion", stat(t, live["stat Payment conversion"], ""), orders/v.truth.visitors[shop])
	}
	all := v.draw("live", "var-shop=chaye")["table All shops now"].Table
	if all == nil || len(all.Rows) != 3 {
		t.Fatalf("all shops: %+v", all)
	}
	for i, shop := range []string{"chaye", "kiefer"} {
		row := all.Rows[i]
		if row[0].Text != shop {
			t.Fatalf("row %d is %+v, want %s", i, row, shop)
		}
		wantNumber(t, shop+": paid orders among all", row[2].Value, v.truth.paidOrders[shop])
		wantNumber(t, shop+": paid among all", row[3].Value, v.truth.paid[shop])
		wantNumber(t, shop+": visitors among all", row[5].Value, v.truth.visitors[shop])
	}
}

func figuresOverTime(t *testing.T, v *viewer) {
	live := v.draw("live", "var-shop=chaye")
	views := points(live["timeseries Page views per minute"], "Page views")
	last := v.now.Truncate(time.Minute).Add(-2 * time.Minute).Unix()
	if len(views) < 55 || views[last] == nil || views[last+60] != nil {
		t.Errorf("%d minutes; the newest complete one %v, the open one after it %v", len(views), views[last], views[last+60])
	}
	for at, n := range views {
		wantNumber(t, time.Unix(at, 0).UTC().String(), n, v.truth.viewsByMinute[at])
	}
	quiet := v.now.Truncate(time.Minute).Add(-quietMinute * time.Minute).Unix()
	wantNumber(t, "paid orders in the quiet minute", points(live["timeseries Paid orders per minute"], "Paid orders")[quiet], 0)
	wantNumber(t, "expected at that time", points(live["timeseries Paid orders per minute"], "Expected")[quiet], 10)
	so := live["timeseries Paid so far, against other days"]
	wantNumber(t, "paid so far today", points(so, "Today")[last], v.truth.paid["chaye"])
	wantNumber(t, "paid yesterday by then", points(so, "Yesterday")[last], v.truth.yesterdayPaid)

	hour := v.draw("live", "var-shop=chaye&from=now-24h")
	for at, n := range points(hour["timeseries Page views per minute"], "Page views") {
		if *n > 12 { // six visits of two pages
			t.Errorf("at %d: %v views per minute, though one point stands for several", at, *n)
		}
	}
}

func sessions(t *testing.T, v *viewer) {
	marketing := v.draw("marketing", "var-shop=chaye&from=now-2h")
	funnel := marketing["funnel Checkout funnel"].Bars
	if len(funnel) != 5 {
		t.Fatalf("the funnel has %d steps", len(funnel))
	}
	wantNumber(t, "viewed", &funnel[0].Value, v.truth.viewed["chaye"])
	wantNumber(t, "purchases", &funnel[4].Value, v.truth.purchases["chaye"])
	rows := marketing["table Funnel by channel"].Table.Rows
	if len(rows) != 3 {
		t.Fatalf("channels: %+v", rows)
	}
	for _, r := range rows {
		if step := r[len(r)-1].Text; step != "Add to cart" {
			t.Errorf("weakest step of %s is %q", r[0].Text, step)
		}
	}
}

func chosenChannel(t *testing.T, v *viewer) {
	all, one := v.draw("marketing", "var-shop=chaye&from=now-2h"), v.draw("marketing", "var-shop=chaye&from=now-2h&var-channel=email")
	shown := v.truth.shown
	wantNumber(t, "shown", stat(t, all["stat Shown"], ""), shown["direct"]+shown["email"]+shown["paid_search"])
	wantNumber(t, "shown by mail", stat(t, one["stat Shown"], ""), shown["email"])
	if len(points(all["timeseries Click-through rate"], "Expected")) == 0 {
		t.Error("no band")
	}
	if n := len(points(one["timeseries Click-through rate"], "Expected")); n != 0 {
		t.Errorf("%d points of a band that holds for all channels, beside one", n)
	}
	// Sessions know no campaign: choosing one leaves them as they are.
	other := v.draw("marketing", "var-shop=chaye&from=now-2h&var-campaign=spring-sale")
	wantNumber(t, "sessions whatever the campaign", stat(t, other["stat Sessions"], ""), *stat(t, all["stat Sessions"], ""))
	wantNumber(t, "shown of the campaign", stat(t, other["stat Shown"], ""), shown["email"])
}

func links(t *testing.T, v *viewer) {
	live := v.draw("live", "var-shop=chaye")
	codes := map[string]string{"Direct": "direct", "Email": "email", "Paid search": "paid_search"}
	bars := live["bars Visitors by channel"].Bars
	if len(bars) != len(codes) {
		t.Errorf("channels: %+v", bars)
	}
	for _, b := range bars { // the label is shown, the link carries the code
		if b.Link == nil || b.Link.Board != "tidemark-marketing-en" || b.Link.Set["channel"] != codes[b.Label] {
			t.Errorf("bar %q leads to %+v", b.Label, b.Link)
		}
	}
	for _, b := range live["bars Paid by channel"].Bars {
		if label := strings.TrimSuffix(strings.TrimSuffix(b.Label, " CNY"), " USD"); b.Link == nil || codes[label] == "" || b.Link.Set["channel"] != codes[label] {
			t.Errorf("bar %q leads to %+v", b.Label, b.Link)
		}
	}
	for _, row := range live["table All shops now"].Table.Rows {
		if l := row[1].Link; l == nil || l.Board != "tidemark-live-en" || l.Set["shop"] != row[0].Text {
			t.Errorf("shop %s leads to %+v", row[0].Text, l)
		}
	}
	for _, row := range v.draw("marketing", "var-shop=chaye")["table Funnel by channel"].Table.Rows {
		if l := row[0].Link; l == nil || l.Set["channel"] != codes[row[0].Text] {
			t.Errorf("channel %s leads to %+v", row[0].Text, l)
		}
	}
}
