package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Resize makes the window as large as given; phones have touch and three times the pixels.
func (p *Page) Resize(width, height int64, phone bool) error {
	options := []chromedp.EmulateViewportOption{chromedp.EmulateScale(1)}
	if phone {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	return p.Do(chromedp.EmulateViewport(width, height, options...))
}

// Prefer sets what the person prefers in the system's settings, light or dark.
func (p *Page) Prefer(scheme string) error {
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	return err
}

// noBars tells whether what scrolls has no bar now.
const noBars = `() => {
	const probe = document.createElement("div");
	probe.style.cssText = "position:absolute;width:99px;overflow:scroll";
	document.body.append(probe);
	const none = probe.offsetWidth === probe.clientWidth;
	probe.remove();
	return none;
}`

// Shot keeps a picture of the whole page, also of what lies below the window's edge. No scroll bar is on it: the browser
// lays the page out without one to take it, and would cut what it is wide.
func (p *Page) Shot(name string) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	bars := func(hidden bool) error {
		_, err := chromedp.Call(ctx, emulation.SetScrollbarsHidden, emulation.SetScrollbarsHiddenParams{Hidden: hidden})
		return err
	}
	if err := errors.Join(bars(true), p.Until("no scroll bar", noBars), p.Settle()); err != nil {
		return err
	}
	picture, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: new(true)})
	if err != nil {
		return fmt.Errorf("picture %s: %w", name, err)
	}
	return errors.Join(bars(false), os.WriteFile(filepath.Join(p.Shots, name+".png"), picture.Data, 0o644))
}
