package dashboards_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"tidemark/dashboards"
	"tidemark/processors"
	"tidemark/processors/metrics"
)

// everyKind draws panels that no metric has yet: a new one may ask for any of them.
func everyKind(t *testing.T, w *world) {
	c := metrics.All()
	add := func(metric string, p processors.Panel) {
		p.Board = "marketing"
		for i := range c {
			if c[i].Name == metric {
				c[i].Panels = append(c[i].Panels, p)
			}
		}
	}
	title := func(s string) processors.Text { return processors.Text{EN: s, ZH: "测试"} }
	add("ctr", processors.Panel{Section: "reach", Kind: processors.Dial, Title: title("dial"), Show: []string{"ctr"}})
	add("ctr", processors.Panel{Section: "reach", Kind: processors.Dial, Title: title("dials"), Show: []string{"ctr"}, By: []string{"channel"}})
	add("ctr", processors.Panel{Section: "reach", Kind: processors.Lines, Title: title("two"), Show: []string{"shown", "clicked"}})
	add("ctr", processors.Panel{Section: "reach", Kind: processors.Lines, Title: title("tuples"), Show: []string{"shown"}, By: []string{"channel", "campaign"}, Drill: "marketing"})
	add("page_views", processors.Panel{Section: "reach", Kind: processors.BigStat, Title: title("people"), Show: []string{"visitors"}})
	add("page_views", processors.Panel{Section: "reach", Kind: processors.BigStat, Title: title("both"), Show: []string{"views", "visitors"}, Today: true})
	add("page_views", processors.Panel{Section: "reach", Kind: processors.Bars, Title: title("devices today"), Show: []string{"visitors"}, By: []string{"device"}, Today: true})
	add("trade", processors.Panel{Section: "reach", Kind: processors.Lines, Title: title("money"), Show: []string{"paid"}, By: []string{"currency"}})
	add("checkout_funnel", processors.Panel{Section: "funnel", Kind: processors.Grid, Title: title("weakest"), Show: []string{"weakest_step"}, By: []string{"device"}})
	add("sessions", processors.Panel{Section: "sessions", Kind: processors.BigStat, Title: title("dwell"), Show: []string{"dwell"}})

	files, err := dashboards.Generate(c)
	if err != nil {
		t.Fatal(err)
	}
	boards := fstest.MapFS{}
	for name, text := range files {
		boards[strings.TrimPrefix(name, dashboards.Dir+"/")] = &fstest.MapFile{Data: text}
	}
	v := w.viewOf(t, boards)
	d := v.draw("marketing", "var-shop=chaye&from=now-2h")
	shown := v.truth.shown["direct"] + v.truth.shown["email"] + v.truth.shown["paid_search"]
	clicked := shown / 2 // every other visitor
	wantNumber(t, "dial", stat(t, d["gauge dial"], ""), clicked/shown)
	if n := len(d["gauge dials"].Stats); n != 3 {
		t.Errorf("%d dials for three channels", n)
	}
	if n := len(d["timeseries two"].Series); n != 2 {
		t.Errorf("%d series for two figures", n)
	}
	if n := len(d["timeseries tuples"].Series); n != 3 {
		t.Errorf("%d series for three tuples", n)
	}
	wantNumber(t, "people of the range", stat(t, d["stat people"], ""), v.truth.visitors["chaye"])
	wantNumber(t, "views of two figures", stat(t, d["stat both"], "Page views"), v.truth.views["chaye"])
	wantNumber(t, "visitors of two figures", stat(t, d["stat both"], "Visitors"), v.truth.visitors["chaye"])
	bars := d["bars devices today"].Bars
	if len(bars) != 2 || bars[0].Value+bars[1].Value != v.truth.visitors["chaye"] {
		t.Errorf("devices: %+v", bars)
	}
	for _, name := range []string{"CNY", "USD"} {
		if len(points(d["timeseries money"], name)) < 60 {
			t.Errorf("money of %s: %d points", name, len(points(d["timeseries money"], name)))
		}
	}
	for _, row := range d["table weakest"].Table.Rows {
		if row[1].Text != "Add to cart" {
			t.Errorf("weakest step: %+v", row)
		}
	}
	wantNumber(t, "dwell", stat(t, d["stat dwell"], ""), 4000+4000.0*v.truth.purchases["chaye"]/v.truth.viewed["chaye"])
}
