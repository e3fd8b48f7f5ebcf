// Package browser drives the demo's pages in a real Chromium, with clicks and keys, and keeps pictures of what it saw.
package browser

import (
	"context"
	"fmt"
	"slices"

	"github.com/chromedp/chromedp"

	"tidemark/deploy/integration/install"
)

// Browser is a headless Chromium with a profile of its own.
type Browser struct {
	ctx   context.Context
	close func()
}

// Start starts the browser; the profile is a folder that it may fill. It ends with ctx, or by Close.
func Start(ctx context.Context, profile string) (*Browser, error) {
	path, err := install.Chromium(ctx)
	if err != nil {
		return nil, err
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.UserDataDir(profile),
		chromedp.NoSandbox, // root in a container has none
		chromedp.DisableGPU,
		chromedp.Flag("hide-scrollbars", false), // people have them, and they take width
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true),
	)
	allocator, end := chromedp.NewExecAllocator(ctx, options...)
	tab, closeTab := chromedp.NewContext(allocator)
	b := &Browser{ctx: tab, close: func() { closeTab(); end() }}
	if err := chromedp.Do(tab); err != nil {
		b.Close()
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return b, nil
}

// Close ends the browser and all its pages.
func (b *Browser) Close() { b.close() }
