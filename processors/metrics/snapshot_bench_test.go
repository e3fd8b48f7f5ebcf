package metrics_test

import (
	"fmt"
	"testing"
	"time"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

// BenchmarkSnapshot measures how long a partition stands still for its snapshot, and how long a restart takes to read one,
// with 1.5 million ids to remember and 200,000 visitors: what one of eight partitions holds at 20,000 events/s.
func BenchmarkSnapshot(b *testing.B) {
	const ids, visitors = 1_500_000, 200_000
	for _, group := range []string{processors.GroupFast, processors.GroupSlow} {
		work, err := metrics.All().Work(group, "bench")
		if err != nil {
			b.Fatal(err)
		}
		a := processors.Assignment{Topic: schemas.Clickstream.Topic()}
		task, err := work.NewTask(a)
		if err != nil {
			b.Fatal(err)
		}
		fill(b, task, ids, visitors)
		p := task.Flush(false).Position
		state, _ := task.(processors.Snapshotter).Snapshot(nil)
		b.Run("take/"+group, func(b *testing.B) {
			for b.Loop() {
				state, _ = task.(processors.Snapshotter).Snapshot(state[:0])
			}
			b.ReportMetric(float64(len(state))/(1<<20), "MiB")
		})
		b.Run("restore/"+group, func(b *testing.B) {
			a.Position = &p
			for b.Loop() {
				next, err := work.NewTask(a)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := next.(processors.Snapshotter).Restore(state); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// fill gives the task events of 300 seconds.
func fill(b *testing.B, task processors.Task, ids, visitors int) {
	b.Helper()
	enc, err := schemas.NewEncoder[schemas.Click]()
	if err != nil {
		b.Fatal(err)
	}
	batch := make([]processors.Record, 0, 1000)
	last := time.Now()
	for i := range ids {
		at := base + schemas.Millis(i/5)
		e := schemas.Click{
			Envelope:    envelope(i, schemas.ClickPageView, at-base),
			AnonymousID: fmt.Sprintf("5f0c6a1e-%08d", i*7919%visitors), Channel: "email", Campaign: fmt.Sprintf("cmp-%03d", i%50), Device: "mobile", PageType: "product", Page: "/p/1",
		}
		batch = append(batch, processors.Record{Offset: int64(i), Time: at, Value: enc.Append(nil, &e)})
		if len(batch) == cap(batch) || i == ids-1 {
			task.Apply(batch)
			batch = batch[:0]
		}
		if time.Since(last) > time.Second {
			task.Flush(false)
			last = time.Now()
		}
	}
}
