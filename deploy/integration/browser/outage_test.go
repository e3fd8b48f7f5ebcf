//go:build integration

package browser

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// outage stages the failure of all payments with the demo's button: the board turns orange and is annotated, somebody
// acknowledges, the payments work again and the incident resolves by itself.
func (f *face) outage(t *testing.T) {
	t.Parallel()
	p := f.open(t, "/?page=alerts&lang=en")
	wantRunning := func(want bool) {
		t.Helper()
		var demo struct {
			Incidents []struct {
				Name    string `json:"name"`
				Running bool   `json:"running"`
			} `json:"incidents"`
		}
		must(t, f.demo.Get(f.ctx, "/api/demo", &demo))
		if len(demo.Incidents) != 1 || demo.Incidents[0].Name != "payment-outage" || demo.Incidents[0].Running != want {
			t.Errorf("the demo says %+v, want the outage running: %v", demo, want)
		}
	}
	wantRunning(false)
	begin := time.Now()
	f.toggleOutage(t, p, true)
	wantRunning(true)
	incident := f.await(t, "an orange incident", fmt.Sprintf(
		"SELECT incident FROM v_incidents WHERE rule = 'paid_orders_fall' AND tier = 'orange' AND opened_at >= fromUnixTimestamp(%d) ORDER BY shop LIMIT 1", begin.Unix()))
	t.Logf("orange after %v: %s", time.Since(begin).Round(time.Second), incident)
	f.seenOnBoard(t, incident, begin)

	must(t, p.Go(f.demo.URL+"/?page=alerts&lang=en"))
	must(t, p.Do(chromedp.SendKeys(chromedp.CSS(`input[data-actor]`), "Wang Fang", chromedp.NodeVisible)))
	f.press(t, p, incident, "acknowledge")
	f.wantState(t, p, incident, "acknowledged")
	must(t, p.Shot("outage-acknowledged"))

	f.toggleOutage(t, p, false)
	wantRunning(false)
	over := time.Now()
	f.await(t, "the incident resolves by itself", "SELECT incident FROM v_incidents WHERE incident = '"+incident+"' AND state = 'resolved'")
	t.Logf("resolved %v after the end", time.Since(over).Round(time.Second))
	must(t, p.Until("the page shows it resolved", `id => document.querySelector('[data-incident="' + id + '"]')?.dataset.state === "resolved"`, incident))
	must(t, p.Shot("outage-resolved"))
}

// seenOnBoard: the shop's board lists the incident and marks the time since it was opened.
func (f *face) seenOnBoard(t *testing.T, incident string, begin time.Time) {
	t.Helper()
	scope := "from=now-15m&to=now&var-shop=" + f.column(t, incident, "shop")
	p := f.open(t, "/?board=live&lang=zh&"+scope)
	must(t, p.Until("the incident in the list of open alerts", `id => !!document.querySelector('section.panel[data-type=alerts] [data-incident="' + id + '"]')`, incident))
	must(t, p.Shot("outage-board"))
	var marks []struct {
		Time int64 `json:"time"`
	}
	must(t, f.demo.Get(f.ctx, "/api/boards/tidemark-live-zh/annotations?"+scope, &marks))
	for _, mark := range marks {
		if mark.Time >= begin.UnixMilli() {
			return
		}
	}
	t.Errorf("no annotation since the outage began: %+v", marks)
}

func (f *face) toggleOutage(t *testing.T, p *Page, run bool) {
	t.Helper()
	must(t, p.Do(chromedp.Click(chromedp.CSS(`button[data-demo=payment-outage]`), chromedp.NodeVisible)))
	must(t, p.Until("the button says so", `run => document.querySelector("button[data-demo=payment-outage]").getAttribute("aria-pressed") === String(run)`, run))
}

// await asks ClickHouse until there is an answer, for some minutes: windows close by the clock.
func (f *face) await(t *testing.T, what, sql string) string {
	t.Helper()
	for end := time.Now().Add(8 * time.Minute); time.Now().Before(end); time.Sleep(time.Second) {
		if rows := try(f.demo.ClickHouse.Query(f.ctx, sql))(t); len(rows) > 0 {
			return rows[0][0]
		}
	}
	t.Fatalf("waited in vain for: %s", what)
	return ""
}
