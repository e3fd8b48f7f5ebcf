package recompute

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

const week = 7 * 24 * hour

// A week of events is recomputed while the stream goes on writing, and equals the oracle without lateness to the row; then
// again after a visitor was erased and a campaign was given another name, and no stale row is left.
func TestWeek(t *testing.T) {
	w := newWorld(t, 1)
	from, to := recent(), recent()+week
	write(w, schemas.Clickstream.Topic(), 1200, from, to, w.click)
	write(w, schemas.Orders.Topic(), 500, from, to, w.order)
	for _, topic := range topics {
		w.beat(topic, to+6*hour)
	}
	w.catchUp(groups...)
	before := 0
	for _, d := range metrics.All().Streams() {
		_, diffs := w.differences(&d, from, to)
		before += len(diffs)
	}
	if before == 0 {
		t.Fatal("the stream was right already: there is nothing to recompute")
	}
	r := open(t, w.sink, 700)
	stop := w.goOn(to)
	reports := rebuildAll(t, r, from, to)
	stop()
	w.wantExact(from, to)
	if rep := reports["trade"]; rep.Rows == 0 || rep.Revision != 1 || !rep.OpenFrom.IsZero() || rep.Unreadable != 0 {
		t.Errorf("report: %+v", rep)
	}
	exec(t, database(), "ALTER TABLE events_clickstream DELETE WHERE anonymous_id = 'v3' SETTINGS mutations_sync = 1")
	exec(t, database(), "ALTER TABLE events_clickstream UPDATE campaign = 'spring' WHERE campaign = 'winter' SETTINGS mutations_sync = 1")
	w.change(func(text string) string {
		if strings.Contains(text, `"anonymous_id":"v3"`) {
			return ""
		}
		return strings.Replace(text, `"campaign":"winter"`, `"campaign":"spring"`, 1)
	})
	if _, diffs := w.differences(find(t, "ctr"), from, to); len(diffs) == 0 {
		t.Fatal("the changes of the raw events are not seen")
	}
	reports = rebuildAll(t, r, from, to)
	w.wantExact(from, to)
	if reports["ctr"].Tombstones == 0 || reports["sessions"].Tombstones == 0 {
		t.Errorf("no tombstones: %+v", reports)
	}
	w.wantView("SELECT toString(countIf(campaign = 'winter')) AS line FROM v_ctr WHERE window_start < "+stamp(to), "0")
	w.wantViews(from, to)
	reports = rebuildAll(t, r, from, to) // once more: nothing changes, tombstones are not repeated
	w.wantExact(from, to)
	if reports["ctr"].Tombstones != 0 {
		t.Errorf("tombstones of tombstones: %+v", reports["ctr"])
	}
}

func find(t testing.TB, name string) *processors.Definition {
	for _, d := range metrics.All().Streams() {
		if d.Name == name {
			return &d
		}
	}
	t.Fatalf("no metric %s", name)
	return nil
}

func rebuildAll(t testing.TB, r *Recompute, from, to int64) map[string]Report {
	t.Helper()
	reports := map[string]Report{}
	for _, d := range metrics.All().Streams() {
		rep, err := r.Rebuild(t.Context(), Job{Metric: d.Name, From: millis(from), To: millis(to)})
		if err != nil {
			t.Fatal(err)
		}
		reports[d.Name] = rep
	}
	return reports
}

// goOn lets events come in and the stream write, until stop.
func (w *world) goOn(from int64) (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for i := int64(0); ctx.Err() == nil; i++ {
			at := from + 6*hour + i*7000
			for n, topic := range topics {
				var value []byte
				id := fmt.Sprintf("on-%d-%d", n, i)
				if n == 0 {
					e := w.click(schemas.Millis(at), id)
					value = encode(w.t, &e)
				} else {
					e := w.order(schemas.Millis(at), id)
					value = encode(w.t, &e)
				}
				w.put(topic, int(i)%partitions, at, value)
			}
			w.catchUp(groups...)
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

func encode[E any](t testing.TB, e *E) []byte {
	enc, err := schemas.NewEncoder[E]()
	if err != nil {
		t.Fatal(err)
	}
	return enc.Append(nil, e)
}

// change rewrites the log as raw events were changed; an empty text erases.
func (w *world) change(f func(string) string) {
	log := w.logs[schemas.Clickstream.Topic()]
	for p := range log {
		for i := range log[p] {
			if r := &log[p][i]; !r.Heartbeat {
				text := f(string(r.Value))
				r.Value, r.Heartbeat = []byte(text), text == ""
			}
		}
	}
}

func (w *world) wantView(sql, want string) {
	w.t.Helper()
	type row struct {
		Line string `ch:"line"`
	}
	got, err := clickhouse.Select[row](w.t.Context(), w.sink, sql)
	if err != nil || len(got) != 1 || got[0].Line != want {
		w.t.Errorf("%s: got %v, %v, want %s", sql, got, err, want)
	}
}

// wantViews compares sums over the views with those of raw events, counted by SQL.
func (w *world) wantViews(from, to int64) {
	w.t.Helper()
	type row struct {
		A string `ch:"a"`
		B string `ch:"b"`
	}
	time := "least(occurred_at, append_time)"
	got, err := clickhouse.Select[row](w.t.Context(), w.sink, fmt.Sprintf(`SELECT
 (SELECT toString((sum(views), sum(visitors) > 0, min(complete))) FROM v_page_views WHERE window_start >= %[1]s AND window_start < %[2]s) AS a,
 (SELECT toString((toInt64(count()), 1, 1)) FROM (SELECT part, event_id, shop, %[3]s AS at FROM v_events_clickstream WHERE type = 'page_view' AND %[3]s >= %[1]s AND %[3]s < %[2]s GROUP BY ALL)) AS b`,
		stamp(from), stamp(to), time))
	if err != nil || len(got) != 1 || got[0].A != got[0].B {
		w.t.Errorf("page views of the view and of the raw events: %v, %v", got, err)
	}
}
