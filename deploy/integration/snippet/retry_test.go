//go:build integration

package snippet

import (
	"testing"

	"tidemark/deploy/integration/browser"
	"tidemark/schemas"
)

const keptBatches = `() => Object.keys(localStorage).some(name => name.startsWith("tidemark.batch."))`

// failedTwice: the collector answers 503 although Kafka has the events. They come again with their ids, and count once.
func failedTwice(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.quiet = true
	w.log.faint = 2
	w.visit(t, "/")
	w.run(t, `tidemark("track", "Product Added", {product_id: "p1"})`)
	must(t, w.tab.Until("events are kept", keptBatches))
	must(t, w.tab.Until("nothing is kept", `() => !(`+keptBatches+`)()`))
	copies := map[string][]schemas.Click{}
	for _, c := range w.clicks(t) {
		copies[c.EventID] = append(copies[c.EventID], c)
	}
	for id, all := range copies {
		for _, c := range all {
			if c.OccurredAt != all[0].OccurredAt || c.AnonymousID != all[0].AnonymousID {
				t.Errorf("copies of %s differ: %+v", id, all)
			}
		}
	}
	if v := w.of(t, schemas.ClickPageView); len(v) != 1 || len(copies[v[0].EventID]) != 3 {
		t.Errorf("%d page views in %d copies, want one in three", len(v), len(copies[v[0].EventID]))
	}
	w.await(t, schemas.ClickAddToCart, 1)
}

// loseAPage visits a page, breaks the network under it, and leaves it.
func (w *world) loseAPage(t *testing.T) {
	t.Helper()
	w.quiet = true
	w.visit(t, "/")
	w.await(t, schemas.ClickPageView, 1)
	w.await(t, schemas.ClickViewPromotion, 1)
	w.await(t, schemas.ClickViewItemList, 1)
	w.down.Store(true)
	w.click(t, "#buy")
	must(t, w.tab.Until("the click is kept", keptBatches))
	w.click(t, "#menu") // waits
	w.leave(t)
	w.down.Store(false)
	if n := len(w.of(t, schemas.ClickElement)) + len(w.of(t, schemas.ClickWebVitals)); n != 0 {
		t.Fatalf("%d events came through an outage", n)
	}
}

// outage: what a closed page could not send comes with the next one.
func outage(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.loseAPage(t)
	w.visit(t, "/cart")
	w.wantLostPage(t)
	must(t, w.tab.Until("nothing is kept", `() => !(`+keptBatches+`)()`))
}

func (w *world) wantLostPage(t *testing.T) {
	t.Helper()
	lost := w.await(t, schemas.ClickElement, 2)
	lost = append(lost, w.await(t, schemas.ClickWebVitals, 1)...)
	for _, c := range lost {
		if c.Page != "/" || c.SentAt <= c.OriginalAt {
			t.Errorf("%+v", c)
		}
	}
}

// twoTabs: of two pages that find the same events only one sends them.
func twoTabs(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.loseAPage(t)
	w.visit(t, "/frames")
	w.wantLostPage(t)
	w.await(t, schemas.ClickPageView, 3)
	copies := map[string]int{}
	for _, c := range w.clicks(t) {
		if copies[c.EventID]++; copies[c.EventID] > 1 {
			t.Errorf("%s came more than once", c.Type)
		}
	}
}

// outageUnlisted: a network that is down shows without a listing too.
func outageUnlisted(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{unlisted: true})
	w.loseAPage(t)
	w.visit(t, "/cart")
	w.wantLostPage(t)
}

// unlisted: a page that the collector does not list delivers its events all the same, each once; but it cannot see that
// one was refused. With crossorigin the browser does not run the script, and says so.
func unlisted(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{unlisted: true})
	w.visit(t, "/")
	w.await(t, schemas.ClickPageView, 1)
	w.click(t, "#buy")
	w.await(t, schemas.ClickElement, 1)
	w.leave(t)
	w.await(t, schemas.ClickWebVitals, 1)
	if all, own := len(w.clicks(t)), len(w.of(t, schemas.ClickPageView)); own != 1 || all > 6 {
		t.Errorf("%d records of one visit: %s", all, w.types(t))
	}
	w.log.faint = 1
	w.quiet = true
	w.visit(t, "/cart")
	w.silentOf(t, schemas.ClickPageView, 2)
	if stored := w.stored(t); len(stored) != 1 {
		t.Errorf("%v is stored: the 503 was seen?", stored)
	}

	w = newWorld(t, b, options{tag: "crossorigin", unlisted: true})
	w.quiet = true
	w.visit(t, "/")
	w.silent(t)
	if problems := w.tab.Watch.Problems(); len(problems) == 0 {
		t.Error("nobody complains of the missing listing")
	}
}
