//go:build integration

package browser

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Settings of the demo under test.
const (
	speed = 3
	past  = 7 * time.Hour
)

// face is what the tests look at: one demo, one browser.
type face struct {
	ctx     context.Context
	demo    *Demo
	browser *Browser
	shots   string

	mu    sync.Mutex
	pages []*Page
}

// TestFace starts the demo with a past of some hours and uses it as people do. One after the other look at its pages,
// while somebody else stages an outage and waits for what comes of it.
func TestFace(t *testing.T) {
	f := start(t)
	t.Run("first board drawn", f.firstBoard)
	t.Run("at once", func(t *testing.T) {
		t.Run("outage", f.outage)
		t.Run("pages", f.visit)
	})
	t.Run("no SQL from the browser", f.askedOnlyForPanels)
	t.Run("truth", f.truthHolds)
}

func (f *face) visit(t *testing.T) {
	t.Parallel()
	t.Run("boards", f.boards)
	t.Run("controls", f.controls)
	t.Run("alerts", f.alerts)
	t.Run("keyboard", f.keyboard)
	t.Run("screen reader", f.screenReader)
	t.Run("soak", f.soak)
}

// start starts demo and browser. The demo is started twice: the first time makes the tables for the seeds, and the
// second finds incidents as after a crash.
func start(t *testing.T) *face {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Minute+soakTime(t))
	t.Cleanup(cancel)
	f := &face{ctx: ctx, shots: cmp.Or(os.Getenv("TIDEMARK_SCREENSHOTS"), filepath.Join(os.TempDir(), "tidemark-screenshots"))}
	must(t, os.MkdirAll(f.shots, 0o755))
	t.Logf("pictures: %s", f.shots)
	demo, err := NewDemo(ctx, t.TempDir())
	must(t, err)
	f.demo = demo
	t.Cleanup(demo.End)
	must(t, demo.Start(ctx, "--no-simulator"))
	must(t, demo.Seed(ctx, past, speed, time.Now()))
	must(t, demo.Stop())
	must(t, demo.Start(ctx, "--speed", fmt.Sprint(speed)))
	f.browser, err = Start(ctx, t.TempDir())
	must(t, err)
	t.Cleanup(f.browser.Close)
	return f
}

// open opens an address of the demo in a tab of its own and waits until nothing on it is loading.
func (f *face) open(t *testing.T, address string) *Page {
	t.Helper()
	p := f.tab(t)
	must(t, p.Go(f.demo.URL+address))
	return p
}

// tab opens an empty tab. The test fails in the end if a page in it has complained.
func (f *face) tab(t *testing.T) *Page {
	t.Helper()
	p, err := f.browser.Open(f.shots)
	must(t, err)
	f.mu.Lock()
	f.pages = append(f.pages, p)
	f.mu.Unlock()
	t.Cleanup(func() {
		if problems := p.Watch.Problems(); len(problems) > 0 {
			t.Errorf("the page complains:\n%s", strings.Join(problems, "\n"))
		}
		p.Close()
	})
	must(t, p.Resize(1366, 900, false))
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// try makes a result of a call that can fail into a value for the test, which ends where it did.
func try[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// truthHolds: the tables still say what the simulator did, and what the seeds say.
func (f *face) truthHolds(t *testing.T) {
	var demo struct {
		Status struct {
			Truth   string `json:"truth"`
			TruthOK bool   `json:"truth_ok"`
		} `json:"status"`
	}
	must(t, f.demo.Get(f.ctx, "/api/demo", &demo))
	if !demo.Status.TruthOK {
		t.Errorf("the demo's check against its truth: %s", demo.Status.Truth)
	}
}

// askedOnlyForPanels: the browser asks for boards, panels and incidents, never for SQL, and nobody but the demo.
func (f *face) askedOnlyForPanels(t *testing.T) {
	n := 0
	for _, p := range f.pages {
		for _, r := range p.Watch.Requests() {
			n++
			text := strings.ToLower(r.URL + "\n" + r.Body)
			if strings.Contains(text, "select") || !strings.HasPrefix(r.URL, f.demo.URL+"/") && !strings.HasPrefix(r.URL, "data:") {
				t.Errorf("the page asked for %s %s %s", r.Method, r.URL, r.Body)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d requests were seen: the watch has gone blind", n)
	}
}
