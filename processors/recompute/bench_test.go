package recompute

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"tidemark/schemas"
)

// BenchmarkRebuild recomputes page views and sessions of one day of clickstream, TIDEMARK_BENCH_ROWS raw rows (100,000),
// and reports events per second and the largest Go heap seen. The engine shares the process; its memory is not Go's.
func BenchmarkRebuild(b *testing.B) {
	rows := 100_000
	if v := os.Getenv("TIDEMARK_BENCH_ROWS"); v != "" {
		rows, _ = strconv.Atoi(v)
	}
	from := recent()
	w := &world{t: b, r: rand.New(rand.NewPCG(1, 1)), sink: openDatabase(b)}
	bulk(w, rows, from)
	for _, metric := range []string{"page_views", "sessions"} {
		b.Run(metric, func(b *testing.B) {
			r := open(b, w.sink, 0)
			for b.Loop() {
				var peak atomic.Uint64
				stop := watchHeap(&peak)
				rep, err := r.Rebuild(b.Context(), Job{Metric: metric, From: millis(from), To: millis(from + 25*hour), Offline: true})
				stop()
				if err != nil || rep.Events != int64(rows) {
					b.Fatalf("%+v: %v", rep, err)
				}
				b.ReportMetric(float64(rep.Events)/rep.Took.Seconds(), "events/s")
				b.ReportMetric(float64(peak.Load())/(1<<20), "MB-heap")
			}
		})
	}
}

func watchHeap(peak *atomic.Uint64) (stop func()) {
	done := make(chan struct{})
	go func() {
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return func() { close(done) }
}

// bulk lands rows of one day, evenly spread over parts and visitors.
func bulk(w *world, n int, from int64) {
	const chunk = 50_000
	rows, err := schemas.NewRows(schemas.Clickstream)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range n {
		at := from + int64(i)*24*hour/int64(n)
		e := w.click(schemas.Millis(at), fmt.Sprintf("e%d", i))
		e.AnonymousID = fmt.Sprintf("v%d", w.r.IntN(max(1, n/20)))
		rows.Append(&e, partOf(schemas.Clickstream.Topic(), i%8), int64(i/8), schemas.Millis(at+500), false)
		if rows.Len() == chunk || i == n-1 {
			w.insert(rows.Block())
		}
	}
}
