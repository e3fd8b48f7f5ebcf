package browser

import (
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// Weight is what a page holds in the browser.
type Weight struct {
	Heap      int64 // bytes of JavaScript in use, garbage excluded
	Nodes     int64 // of the document, and those that only scripts still hold
	Listeners int64
}

// Weigh measures the page after its garbage has been collected.
func (p *Page) Weigh() (Weight, error) {
	if _, err := chromedp.Call(p.ctx, performance.Enable, performance.EnableParams{}); err != nil {
		return Weight{}, err
	}
	if _, err := chromedp.Call(p.ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
		return Weight{}, err
	}
	all, err := chromedp.Call(p.ctx, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		return Weight{}, err
	}
	var w Weight
	for _, m := range all.Metrics {
		switch m.Name {
		case "JSHeapUsedSize":
			w.Heap = int64(m.Value)
		case "Nodes":
			w.Nodes = int64(m.Value)
		case "JSEventListeners":
			w.Listeners = int64(m.Value)
		}
	}
	return w, nil
}
