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
		if err := w.sink.Insert(t.Context(), []schemas.Block{processors.WatermarkBlock([]processors.Mark{mark})}); err != nil {
			t.Fatal(err)
		}
		got, err := r.landed(t.Context(), &r.Catalogue[0].Spec, schemas.MillisOf(now))
		if err != nil || got != schemas.MillisOf(step.want) {
			t.Errorf("after %s/%d at %v: landed up to %v, %v; want %v", step.topic, step.partition, step.m, got.Time().UTC(), err, step.want.UTC())
		}
	}
}
