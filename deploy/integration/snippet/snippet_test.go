//go:build integration

package snippet

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tidemark/deploy/integration/browser"
	"tidemark/ingest/snippet"
	"tidemark/schemas"
)

// TestSnippet visits a shop in a real browser: what the visitor does arrives, once, and what nobody may know does not.
func TestSnippet(t *testing.T) {
	if _, err := snippet.Script(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	t.Cleanup(cancel)
	b := try(browser.Start(ctx, t.TempDir()))(t)
	t.Cleanup(b.Close)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *browser.Browser)
	}{
		{"page view", pageView}, {"origin of the visit", origin}, {"single page", singlePage}, {"search", search}, {"clicks by region", regions},
		{"slots", slots}, {"lists", lists}, {"vitals", vitals}, {"errors", scriptErrors}, {"engaged time", engagedTime}, {"calls", calls},
		{"consent", consent}, {"consent refused before", consentBefore}, {"do not track", doNotTrack}, {"no storage", noStorage},
		{"failed twice", failedTwice}, {"outage", outage}, {"two tabs", twoTabs}, {"outage without a listing", outageUnlisted}, {"unlisted origin", unlisted},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel() // they mostly wait
			test.run(t, b)
		})
	}
}

func pageView(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.visit(t, "/products/mug?token=secret#part")
	v := w.await(t, schemas.ClickPageView, 1)[0]
	if v.Page != "/products/mug" || v.PageType != "product" || v.Channel != "direct" || v.Locale != "en-US" || v.Device == "" || v.Shop != "shop" ||
		len(v.EventID) != 36 || len(v.AnonymousID) != 36 || v.Server || v.OriginalAt == 0 || v.SentAt < v.OriginalAt {
		t.Errorf("%+v", v)
	}
	w.run(t, `location.href = "/cart?token=secret"`)
	again := w.await(t, schemas.ClickPageView, 2)[1]
	if again.AnonymousID != v.AnonymousID || again.Channel != "" || again.Page != "/cart" || again.Referrer != strings.TrimPrefix(w.site.URL, "http://")+"/products/mug" {
		t.Errorf("the next page: %+v", again)
	}
	if stored := w.stored(t); len(stored) != 1 || stored[0] != "tidemark.id" {
		t.Errorf("stored: %v", stored)
	}
	sent := 0
	for _, r := range w.tab.Watch.Requests() {
		if r.Method != http.MethodPost {
			continue
		}
		sent++
		if strings.Contains(r.Body, "token") || strings.Contains(r.Body, "part") {
			t.Errorf("query or fragment was sent: %s", r.Body)
		}
	}
	if sent < 2 {
		t.Errorf("%d requests were seen", sent)
	}
}

func origin(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.visit(t, "/?utm_source=bing&utm_medium=cpc&utm_campaign=spring&utm_term=mug&utm_content=b&msclkid=click-id-1")
	v := w.await(t, schemas.ClickPageView, 1)[0]
	if v.UTMSource != "bing" || v.UTMMedium != "cpc" || v.Campaign != "spring" || v.UTMTerm != "mug" || v.UTMContent != "b" || v.Channel != "paid_search" || v.AdNetwork != "microsoft" {
		t.Errorf("%+v", v)
	}
	for _, r := range w.tab.Watch.Requests() {
		if strings.Contains(r.Body, "click-id-1") {
			t.Errorf("the click id was sent: %s", r.Body)
		}
	}
}

func singlePage(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.visit(t, "/")
	w.await(t, schemas.ClickPageView, 1)
	w.await(t, schemas.ClickViewPromotion, 1)
	w.run(t, `history.pushState({}, "", "/products/mug"); history.replaceState({}, "", "/products/mug"); location.hash = "reviews"`)
	v := w.await(t, schemas.ClickPageView, 2)[1]
	if v.Page != "/products/mug" || !strings.HasSuffix(v.Referrer, "/") || v.Channel != "" {
		t.Errorf("%+v", v)
	}
	w.await(t, schemas.ClickViewPromotion, 2) // seen once on each page
	w.run(t, `history.go(-2)`)
	if v := w.await(t, schemas.ClickPageView, 3)[2]; v.Page != "/" {
		t.Errorf("back: %+v", v)
	}
}

func search(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: `crossorigin data-search-param="q"`})
	w.visit(t, "/search?q=blue+mug&user=jo")
	if s := w.await(t, schemas.ClickSearch, 1)[0]; s.Query != "blue mug" || s.Page != "/search" {
		t.Errorf("%+v", s)
	}
}

func regions(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.visit(t, "/")
	w.await(t, schemas.ClickPageView, 1)
	for _, selector := range []string{"#buy", "#menu", "h1"} {
		w.click(t, selector)
	}
	w.run(t, `document.querySelector("#buy").click()`) // a script's click is nobody's
	var got []string
	for _, c := range w.await(t, schemas.ClickElement, 3) {
		got = append(got, c.Region+" "+c.Page)
	}
	if all := strings.Join(got, ", "); all != "hero /, header /, main /" {
		t.Errorf("clicks on %s", all)
	}
}

func slots(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.visit(t, "/")
	seen := w.await(t, schemas.ClickViewPromotion, 1)[0]
	if seen.Slot != "home-hero" || seen.Creative != "blue" || len(seen.Impression) != 36 {
		t.Errorf("%+v", seen)
	}
	w.click(t, "#promo")
	if c := w.await(t, schemas.ClickSelectPromotion, 1)[0]; c.Impression != seen.Impression || c.Slot != "home-hero" || c.Creative != "blue" {
		t.Errorf("clicked %+v, seen %+v", c, seen)
	}
	// Below the fold: not yet seen; then in view, but for less than a second; then for long enough, and again.
	w.run(t, `scrollTo(0, 9999); setTimeout(() => scrollTo(0, 0), 300)`)
	w.silentOf(t, schemas.ClickViewPromotion, 1)
	for range 2 {
		w.run(t, `scrollTo(0, 9999)`)
		if again := w.await(t, schemas.ClickViewPromotion, 2)[1]; again.Slot != "below" {
			t.Errorf("%+v", again)
		}
		w.run(t, `scrollTo(0, 0)`)
	}
	// A slot that a script adds, clicked before it could be seen.
	w.run(t, `document.querySelector("h1").innerHTML = '<b id="late" data-tm-slot="late">Late</b>'`)
	time.Sleep(500 * time.Millisecond)
	w.click(t, "#late")
	clicked := w.await(t, schemas.ClickSelectPromotion, 2)[1]
	if late := w.await(t, schemas.ClickViewPromotion, 3)[2]; late.Slot != "late" || late.Impression != clicked.Impression {
		t.Errorf("late %+v, clicked %+v", late, clicked)
	}
	w.silentOf(t, schemas.ClickViewPromotion, 3)
}

// silentOf wants that no more events of a type come.
func (w *world) silentOf(t *testing.T, kind string, n int) {
	t.Helper()
	time.Sleep(quiet)
	w.await(t, kind, n)
}

func lists(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.visit(t, "/")
	seen := w.await(t, schemas.ClickViewItemList, 1)[0]
	if seen.Slot != "recommended" || len(seen.Items) != 2 || seen.Items[0].ProductID != "mug" || seen.Items[1].ProductID != "cup" {
		t.Errorf("%+v", seen)
	}
	w.click(t, "#mug")
	if c := w.await(t, schemas.ClickSelectItem, 1)[0]; c.Impression != seen.Impression || c.Slot != "recommended" || c.ProductID != "mug" {
		t.Errorf("clicked %+v, seen %+v", c, seen)
	}
}

func vitals(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.visit(t, "/")
	w.await(t, schemas.ClickPageView, 1)
	w.run(t, `document.querySelector("header").style.height = "200px";
		document.querySelector("#menu").addEventListener("click", () => { for (const end = performance.now() + 150; performance.now() < end;); })`)
	time.Sleep(time.Second) // a shift right before a click counts as wanted
	w.click(t, "#menu")
	w.await(t, schemas.ClickElement, 1)
	must(t, w.tab.Settle())
	w.run(t, `history.pushState({}, "", "/other")`)
	w.leave(t)
	v := w.await(t, schemas.ClickWebVitals, 1)[0]
	if v.Page != "/" || v.LCPMS <= 0 || v.LCPMS > 20_000 || v.LoadMS <= 0 || v.LoadMS > 20_000 || v.CLSMilli < 10 || v.CLSMilli > 1000 || v.INPMS < 150 || v.INPMS > 5_000 {
		t.Errorf("%+v", v)
	}
}

func scriptErrors(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin"})
	w.quiet = true
	w.visit(t, "/")
	w.await(t, schemas.ClickPageView, 1)
	w.run(t, `const s = document.createElement("script"); s.src = "/broken.js?user=jo"; document.body.append(s)`)
	e := w.await(t, schemas.ClickJSError, 1)[0]
	source := strings.TrimPrefix(w.site.URL, "http://") + "/broken.js:1"
	if want := "Uncaught Error: no price for [email] at https://shop.example/p? @ " + source; e.Name != want || e.Page != "/" {
		t.Errorf("got %q on %q, want %q", e.Name, e.Page, want)
	}
	w.run(t, `const s = document.createElement("script"); s.src = "/refused.js"; document.body.append(s)`)
	if refused := w.await(t, schemas.ClickJSError, 2)[1]; refused.Name != "refused" {
		t.Errorf("%q", refused.Name)
	}
	w.run(t, `for (let i = 0; i < 9; i++) setTimeout(() => { throw new Error("loop") })`)
	w.await(t, schemas.ClickJSError, 5)
	w.silentOf(t, schemas.ClickJSError, 5)
}

// engagedTime lets heartbeats come each second in place of each ten.
func engagedTime(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin", before: `const every = window.setInterval; window.setInterval = (task, ms) => every(task, ms / 10)`})
	w.visit(t, "/")
	w.await(t, schemas.ClickPageView, 1)
	w.run(t, `window.moving = setTimeout(function move() { dispatchEvent(new Event("pointermove")); window.moving = setTimeout(move, 50) })`)
	first := w.await(t, schemas.ClickEngagement, 1)[0]
	if first.EngagedMS != 30_000 || first.Page != "/" {
		t.Errorf("%+v", first)
	}
	w.run(t, `clearTimeout(window.moving)`)
	time.Sleep(5 * time.Second) // nobody moves
	w.leave(t)
	w.await(t, schemas.ClickWebVitals, 1) // sent with what is left of engaged time
	sum := int64(0)
	for _, e := range w.of(t, schemas.ClickEngagement) {
		sum += e.EngagedMS
	}
	if sum < 30_000 || sum > 60_000 {
		t.Errorf("%d ms of at least 80,000 were engaged, want some 40,000", sum)
	}
}

func calls(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin", before: `window.tidemark=window.tidemark||function(){(tidemark.q=tidemark.q||[]).push(arguments)};
		tidemark("identify", "user-1"); tidemark("track", "Product Added", {product_id: "p1", price: 9.5})`})
	w.visit(t, "/")
	added := w.await(t, schemas.ClickAddToCart, 1)[0]
	if added.ProductID != "p1" || added.Price != 9_500_000 || added.UserID != "user-1" || added.Page != "/" {
		t.Errorf("%+v", added)
	}
	if i := w.await(t, schemas.ClickIdentify, 1)[0]; i.UserID != "user-1" || i.AnonymousID != added.AnonymousID {
		t.Errorf("%+v", i)
	}
	w.run(t, `tidemark("page", {category: "checkout"}); tidemark("track", "Sorted", {by: "price"})`)
	if v := w.await(t, schemas.ClickPageView, 2)[1]; v.PageType != "checkout" {
		t.Errorf("%+v", v)
	}
	if c := w.await(t, schemas.ClickCustom, 1)[0]; c.Name != "Sorted" {
		t.Errorf("%+v", c)
	}
}

func consent(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: `crossorigin data-consent="required"`})
	w.visit(t, "/")
	must(t, w.tab.Until("the snippet", `() => !!window.tidemark`))
	w.click(t, "#buy")
	w.run(t, `tidemark("track", "Product Added", {product_id: "p1"}); tidemark("identify", "u")`)
	w.silent(t)
	if stored := w.stored(t); len(stored) != 0 || w.posts.Load() != 0 {
		t.Errorf("before consent %v is stored and %d requests were sent", stored, w.posts.Load())
	}
	w.run(t, `tidemark("consent", true)`)
	first := w.await(t, schemas.ClickPageView, 1)[0]
	w.click(t, "#buy")
	w.await(t, schemas.ClickElement, 1)
	w.down.Store(true)
	w.click(t, "#buy")
	must(t, w.tab.Until("an event is kept", `() => Object.keys(localStorage).length > 1`))
	w.run(t, `tidemark("consent", false)`)
	w.down.Store(false)
	if stored := w.stored(t); len(stored) != 0 {
		t.Errorf("after consent was withdrawn: %v", stored)
	}
	w.click(t, "#buy")
	w.run(t, `tidemark("track", "Product Added", {product_id: "p1"}); history.pushState({}, "", "/other")`)
	w.silent(t)
	w.run(t, `tidemark("consent", true)`)
	if second := w.await(t, schemas.ClickPageView, 2)[1]; second.AnonymousID == first.AnonymousID {
		t.Error("the visitor was recognized after consent had been withdrawn")
	}
	if got := len(w.of(t, schemas.ClickAddToCart)); got != 0 {
		t.Errorf("%d calls made without consent were sent", got)
	}
	w.quiet = true // of the requests that failed
}

func consentBefore(t *testing.T, b *browser.Browser) {
	const stub = `window.tidemark=window.tidemark||function(){(tidemark.q=tidemark.q||[]).push(arguments)};`
	w := newWorld(t, b, options{tag: "crossorigin", before: stub + `tidemark("consent", false); tidemark("track", "Sorted")`})
	w.visit(t, "/")
	w.silent(t)
	w.leave(t)
	if stored := w.posts.Load(); stored != 0 {
		t.Errorf("%d requests", stored)
	}
	w = newWorld(t, b, options{tag: `crossorigin data-consent="required"`, before: stub + `tidemark("consent", true)`})
	w.visit(t, "/")
	w.await(t, schemas.ClickPageView, 1)
}

func doNotTrack(t *testing.T, b *browser.Browser) {
	for name, value := range map[string]string{"doNotTrack": `"1"`, "globalPrivacyControl": "true"} {
		w := newWorld(t, b, options{tag: "crossorigin", before: fmt.Sprintf(`Object.defineProperty(navigator, %q, {get: () => %s})`, name, value)})
		w.visit(t, "/")
		must(t, w.tab.Until("the snippet", `() => !!window.tidemark`))
		w.run(t, `tidemark("consent", true); tidemark("track", "Sorted")`)
		w.click(t, "#buy")
		w.silent(t)
		if stored := w.stored(t); len(stored) != 0 || w.posts.Load() != 0 {
			t.Errorf("%s: %v is stored, %d requests", name, stored, w.posts.Load())
		}
		w.leave(t)
		w.silent(t)
	}
}

// noStorage: where the browser denies local storage a cookie tells visitors apart.
func noStorage(t *testing.T, b *browser.Browser) {
	w := newWorld(t, b, options{tag: "crossorigin", before: `Object.defineProperty(window, "localStorage", {get: () => { throw new Error("denied") }})`})
	w.visit(t, "/")
	first := w.await(t, schemas.ClickPageView, 1)[0]
	w.visit(t, "/cart")
	if second := w.await(t, schemas.ClickPageView, 2)[1]; second.AnonymousID != first.AnonymousID {
		t.Errorf("%s and %s are one visitor", first.AnonymousID, second.AnonymousID)
	}
}
