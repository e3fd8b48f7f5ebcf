//go:build integration

package browser

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// controls: what the page offers above the board, and the links within.
func (f *face) controls(t *testing.T) {
	t.Run("drill down", f.drill)
	t.Run("shop", f.shop)
	t.Run("range", f.timeRange)
	t.Run("back", f.back)
	t.Run("theme and language", f.themeAndLanguage)
}

// drill: a click on a value leads to the other board, with the value chosen there and the same range.
func (f *face) drill(t *testing.T) {
	p := f.open(t, "/?board=live&lang=en&from=now-1h&to=now&var-shop=chaye")
	must(t, p.Do(chromedp.Click(chromedp.CSS(`main[data-board=live] section.panel[data-type=bars] a[data-drill][href*="var-channel=paid_search"]`), chromedp.NodeVisible)))
	must(t, p.Until("the marketing board", `() => document.querySelector("main").dataset.board === "marketing"`))
	must(t, p.Settle())
	at := p.address(t)
	if at.Get("from") != "now-1h" || at.Get("var-shop") != "chaye" {
		t.Errorf("range and shop were lost on the way: %v", at)
	}
	if got := at["var-channel"]; len(got) != 1 || got[0] != "paid_search" {
		t.Errorf("channel %v is chosen, want the one that was clicked", got)
	}
	wantDrawn(t, p)
	must(t, p.Shot("drill-down"))
}

// shop: another shop has other figures, in its own currency.
func (f *face) shop(t *testing.T) {
	p := f.open(t, "/?board=live&lang=en&from=now-1h&to=now&var-shop=chaye")
	before := p.figures(t)
	must(t, p.Choose(`select[data-var=shop]`, "kiefer"))
	must(t, p.Until("the shop in the address", `() => new URLSearchParams(location.search).get("var-shop") === "kiefer"`))
	must(t, p.Settle())
	after := p.figures(t)
	if before == after || !strings.Contains(before, "CNY") || !strings.Contains(after, "EUR") || strings.Contains(after, "CNY") {
		t.Errorf("figures of chaye:\n%s\nof kiefer:\n%s", before, after)
	}
	wantDrawn(t, p)
	must(t, p.Shot("shop-kiefer"))
}

// timeRange: another range is asked for and drawn.
func (f *face) timeRange(t *testing.T) {
	p := f.open(t, "/?board=live&lang=en&from=now-6h&to=now&var-shop=chaye")
	before := p.axis(t)
	p.Watch.Forget()
	must(t, p.Choose(`select[data-range]`, "now-15m"))
	must(t, p.Until("the range in the address", `() => new URLSearchParams(location.search).get("from") === "now-15m"`))
	must(t, p.Settle())
	asked := 0
	for _, r := range p.Watch.Requests() {
		if isPanel(r.URL) && strings.Contains(r.URL, "from=now-15m") {
			asked++
		}
	}
	if asked < 8 {
		t.Errorf("%d panels were asked for with the new range", asked)
	}
	if after := p.axis(t); after == before || after == "" {
		t.Errorf("the chart says %q before and %q after", before, after)
	}
	wantDrawn(t, p)
	must(t, p.Shot("range-15m"))
}

// back: the browser's back button undoes a choice.
func (f *face) back(t *testing.T) {
	p := f.open(t, "/?board=live&lang=en&from=now-1h&to=now&var-shop=chaye")
	for _, step := range [][2]string{{`select[data-var=shop]`, "kiefer"}, {`select[data-range]`, "now-6h"}} {
		must(t, p.Choose(step[0], step[1]))
		must(t, p.Settle())
	}
	for _, want := range [][2]string{{"kiefer", "now-1h"}, {"chaye", "now-1h"}} {
		must(t, p.Do(chromedp.Evaluate[chromedp.Void](`history.back()`)))
		must(t, p.Until(want[0]+" and "+want[1]+" are back", `(shop, range) => {
			const asked = new URLSearchParams(location.search);
			return asked.get("var-shop") === shop && asked.get("from") === range &&
				document.querySelector("select[data-var=shop]").value === shop && document.querySelector("select[data-range]").value === range;
		}`, want[0], want[1]))
		must(t, p.Settle())
		wantDrawn(t, p)
	}
}

// themeAndLanguage: the page follows the system's colours until somebody chooses others, and the links to the other
// language keep what was chosen.
func (f *face) themeAndLanguage(t *testing.T) {
	p := f.tab(t)
	must(t, p.Prefer("dark"))
	must(t, p.Go(f.demo.URL+"/?board=live&lang=en&from=now-1h&to=now&var-shop=kiefer"))
	const brightness = `() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).reduce((sum, n) => sum + Number(n), 0)`
	if dark := try(Eval[int](p, brightness))(t); dark > 200 {
		t.Errorf("the system prefers dark, the background's colours add up to %d of 765", dark)
	}
	must(t, p.Do(chromedp.Click(chromedp.CSS(`button[data-theme-toggle]`), chromedp.NodeVisible)))
	must(t, p.Settle())
	if light := try(Eval[int](p, brightness))(t); light < 600 {
		t.Errorf("light was chosen, the background's colours add up to %d of 765", light)
	}
	must(t, p.Do(chromedp.Click(chromedp.CSS(`a[data-lang-link]`), chromedp.NodeVisible)))
	must(t, p.Until("the page in Chinese", `() => document.querySelector("main")?.dataset.lang === "zh" && document.documentElement.lang === "zh-CN"`))
	must(t, p.Settle())
	if at := p.address(t); at.Get("var-shop") != "kiefer" || at.Get("from") != "now-1h" {
		t.Errorf("shop or range were lost with the language: %v", at)
	}
	wantDrawn(t, p)
}

// isPanel says whether an address asks for a panel's data.
func isPanel(address string) bool {
	return strings.Contains(address, "/api/boards/") && strings.Contains(address, "/panels/")
}

// address is what the page's address asks for.
func (p *Page) address(t *testing.T) url.Values {
	t.Helper()
	u, err := url.Parse(try(Eval[string](p, `() => location.href`))(t))
	must(t, err)
	return u.Query()
}

// figures is everything written in the panels of numbers.
func (p *Page) figures(t *testing.T) string {
	t.Helper()
	var out []string
	for _, panel := range try(p.Panels())(t) {
		if panel.Type == "stat" || panel.Type == "bars" {
			out = append(out, panel.Text)
		}
	}
	return strings.Join(out, "\n")
}

// axis is what the first chart over time says to screen readers of its range.
func (p *Page) axis(t *testing.T) string {
	t.Helper()
	return try(Eval[string](p, `() => document.querySelector("section.panel[data-type=timeseries] .plot")?.getAttribute("aria-label") ?? ""`))(t)
}
