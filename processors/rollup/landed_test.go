package rollup

import (
	"testing"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// TestLanded: partitions that land was given and that nothing was ever appended to hold no period open; one that lags in a
// topic which lives does.
func TestLanded(t *testing.T) {
	now := time.Date(2026, 6, 18, 12, 0, 0, 0, time.UTC)
	w := newWorld(t, "landed", now, "uk")
	r := w.runner(only("net_sales"))
	group := processors.ConsumerGroup("land")
	for _, step := range []struct {
		topic     string
		partition int32
		m         time.Time
		want      time.Time
	}{
		{schemas.Orders.Topic(), 0, time.UnixMilli(0), now},
		{schemas.Orders.Topic(), 1, now.Add(-time.Minute), time.UnixMilli(0)},
		{schemas.Orders.Topic(), 0, now.Add(-time.Hour), now.Add(-time.Hour)},
		{schemas.Clickstream.Topic(), 0, now.Add(-2 * time.Hour), now.Add(-time.Hour)},
	} {
		mark := processors.Mark{Group: group, Topic: step.topic, Partition: step.partition, Part: uint64(step.partition), M: schemas.MillisOf(step.m), Ver: uint64(step.m.UnixMilli()), At: schemas.MillisOf(now)}
		w.insertMark(mark)
		got, err := r.landed(t.Context(), &r.Catalogue[0].Spec, schemas.MillisOf(now))
		if err != nil || got != schemas.MillisOf(step.want) {
			t.Errorf("after %s/%d at %v: landed up to %v, %v; want %v", step.topic, step.partition, step.m, got.Time().UTC(), err, step.want.UTC())
		}
	}
}

// TestHalfStored: of an INSERT that failed half, events are seen behind others that are stored later. Those are news too.
func TestHalfStored(t *testing.T) {
	now := time.Date(2026, 6, 18, 12, 0, 0, 0, time.UTC)
	w := newWorld(t, "half_stored", now, "de")
	const part = 7
	paid := func(id string, at time.Time) {
		land(w, schemas.Orders, part, orderEvent(id, schemas.OrderPaid, at, func(o *schemas.Order) { o.Total = 10_000_000 }))
	}
	landed := func(next int64) {
		mark := processors.Mark{Group: processors.ConsumerGroup("land"), Topic: schemas.Orders.Topic(), Part: part, M: schemas.MillisOf(w.now), Ver: processors.Version(0, next), At: schemas.MillisOf(w.now)}
		w.insertMark(mark)
	}
	paid("a", now.AddDate(0, 0, -40))
	w.next[part] = 2 // the event between is not stored yet
	paid("c", now.AddDate(0, 0, -20))
	landed(1)
	r := w.runner(only("net_sales"))
	w.once(r)
	days := `SELECT concat(toString(toDate(window_start, 'Europe/Berlin')), ' ', toString(paid)) AS line FROM v_net_sales ORDER BY line`
	w.want("what is there is shown", days, "2026-05-09 10", "2026-05-29 10")
	w.next[part] = 1
	paid("b", now.AddDate(0, 0, -30))
	landed(3)
	w.once(r)
	w.want("with what came after", days, "2026-05-09 10", "2026-05-19 10", "2026-05-29 10")
}

// TestRestored: events that an archive brings back were received long ago, and are news all the same.
func TestRestored(t *testing.T) {
	now := time.Date(2026, 6, 18, 12, 0, 0, 0, time.UTC)
	w := newWorld(t, "restored", now, "de")
	r := w.runner(only("net_sales"))
	land(w, schemas.Orders, 7, orderEvent("live", schemas.OrderPaid, now, func(o *schemas.Order) { o.Total = 10_000_000 }))
	w.insertMark(processors.Mark{Group: processors.ConsumerGroup("land"), Topic: schemas.Orders.Topic(), Part: 7, M: schemas.MillisOf(now), Ver: processors.Version(0, 1), At: schemas.MillisOf(now)})
	w.once(r)
	w.once(r)
	now, w.now = w.now, now.AddDate(0, 0, -200)
	land(w, schemas.Orders, 8, orderEvent("old", schemas.OrderPaid, w.now, func(o *schemas.Order) { o.Total = 20_000_000 }))
	w.now = now
	w.insertMark(processors.Mark{Group: processors.ConsumerGroup("land"), Topic: schemas.Orders.Topic(), Partition: 1, Part: 8, M: schemas.MillisOf(now), Ver: processors.Version(0, 1), At: schemas.MillisOf(now)})
	w.once(r)
	w.want("both", `SELECT concat(toString(toDate(window_start, 'Europe/Berlin')), ' ', toString(paid)) AS line FROM v_net_sales ORDER BY line`, "2025-11-30 20", "2026-06-18 10")
}
