//go:build integration

package browser

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// size is a window in which people look: of a laptop, a wall, a phone.
type size struct {
	name          string
	width, height int64
	phone         bool
}

func sizes() []size {
	return []size{{"1366x900", 1366, 900, false}, {"3840x2160", 3840, 2160, false}, {"390x844", 390, 844, true}}
}

var han = regexp.MustCompile(`\p{Han}`)

// boards: every board in both languages, at every size: all panels drawn, nothing sticks out; the first three in both themes
// each. Those by day and month show the past that the demo gives its shops.
func (f *face) boards(t *testing.T) {
	f.awaitRollups(t)
	for _, board := range []string{"live", "marketing", "pipeline"} {
		for _, lang := range []string{"en", "zh"} {
			for _, theme := range []string{"light", "dark"} {
				t.Run(board+" "+lang+" "+theme, func(t *testing.T) { f.board(t, board, "now-6h", lang, theme) })
			}
		}
	}
	for _, board := range []struct{ id, from string }{{"customers", "now-1y"}, {"logistics", "now-30d"}} {
		t.Run(board.id+" en dark", func(t *testing.T) { f.board(t, board.id, board.from, "en", "dark") })
		t.Run(board.id+" zh light", func(t *testing.T) { f.board(t, board.id, board.from, "zh", "light") })
	}
	t.Run("wall", f.wall)
}

// awaitRollups waits until the days and months of the past have been computed.
func (f *face) awaitRollups(t *testing.T) {
	t.Helper()
	var seen string
	for began := time.Now(); time.Since(began) < 5*time.Minute; time.Sleep(time.Second) {
		rows := try(f.demo.ClickHouse.Query(f.ctx, `SELECT arrayStringConcat(arraySort(groupUniqArray(rollup)), ' ') FROM rollup_runs FINAL
WHERE shop = 'chaye' AND rows > 0 AND rollup IN ('active_users', 'cohort_retention', 'net_sales', 'on_time', 'rfm', 'rfm_moves')`))(t)
		if seen = rows[0][0]; strings.Count(seen, " ") == 5 {
			return
		}
	}
	t.Fatalf("of the past only these rollups have rows: %s", seen)
}

// wall: a display without a keyboard shows the board alone, large enough to be read from afar.
func (f *face) wall(t *testing.T) {
	p := f.open(t, "/?board=live&lang=zh&from=now-6h&to=now&var-shop=chaye&theme=dark&kiosk")
	must(t, p.Resize(3840, 2160, false))
	must(t, p.Shot("wall"))
	wantDrawn(t, p)
	wantFitting(t, p)
	if size := try(Eval[float64](p, `() => parseFloat(getComputedStyle(document.querySelector("section.panel h3")).fontSize)`))(t); size < 24 {
		t.Errorf("headings are %v pixels high on 3840", size)
	}
}

func (f *face) board(t *testing.T, board, from, lang, theme string) {
	p := f.open(t, fmt.Sprintf("/?board=%s&lang=%s&from=%s&to=now&var-shop=chaye&theme=%s", board, lang, from, theme))
	for _, s := range sizes() {
		t.Run(s.name, func(t *testing.T) {
			must(t, p.Resize(s.width, s.height, s.phone))
			must(t, p.Shot(fmt.Sprintf("%s-%s-%s-%s", board, lang, theme, s.name)))
			wantDrawn(t, p)
			wantFitting(t, p)
		})
	}
	if got := try(Eval[string](p, `() => document.querySelector("main").dataset.board + " " + document.querySelector("main").dataset.lang`))(t); got != board+" "+lang {
		t.Errorf("the page shows %q, want %s %s", got, board, lang)
	}
	split := false // a chart tells the channels apart, by their names in this language
	for _, panel := range try(p.Panels())(t) {
		if lang == "zh" && !han.MatchString(panel.Text) {
			t.Errorf("panel %s has no word of Chinese: %q", panel.ID, panel.Text)
		}
		words := map[string][2]string{"en": {"Paid search", "Email"}, "zh": {"付费搜索", "邮件"}}[lang]
		split = split || panel.Type == "timeseries" && strings.Contains(panel.Text, words[0]) && strings.Contains(panel.Text, words[1])
	}
	if board == "marketing" && !split {
		t.Error("no chart has a line per channel")
	}
}

// wantDrawn: every panel shows data. The list of open alerts may be empty: that is what it says.
func wantDrawn(t *testing.T, p *Page) {
	t.Helper()
	panels := try(p.Panels())(t)
	if len(panels) < 8 {
		t.Errorf("only %d panels", len(panels))
	}
	for _, panel := range panels {
		if panel.State != "drawn" && (panel.State != "empty" || panel.Type != "alerts") {
			t.Errorf("panel %s (%s) is %q: %q", panel.ID, panel.Type, panel.State, panel.Text)
		}
	}
	for _, blank := range try(p.Blank())(t) {
		t.Errorf("panel %s has a blank canvas", blank)
	}
}

func wantFitting(t *testing.T, p *Page) {
	t.Helper()
	for _, what := range try(p.Overflowing())(t) {
		t.Errorf("sticks out: %s", what)
	}
	for _, what := range try(p.Cut())(t) {
		t.Errorf("cut off: %s", what)
	}
}
