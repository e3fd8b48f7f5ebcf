package recompute

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// correctionRow is a row of v_corrections.
type correctionRow struct {
	Metric  string  `ch:"metric"`
	Reason  string  `ch:"reason"`
	Rebuilt bool    `ch:"rebuilt"`
	Delay   float64 `ch:"delay"`
}

func (w *world) corrections(metric string) []correctionRow {
	w.t.Helper()
	rows, err := clickhouse.Select[correctionRow](w.t.Context(), w.sink, "SELECT metric, reason, rebuilt_at IS NOT NULL AS rebuilt, ifNull(delay_s, -1) AS delay FROM v_corrections WHERE metric = {metric:String} ORDER BY window_start, part",
		clickhouse.Param{Name: "metric", Value: metric})
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

// late sends one page view that happened at an hour of the first day, long after.
func (w *world) late(p int, at, now int64, id string) {
	e := w.click(schemas.Millis(at), id)
	e.Type, e.AnonymousID = schemas.ClickPageView, "v5"
	w.put(schemas.Clickstream.Topic(), p, now, encode(w.t, &e))
}

// A late event makes its windows dirty; the corrector rebuilds them, and the delay is seen. A second late event is
// corrected too. Sessions are corrected as far as the event can have changed them.
func TestCorrector(t *testing.T) {
	w := newWorld(t, 3)
	day := int64(24 * hour)
	from := recent() + 5*day
	to := from + day
	write(w, schemas.Clickstream.Topic(), 250, from, to, w.click)
	write(w, schemas.Orders.Topic(), 60, from, to, w.order)
	for _, topic := range topics {
		w.beat(topic, to+9*hour)
	}
	w.catchUp(groups...)
	registry := prometheus.NewRegistry()
	r := open(t, w.sink, 0)
	c := NewCorrector(r, CorrectorConfig{Every: 20 * time.Millisecond, Registry: registry})
	if rows := w.corrections("page_views"); len(rows) == 0 || rows[0].Rebuilt || rows[0].Delay != -1 {
		t.Fatalf("before: %+v", rows)
	}
	run(t, c, w)
	w.wantExact(from, to)
	for _, d := range metrics.All().Streams() {
		for _, row := range w.corrections(d.Name) {
			if !row.Rebuilt || row.Delay <= 0 || row.Delay > 10*24*3600 {
				t.Fatalf("after: %+v", row)
			}
		}
	}
	for n := range 2 {
		w.late(n, from+5*hour, to+10*hour+int64(n), fmt.Sprintf("late-%d", n))
		w.beat(schemas.Clickstream.Topic(), to+11*hour)
		w.catchUp(groups...)
		if _, diffs := w.differences(find(t, "page_views"), from, to); len(diffs) == 0 {
			t.Fatal("the late event is counted already")
		}
		if rows, err := w.open(r); err != nil || rows == 0 {
			t.Fatalf("no mark is open: %v", err)
		}
		c.last = map[string]time.Time{} // sessions too, now
		run(t, c, w)
		w.wantExact(from, to)
	}
	if got := gathered(t, registry); got["tidemark_correct_failures_total"] != 0 || got["tidemark_correct_delay_seconds"] == 0 || got["tidemark_correct_windows_total"] == 0 {
		t.Errorf("metrics: %v", got)
	}
}

// gathered adds up counters, gauges and the counts of histograms by name.
func gathered(t *testing.T, g prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			sums[f.GetName()] += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return sums
}

func (w *world) open(r *Recompute) (n int, err error) {
	marks, err := r.openMarks(w.t.Context())
	for _, m := range marks {
		n += len(m)
	}
	return n, err
}

// run lets the corrector run until nothing is open.
func run(t *testing.T, c *Corrector, w *world) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	for n := 1; n > 0 && ctx.Err() == nil; {
		time.Sleep(50 * time.Millisecond)
		var err error
		if n, err = w.open(c.r); err != nil {
			t.Fatal(err)
		}
	}
	if ctx.Err() != nil {
		t.Error("marks stay open")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// A mark that must wait, because sessions around it are still open, lies within the extent of another whose time has come:
// what the waiting event changes later is corrected too.
func TestCorrectorOverlap(t *testing.T) {
	w := newWorld(t, 9)
	topic := schemas.Clickstream.Topic()
	from := recent() + 5*24*hour
	at := func(h, m int) int64 { return from + int64(h)*hour + int64(m)*60_000 }
	send := func(id string, occurred, now int64) {
		e := w.click(schemas.Millis(occurred), id)
		e.Type, e.AnonymousID, e.Shop = schemas.ClickPageView, "v5", "de"
		w.put(topic, 0, now, encode(t, &e))
	}
	send("first", at(11, 45), at(11, 45))
	for i := range 8 {
		send(fmt.Sprint("second", i), at(12, 35+20*i), at(12, 35+20*i))
	}
	send("early", at(10, 0), at(15, 25))
	send("bridge", at(12, 10), at(15, 25)) // makes one session of both
	w.beat(topic, at(15, 30))
	w.catchUp(groups...)
	r := open(t, w.sink, 0)
	c := NewCorrector(r, CorrectorConfig{Every: 20 * time.Millisecond})
	if err := c.pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rows := w.corrections("sessions"); len(rows) == 0 || !rows[0].Rebuilt {
		t.Fatalf("the early event is not corrected: %+v", rows)
	}
	if open, err := w.open(r); err != nil || open == 0 {
		t.Fatalf("no mark waits: %v", err)
	}
	w.beat(topic, at(33, 0))
	w.catchUp(groups...)
	if _, diffs := w.differences(find(t, "sessions"), from, at(24, 0)); len(diffs) == 0 {
		t.Fatal("all is right already: this shows nothing")
	}
	c.last = map[string]time.Time{}
	run(t, c, w)
	w.wantExactOf("sessions", from, at(24, 0))
	w.wantExactOf("checkout_funnel", from, at(24, 0))
}

// A window that was cut by a new metric is complete once it has been rebuilt.
func TestCutWindowsBecomeComplete(t *testing.T) {
	w := newWorld(t, 4)
	from := recent() + 6*24*hour
	to := from + 2*hour
	write(w, schemas.Clickstream.Topic(), 200, from, to, w.click)
	write(w, schemas.Orders.Topic(), 50, from, to, w.order)
	w.catchUp(groups...)
	cut := from + hour
	w.insert(processors.MarkBlock("page_views", processors.WindowPart{Start: cut, Part: partOf(topics[0], 1)}, processors.DirtyCut, int64(len(*w.log(topics[0], 1))), schemas.Millis(cut)))
	sql := "SELECT toString(min(complete)) AS line FROM v_page_views WHERE window_start >= " + stamp(cut-600_000) + " AND window_start <= " + stamp(cut)
	w.insertRow(cut)
	w.wantView(sql, "0")
	r := open(t, w.sink, 0)
	if err := NewCorrector(r, CorrectorConfig{}).pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.wantView(sql, "1")
}

// insertRow stores a row of page_views that a recompute will bury.
func (w *world) insertRow(start int64) {
	d := find(w.t, "page_views")
	b := schemas.Block{Table: d.Table(), Rows: 1, Names: []string{"window_start", "part", "ver", "views"},
		Data: []any{[]schemas.Millis{schemas.Millis(start)}, []uint64{partOf(topics[0], 0)}, []uint64{1}, []int64{1}}}
	for _, dim := range d.Dims {
		b.Names, b.Data = append(b.Names, dim), append(b.Data, []string{"x"})
	}
	w.insert(b)
}
