package archive

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"tidemark/processors"
	"tidemark/schemas"
)

// held is a Store in memory.
type held struct {
	Store
	mu    sync.Mutex
	files map[string][]byte
}

func (h *held) Put(_ context.Context, name string, data []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.files[name] = data
	return nil
}

func (h *held) Has(context.Context, string) (bool, error) { return false, nil }

// clicks are n clickstream records of one shop within an hour, as browsers send them.
func clicks(n int) []processors.Record {
	r := rand.New(rand.NewPCG(1, 1))
	recs := make([]processors.Record, n)
	for i := range recs {
		at := testTime + schemas.Millis(i*3_600_000/n)
		visitor, page := r.IntN(n/8+1), r.IntN(2000)
		kind := []string{"page_view", "page_view", "page_view", "view_item", "add_to_cart"}[r.IntN(5)]
		recs[i] = processors.Record{Offset: int64(i), Time: at, Value: fmt.Appendf(nil,
			`{"event_id":"%016x%016x","occurred_at":%d,"received_at":%d,"shop":"berlin","market":"de","source":"browser","type":%q,"anonymous_id":"v%016x","session_id":"s%016x","page":"/products/%d","url":"https://berlin.example/products/%d?ref=%d","referrer":"https://search.example/","device":"mobile","language":"de-DE"}`,
			r.Uint64(), r.Uint64(), at-schemas.Millis(r.IntN(2000)), at, kind, visitor*7919, visitor*104729, page, page, r.IntN(50))}
	}
	return recs
}

// blocksOf is the spans of the records.
func blocksOf(tb testing.TB, recs []processors.Record) []schemas.Block {
	work, err := processors.ArchiveWork("bench", processors.ArchiveCuts{Every: processors.DefaultArchiveCuts().Every * 288, Records: 50_000})
	if err != nil {
		tb.Fatal(err)
	}
	task, err := work.NewTask(processors.Assignment{Topic: schemas.Clickstream.Topic(), Part: 1})
	if err != nil {
		tb.Fatal(err)
	}
	task.Apply(recs)
	task.(interface{ Close() }).Close()
	return slices.DeleteFunc(task.Flush(false).Blocks, func(b schemas.Block) bool { return b.Span.Next == 0 })
}

// BenchmarkKeep writes spans of 50,000 clickstream events, and small ones, where the schema and the columns' overhead
// weigh most; the JSON is read before.
func BenchmarkKeep(b *testing.B) {
	for _, n := range []int{50, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			blocks := blocksOf(b, clicks(n))
			store := &held{files: map[string][]byte{}}
			sink := NewSink(store, nil)
			for b.Loop() {
				for i := range blocks { // one after the other: a figure per core
					if err := sink.Insert(b.Context(), blocks[i:i+1]); err != nil {
						b.Fatal(err)
					}
				}
			}
			size := 0
			for _, data := range store.files {
				size += len(data)
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(size)/float64(n), "B/event")
		})
	}
}

// BenchmarkRead reads them back.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{50, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			blocks := blocksOf(b, clicks(n))
			store := &held{files: map[string][]byte{}}
			if err := NewSink(store, nil).Insert(b.Context(), blocks); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				rows := 0
				for name, data := range store.files {
					if name[0] == '_' {
						continue // a manifest
					}
					err := decode(b.Context(), blocks[0].Table, data, func(got schemas.Block) error { rows += got.Rows; return nil })
					if err != nil {
						b.Fatal(err)
					}
				}
				if rows != n {
					b.Fatalf("%d rows", rows)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
