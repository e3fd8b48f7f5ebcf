//go:build integration

package browser

import (
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// How often the short form refreshes the page, and by how much it may grow: what leaks 35 kB or 5 nodes each time is
// seen. The first refreshes do not count, since code is still compiled and buffers fill: measured over 270 refreshes the
// heap goes from 6 to 7.5 MB in the first 90 and stays there.
const (
	warm         = 25
	refreshes    = 60
	heapGrowth   = 2 << 20
	nodeGrowth   = 300
	listenGrowth = 30
)

// soakTime is how long the long form lasts, from TIDEMARK_SOAK, for example 1h; 0 for the short form.
func soakTime(t *testing.T) time.Duration {
	text := os.Getenv("TIDEMARK_SOAK")
	if text == "" {
		return 0
	}
	return try(time.ParseDuration(text))(t)
}

// hurry lets the pause between refreshes pass twenty times as fast; what else the page waits for is longer or shorter.
const hurry = `(() => {
	const wait = window.setTimeout;
	window.setTimeout = (task, ms, ...rest) => wait(task, ms === 10_000 ? ms / 20 : ms, ...rest);
})()`

// soak lets a board refresh itself many times at its shortest interval: it must neither flicker nor grow. In the short
// form the page's clock runs faster.
func (f *face) soak(t *testing.T) {
	p := f.tab(t)
	long := soakTime(t)
	if long == 0 {
		must(t, p.Before(hurry))
	}
	must(t, p.Go(f.demo.URL+"/?board=live&lang=en&from=now-1h&to=now&var-shop=kiefer"))
	panels := p.asked()
	must(t, p.Choose(`select[data-refresh]`, "10s"))
	p.watchFlicker(t)
	p.awaitAsked(t, warm*panels)
	must(t, p.Settle())
	before := try(p.Weigh())(t)
	if long == 0 {
		p.awaitAsked(t, (warm+refreshes)*panels)
	}
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(time.Minute) {
		p.Watch.Forget() // an hour of requests is not what is tested
		t.Logf("%s to go: %+v", time.Until(end).Round(time.Second), try(p.Weigh())(t))
	}
	must(t, p.Settle())
	after := try(p.Weigh())(t)
	t.Logf("before %+v, after %+v", before, after)
	if after.Heap > before.Heap+heapGrowth || after.Nodes > before.Nodes+nodeGrowth || after.Listeners > before.Listeners+listenGrowth {
		t.Errorf("the page grows: %+v before, %+v after", before, after)
	}
	for _, what := range try(Eval[[]string](p, `() => window.flicker`))(t) {
		t.Errorf("flickers: %s", what)
	}
	wantDrawn(t, p)
}

// asked counts how often the page has asked for a panel.
func (p *Page) asked() int {
	n := 0
	for _, r := range p.Watch.Requests() {
		if isPanel(r.URL) {
			n++
		}
	}
	return n
}

// awaitAsked waits until the page has asked for panels so many times.
func (p *Page) awaitAsked(t *testing.T, n int) {
	t.Helper()
	for end := time.Now().Add(6 * patience); p.asked() < n; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the page has asked for %d panels, want %d: it has stopped to refresh", p.asked(), n)
		}
	}
}

// watchFlicker notes every panel or canvas that is taken out of the page, and every panel that leaves the state drawn; a
// list of alerts may become empty.
func (p *Page) watchFlicker(t *testing.T) {
	t.Helper()
	must(t, p.Do(chromedp.Evaluate[chromedp.Void](`
		window.flicker = [];
		new MutationObserver(changes => {
			for (const c of changes) {
				for (const gone of c.removedNodes)
					if (gone.nodeType === 1 && (gone.matches("section.panel, canvas") || gone.querySelector("section.panel, canvas")))
						window.flicker.push("removed " + gone.outerHTML.slice(0, 100));
				if (c.type === "attributes" && c.target.matches("section.panel:not([data-type=alerts])") && c.oldValue === "drawn" && c.target.dataset.state !== "drawn")
					window.flicker.push("panel " + c.target.dataset.panel + " became " + c.target.dataset.state);
			}
		}).observe(document.querySelector("main"), {subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"], attributeOldValue: true});`)))
}
