//go:build integration

package browser

import (
	"testing"
	"time"
)

// spent says where the time went, in milliseconds since the navigation.
const spent = `() => {
	const asked = performance.getEntriesByType("resource").filter(r => r.name.includes("/panels/"));
	const at = values => Math.round(Math.max(...values));
	return "document " + at(performance.getEntriesByType("navigation").map(n => n.responseEnd)) +
		", loaded " + at(performance.getEntriesByType("navigation").map(n => n.loadEventEnd)) +
		", first panel asked " + Math.round(Math.min(...asked.map(r => r.startTime))) + ", last one answered " + at(asked.map(r => r.responseEnd)) +
		", slowest answer took " + at(asked.map(r => r.responseEnd - r.requestStart)) + ", " + asked.length + " panels";
}`

// firstBoard logs how long a board takes from the navigation in an empty profile to its last panel: right after the start
// of the demo, again while the server still has the answers, and with other questions to an engine that is warm by now.
// The machine runs other things too, so no time fails the test.
func (f *face) firstBoard(t *testing.T) {
	for _, c := range [][2]string{{"nothing kept", "now-6h"}, {"answers kept", "now-6h"}, {"engine warm", "now-5h"}} {
		p, err := f.browser.Open(f.shots)
		must(t, err)
		must(t, p.Resize(1366, 900, false))
		begin := time.Now()
		must(t, p.Go(f.demo.URL+"/?board=live&lang=en&to=now&var-shop=chaye&from="+c[1]))
		took := time.Since(begin).Round(time.Millisecond)
		t.Logf("%s: %v until the last panel; %s", c[0], took, try(Eval[string](p, spent))(t))
		if problems := p.Watch.Problems(); len(problems) > 0 {
			t.Error(problems)
		}
		p.Close()
	}
}
