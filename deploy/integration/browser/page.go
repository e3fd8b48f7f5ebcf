package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long anything on a page may take before it counts as not happening. It is no measure of speed: the
// machine may be busy with other tests.
const patience = 45 * time.Second

// Page is one tab.
type Page struct {
	Watch *Watch
	Shots string // folder of its pictures

	ctx   context.Context
	close context.CancelFunc
}

// Open opens an empty tab. Close it in the end.
func (b *Browser) Open(shots string) (*Page, error) {
	p := &Page{Watch: &Watch{}, Shots: shots}
	p.ctx, p.close = chromedp.NewContext(b.ctx, chromedp.WithListener(p.Watch.see), chromedp.WithNewBrowserContext())
	if err := chromedp.Do(p.ctx); err != nil {
		p.close()
		return nil, fmt.Errorf("opening a tab: %w", err)
	}
	return p, nil
}

// Close closes the tab.
func (p *Page) Close() { p.close() }

// Go opens an address and waits until nothing on the page is loading.
func (p *Page) Go(address string) error {
	if err := p.Do(chromedp.Navigate(address)); err != nil {
		return fmt.Errorf("opening %s: %w", address, err)
	}
	return p.Ready()
}

// Before runs a script at the start of every document that the tab opens from now on.
func (p *Page) Before(script string) error {
	_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	return err
}

// Ready waits until nothing on the page is loading.
func (p *Page) Ready() error {
	return p.Until("nothing is loading", `() => document.body.dataset.ready === "1"`)
}

// Settle waits until the page has painted what it knows by now; moving parts have come to rest.
func (p *Page) Settle() error {
	if err := p.Ready(); err != nil {
		return err
	}
	_, err := Eval[bool](p, `async () => {
		const frame = () => new Promise(done => requestAnimationFrame(done));
		await frame();
		await Promise.all(document.getAnimations().filter(a => a.effect?.getComputedTiming().endTime < 5000).map(a => a.finished.catch(() => 0)));
		await new Promise(done => setTimeout(done, 250));
		await frame();
		return true;
	}`)
	return err
}

// Do runs steps one after the other, within the patience.
func (p *Page) Do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// Eval calls a function of JavaScript in the page, awaits it if it is asynchronous, and returns its result.
func Eval[T any](p *Page, function string, args ...any) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return eval[T](ctx, function, args...)
}

func eval[T any](ctx context.Context, function string, args ...any) (T, error) {
	var zero T
	list, err := json.Marshal(append([]any{}, args...)) // none is a list too
	if err != nil {
		return zero, err
	}
	call := fmt.Sprintf("(%s)(...%s)", function, list)
	return chromedp.Run(ctx, chromedp.Evaluate[T](call, func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }))
}

// Until waits until a function of JavaScript is true in the page, which may be on its way to another document meanwhile.
func (p *Page) Until(what, function string, args ...any) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	var last error
	for {
		ok, err := eval[bool](ctx, function, args...)
		if ok {
			return nil
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("waited %s in vain for: %s; the page complains: %s", patience, what, strings.Join(p.Watch.Problems(), "; ")), last)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Choose picks a value of a select, as a person does: the page hears of it by its events.
func (p *Page) Choose(selector, value string) error {
	ok, err := Eval[bool](p, `(selector, value) => {
		const list = document.querySelector(selector);
		if (!list || ![...list.options].some(o => o.value === value)) return false;
		list.focus();
		list.value = value;
		for (const kind of ["input", "change"]) list.dispatchEvent(new Event(kind, {bubbles: true}));
		return true;
	}`, selector, value)
	if err == nil && !ok {
		err = fmt.Errorf("%s offers no %q", selector, value)
	}
	return err
}
