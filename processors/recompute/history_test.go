package recompute

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// importOrders lands orders of one history partition, one a minute up to now, and land's mark behind them.
func (w *world) importOrders(n int, now time.Time) (part uint64) {
	w.t.Helper()
	topic := schemas.Orders.HistoryTopic()
	part = partOf(topic, 0)
	rows, err := schemas.NewRows(schemas.Orders)
	if err != nil {
		w.t.Fatal(err)
	}
	at := schemas.MillisOf(now)
	for i := range n {
		e := w.order(at-schemas.Millis((n-1-i)*60_000), fmt.Sprintf("h%d", i))
		e.ReceivedAt = at
		rows.Append(&e, part, int64(i), at, false)
	}
	w.insert(rows.Block(), processors.WatermarkBlock([]processors.Mark{
		{Group: processors.ConsumerGroup("land"), Topic: topic, Part: part, M: at, Ver: processors.Version(0, int64(n)), At: at},
	}))
	return part
}

// History counts up to its last minute: without any stream, and beside one whose windows of that minute are open.
func TestHistory(t *testing.T) {
	const n = 300
	w := newWorld(t, 5)
	now := time.Now()
	part := w.importOrders(n, now)
	r := open(t, w.sink, 0)
	job := Job{Metric: "trade", From: now.Add(-24 * time.Hour), To: now.Add(time.Hour)}
	if _, err := r.Rebuild(t.Context(), job); err == nil || !strings.Contains(err.Error(), "--offline") {
		t.Errorf("a recompute of everything where nothing is known of the stream: %v", err)
	}
	job.Parts = []uint64{part}
	whole := func() {
		t.Helper()
		rep, err := r.Rebuild(t.Context(), job)
		if err != nil || rep.Events != n || !rep.OpenFrom.IsZero() || len(rep.LeftOut) > 0 {
			t.Fatalf("%+v: %v", rep, err)
		}
		w.wantView(fmt.Sprintf(`SELECT toString(sum(orders) = (SELECT countIf(type = '%s' AND NOT shadow) FROM events_orders WHERE part = %d) AND sum(orders) > 0) AS line
FROM m_trade FINAL WHERE part = %d AND NOT gone`, schemas.OrderPlaced, part, part), "1")
	}
	whole()
	topic := schemas.Orders.Topic()
	write(w, topic, 60, now.Add(-3*time.Hour).UnixMilli(), now.Add(-time.Hour).UnixMilli(), w.order)
	w.catchUp(groups...)
	whole()
	job.Parts = nil
	if rep, err := r.Rebuild(t.Context(), job); err != nil || rep.OpenFrom.IsZero() {
		t.Errorf("windows that the stream has open: %+v, %v", rep, err)
	}
}

// What retention has deleted was counted and stays; what is deleted earlier than that was erased, and goes.
func TestHistoryFades(t *testing.T) {
	w := newWorld(t, 8)
	now := time.Now()
	part := w.importOrders(300, now)
	r := open(t, w.sink, 0)
	job := Job{Metric: "trade", From: now.Add(-24 * time.Hour), To: now.Add(time.Hour), Parts: []uint64{part}}
	rebuild := func() Report {
		t.Helper()
		rep, err := r.Rebuild(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		return rep
	}
	rebuild()
	exec(t, database(), "ALTER TABLE events_orders DELETE WHERE offset < 100 SETTINGS mutations_sync = 1")
	r.Now = func() time.Time { return now.Add(schemas.Retention(schemas.Orders.Name) + 24*time.Hour) }
	if rep := rebuild(); rep.Tombstones != 0 || rep.Events != 200 || len(rep.LeftOut) != 1 {
		t.Errorf("after retention: %+v", rep)
	}
	r.Now = time.Now
	if rep := rebuild(); rep.Tombstones == 0 || len(rep.LeftOut) != 0 {
		t.Errorf("after an erasure: %+v", rep)
	}
}

// A table's own TTL counts, not the one that it was made with.
func TestRetentionOfTheTable(t *testing.T) {
	sink := openDatabase(t)
	r := open(t, sink, 0)
	raw := families()[schemas.Clickstream.Name]
	const day = 24 * time.Hour
	for _, step := range []struct {
		change string
		want   time.Duration
	}{
		{"", 90 * day},
		{"MODIFY TTL toDateTime(received_at) + INTERVAL 2 YEAR", 730 * day},
		{"MODIFY TTL toDateTime(received_at) + INTERVAL 10 DAY", 10 * day},
		{"MODIFY TTL toDateTime(occurred_at) + INTERVAL 1 DAY", schemas.Retention(schemas.Clickstream.Name)},
		{"REMOVE TTL", 36500 * day},
	} {
		if step.change != "" {
			exec(t, database(), "ALTER TABLE events_clickstream "+step.change)
		}
		if got, err := r.retention(t.Context(), schemas.Clickstream.Name, raw); err != nil || got != step.want {
			t.Errorf("after %q: %v, %v; want %v", step.change, got, err, step.want)
		}
	}
}

// Raw events that land has not stored yet are waited for.
func TestBehind(t *testing.T) {
	w := newWorld(t, 6)
	from := recent()
	write(w, schemas.Orders.Topic(), 60, from, from+2*hour, w.order)
	w.catchUp(processors.GroupFast)
	r := open(t, w.sink, 0)
	job := Job{Metric: "trade", From: millis(from), To: millis(from + hour), noWait: true}
	if _, err := r.Rebuild(t.Context(), job); !errors.Is(err, ErrBehind) {
		t.Fatalf("land is behind: %v", err)
	}
	job.noWait = false
	ended := make(chan error, 1)
	go func() {
		_, err := r.Rebuild(t.Context(), job)
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(behindPause / 2):
	}
	w.catchUp("land")
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	w.wantExactOf("trade", from, from+hour)
}

// Two recomputes of one metric at once take turns, and the second begins with what the first has left.
func TestTwoAtOnce(t *testing.T) {
	w := newWorld(t, 7)
	from := recent()
	to := from + 12*hour
	write(w, schemas.Clickstream.Topic(), 250, from, to, w.click)
	w.beat(schemas.Clickstream.Topic(), to+9*hour)
	w.catchUp(groups...)
	type result struct {
		rep Report
		err error
	}
	results := make(chan result, 2)
	for range cap(results) {
		go func() { // as two processes: nothing is shared but the database
			rep, err := open(t, w.sink, 500).Rebuild(t.Context(), Job{Metric: "sessions", From: millis(from), To: millis(to)})
			results <- result{rep, err}
		}()
	}
	a, b := <-results, <-results
	if err := errors.Join(a.err, b.err); err != nil {
		t.Fatal(err)
	}
	if a.rep.Revision == 0 || b.rep.Revision == 0 || a.rep.Revision == b.rep.Revision || a.rep.Rows != b.rep.Rows {
		t.Errorf("%+v\n%+v", a.rep, b.rep)
	}
	w.wantExactOf("sessions", from, to)
}
