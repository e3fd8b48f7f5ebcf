//go:build integration

package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keyboard: an incident is acknowledged without a mouse, and the focus can be seen on the way.
func (f *face) keyboard(t *testing.T) {
	p := f.open(t, "/?page=alerts&lang=zh")
	p.tabTo(t, `input[data-actor]`)
	must(t, p.Do(chromedp.KeyEvent("王芳")))
	p.tabTo(t, `[data-incident="`+unclicked+`"] button[data-action=acknowledge]`)
	must(t, p.Shot("keyboard-focus"))
	must(t, p.Do(chromedp.KeyEvent(kb.Enter)))
	f.wantState(t, p, unclicked, "acknowledged")
	if by := f.column(t, unclicked, "acknowledged_by"); by != "王芳" {
		t.Errorf("acknowledged by %q", by)
	}
}

// tabTo presses Tab until the element has the focus. Every stop on the way must show that it has it.
func (p *Page) tabTo(t *testing.T, selector string) {
	t.Helper()
	for range 150 {
		must(t, p.Do(chromedp.KeyEvent(kb.Tab)))
		at := try(Eval[struct {
			There, Seen bool
			HTML        string
		}](p, `selector => {
			const e = document.activeElement, style = getComputedStyle(e);
			return {There: e.matches(selector), HTML: e.outerHTML.slice(0, 200),
				Seen: e === document.body || style.outlineStyle !== "none" || style.boxShadow !== "none"};
		}`, selector))(t)
		if !at.Seen {
			t.Errorf("the focus cannot be seen on %s", at.HTML)
		}
		if at.There {
			return
		}
	}
	t.Fatalf("Tab does not reach %s", selector)
}

// screenReader: whatever can be operated has a name, on every page, in both languages.
func (f *face) screenReader(t *testing.T) {
	for _, address := range []string{
		"/?board=live&lang=en", "/?board=live&lang=zh", "/?board=marketing&lang=en", "/?board=marketing&lang=zh", "/?board=pipeline&lang=en", "/?board=customers&lang=zh", "/?board=logistics&lang=en", "/?page=alerts&lang=en", "/?page=alerts&lang=zh",
	} {
		t.Run(address, func(t *testing.T) {
			controls := try(f.open(t, address).Controls())(t)
			if len(controls) < 8 {
				t.Errorf("only %d controls", len(controls))
			}
			for _, c := range controls {
				if c.Name == "" {
					t.Errorf("a %s has no name; all: %v", c.Role, controls)
				}
			}
		})
	}
}
