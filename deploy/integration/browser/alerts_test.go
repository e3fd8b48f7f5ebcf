//go:build integration

package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// The incidents of alerts.sql.
const (
	gone, slow, unclicked = "paid_orders_fall-seed-1", "traffic_falls-seed-2", "ctr_falls-seed-3"
)

// alerts: a person takes an incident on, on the page of alerts; ClickHouse and everybody else see who.
func (f *face) alerts(t *testing.T) {
	p := f.open(t, "/?page=alerts&lang=en")
	must(t, p.Do(chromedp.SendKeys(chromedp.CSS(`input[data-actor]`), "Wang Fang", chromedp.NodeVisible)))
	for _, step := range []struct{ action, state string }{
		{"acknowledge", "acknowledged"}, {"handling", "handling"}, {"resolve", "resolved"},
	} {
		t.Run(step.action, func(t *testing.T) {
			f.press(t, p, slow, step.action)
			f.wantState(t, p, slow, step.state)
		})
	}
	if by := f.column(t, slow, "acknowledged_by"); by != "Wang Fang" {
		t.Errorf("acknowledged by %q", by)
	}
	t.Run("review", func(t *testing.T) { f.review(t, p) })
	t.Run("looks", f.alertLooks)
}

// review: what is over is judged, and the report of the rules counts it.
func (f *face) review(t *testing.T, p *Page) {
	for incident, verdict := range map[string]string{gone: "real", slow: "false_alarm"} {
		f.press(t, p, incident, "review")
		must(t, p.Choose(`dialog[open] select[data-verdict]`, verdict))
		must(t, p.Shot("review"))
		must(t, p.Do(chromedp.Click(chromedp.CSS(`dialog[open] button[type=submit]`), chromedp.NodeVisible)))
		f.wantState(t, p, incident, "reviewed")
		if got := f.column(t, incident, "verdict"); got != verdict {
			t.Errorf("verdict %q, want %q", got, verdict)
		}
	}
	var reports []struct {
		Rule        string   `json:"rule"`
		Real        int      `json:"real"`
		FalseAlarms int      `json:"false_alarms"`
		Precision   *float64 `json:"precision"`
	}
	must(t, f.demo.Get(f.ctx, "/api/rules", &reports))
	for _, r := range reports {
		isReal, isFalse := r.Rule == "paid_orders_fall", r.Rule == "traffic_falls"
		if isReal && (r.Real != 1 || r.FalseAlarms != 0 || r.Precision == nil || *r.Precision != 1) || isFalse && (r.Real != 0 || r.FalseAlarms != 1) {
			t.Errorf("report %+v", r)
		}
	}
	must(t, p.Until("the report on the page", `() => document.querySelector(".alerts-page table")?.innerText.includes("100%")`))
}

// alertLooks: the page of alerts, and the details of one, in both languages and themes at every size.
func (f *face) alertLooks(t *testing.T) {
	for _, look := range [][2]string{{"en", "light"}, {"zh", "dark"}} {
		p := f.open(t, "/?page=alerts&lang="+look[0]+"&theme="+look[1])
		must(t, p.Choose(`select[data-scope]`, "all"))
		must(t, p.Until("all incidents", `id => !!document.querySelector('[data-incident="' + id + '"]')`, gone))
		must(t, p.Do(chromedp.Click(chromedp.CSS(`[data-incident="`+gone+`"] a`), chromedp.NodeVisible)))
		must(t, p.Until("the details", `() => document.querySelectorAll("article.detail .events li").length >= 4`))
		for _, s := range sizes() {
			must(t, p.Resize(s.width, s.height, s.phone))
			must(t, p.Shot("alerts-"+look[0]+"-"+look[1]+"-"+s.name))
			wantFitting(t, p)
		}
	}
}

// press clicks the button of an action on an incident.
func (f *face) press(t *testing.T, p *Page, incident, action string) {
	t.Helper()
	button := fmt.Sprintf(`[data-incident=%q] button[data-action=%s]`, incident, action)
	must(t, p.Do(chromedp.Click(chromedp.CSS(button), chromedp.NodeVisible)))
}

// wantState waits for the state on the page, and wants it in ClickHouse and after a reload too.
func (f *face) wantState(t *testing.T, p *Page, incident, state string) {
	t.Helper()
	const shown = `(id, state) => document.querySelector('[data-incident="' + id + '"]')?.dataset.state === state`
	must(t, p.Until(incident+" is "+state, shown, incident, state))
	if got := f.column(t, incident, "state"); got != state {
		t.Errorf("ClickHouse says %q, the page %q", got, state)
	}
	must(t, p.Do(chromedp.Reload()))
	must(t, p.Ready())
	must(t, p.Choose(`select[data-scope]`, "all"))
	must(t, p.Until(incident+" is still "+state, shown, incident, state))
}

// column reads the incident as boards and SQL users see it.
func (f *face) column(t *testing.T, incident, column string) string {
	t.Helper()
	rows := try(f.demo.ClickHouse.Query(f.ctx, fmt.Sprintf("SELECT %s FROM v_incidents WHERE incident = '%s'", column, incident)))(t)
	if len(rows) != 1 {
		t.Fatalf("%d rows for %s", len(rows), incident)
	}
	return rows[0][0]
}
