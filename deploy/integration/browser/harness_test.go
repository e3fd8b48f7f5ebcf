//go:build integration

package browser

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// faulty is a page with one of every fault that the checks of the boards look for.
const faulty = `<!DOCTYPE html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>faulty</title></head>
<body data-ready="0"><header><b style="display:block;width:30px;overflow:hidden;white-space:nowrap">much too long</b></header>
<main data-board="live" data-lang="en">
<section class="panel" data-panel="7" data-type="timeseries" data-state="drawn"><canvas id="blank" width="40" height="40"></canvas></section>
<section class="panel" data-panel="8" data-type="stat" data-state="error">failed<i style="position:absolute;left:8px">on it</i><i style="position:absolute;left:8px">on it too</i><canvas id="drawn" width="40" height="40"></canvas></section>
<div style="width:3000px">wide</div><button></button><button>named</button><select><option value="a">A</option><option value="b">B</option></select>
</main><script src="/page.js"></script><script>document.title = "inline"</script></body></html>`

const script = `document.getElementById("drawn").getContext("2d").fillRect(3, 3, 9, 9);
document.querySelector("select").onchange = e => fetch("/ask", {method: "POST", body: "chosen " + e.target.value});
console.error("it hurts"); setTimeout(() => { throw new Error("thrown") });
setTimeout(() => { document.body.dataset.ready = "1" }, 200);`

// TestChecks shows that each check of the boards' tests finds its fault: a check that never fails says nothing.
func TestChecks(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'unsafe-inline'")
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(faulty))
		case "/page.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte(script))
		}
	}))
	defer server.Close()
	b, err := Start(t.Context(), t.TempDir())
	must(t, err)
	defer b.Close()
	p := try(b.Open(t.TempDir()))(t)
	defer p.Close()
	must(t, p.Resize(390, 844, true))
	must(t, p.Go(server.URL))
	must(t, p.Settle())

	panels := try(p.Panels())(t)
	if len(panels) != 2 || panels[0].ID != "7" || panels[0].State != "drawn" || panels[1].State != "error" || !strings.HasPrefix(panels[1].Text, "failed") {
		t.Errorf("panels %+v", panels)
	}
	if got := try(p.Blank())(t); len(got) != 1 || got[0] != "7" {
		t.Errorf("blank canvases in %v, want panel 7", got)
	}
	if got := try(p.Overflowing())(t); len(got) == 0 || !strings.HasPrefix(strings.Join(got, "|"), "DIV. reaches 30") {
		t.Errorf("overflowing: %v", got)
	}
	if got := try(p.Cut())(t); len(got) != 2 || got[0] != "cut B.: much too long" || got[1] != `lies on "on it" I.: on it too` {
		t.Errorf("cut: %v", got)
	}
	unnamed := 0
	for _, c := range try(p.Controls())(t) {
		if c.Role == "button" && c.Name == "" {
			unnamed++
		}
	}
	if unnamed != 1 {
		t.Errorf("%d buttons without a name, want 1", unnamed)
	}
	complaints := strings.Join(p.Watch.Problems(), "\n")
	for _, want := range []string{"it hurts", "thrown", "Content Security Policy"} {
		if !strings.Contains(complaints, want) {
			t.Errorf("the watch has not seen %q in:\n%s", want, complaints)
		}
	}
	must(t, p.Choose("select", "b"))
	if err := p.Choose("select", "c"); err == nil {
		t.Error("chose what is not offered")
	}
	must(t, p.Do(chromedp.Click(chromedp.CSS("button:nth-of-type(2)"))))
	if last := p.Watch.Requests()[len(p.Watch.Requests())-1]; last != (Request{"POST", server.URL + "/ask", "chosen b"}) {
		t.Errorf("last request %+v", last)
	}
	heavy := try(p.Weigh())(t)
	if heavy.Heap < 1000 || heavy.Nodes < 20 || heavy.Listeners < 1 {
		t.Errorf("weighs %+v", heavy)
	}
	p.watchFlicker(t)
	must(t, p.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("section").dataset.state = "loading"; document.getElementById("drawn").remove()`)))
	if got := try(Eval[[]string](p, `async () => { await 0; return window.flicker }`))(t); len(got) != 2 {
		t.Errorf("flickers: %v", got)
	}
	must(t, p.Shot("checks"))
	if info, err := os.Stat(filepath.Join(p.Shots, "checks.png")); err != nil || info.Size() < 1000 {
		t.Errorf("the picture: %v %v", info, err)
	}
}
