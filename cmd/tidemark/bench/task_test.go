package bench

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// workload makes n records in the shape of the workload: 5,556 events per second of event time, 40,000 sessions,
// 1,000 campaigns, disorder of some seconds, one duplicate in a hundred.
func workload(n int) []processors.Record {
	r := rand.New(rand.NewPCG(42, 1))
	kinds := []string{"page_view", "view_item", "ad_impression", "ad_impression", "ad_click", "add_to_cart", "begin_checkout", "purchase"}
	recs := make([]processors.Record, 0, n)
	const base = 1_750_000_000_000
	for i := range n {
		at := schemas.Millis(base + int64(i)*1000/5556)
		if i > 100 && r.IntN(100) == 0 {
			recs = append(recs, processors.Record{Offset: int64(i), Time: at, Value: recs[i-1-r.IntN(100)].Value})
			continue
		}
		ts := at - schemas.Millis(r.ExpFloat64()*2000)
		value := "0"
		kind := kinds[r.IntN(len(kinds))]
		if kind == "purchase" {
			value = fmt.Sprintf("%d.%02d", 10+r.IntN(500), r.IntN(100))
		}
		session := r.IntN(40000) + i/100
		v := fmt.Sprintf(`{"event_id":"%08x-0000-4000-8000-%012x","event":"%s","ts":"%s","user_id":"u%07d","session_id":"s%08d","anonymous_id":"a%07d",`+
			`"page":"/p/%05d","referrer":"https://www.example.org/search","campaign_id":"cmp-%04d","channel":"channel-%d","product_id":"p%05d","price":%d.99,"value":%s,"currency":"CNY","device":"mobile"}`,
			i, i, kind, time.UnixMilli(int64(ts)).UTC().Format("2006-01-02T15:04:05.000Z"), r.IntN(1000000), session, session, r.IntN(50000), int(r.ExpFloat64()*100)%1000, session%8, r.IntN(50000), 1+r.IntN(300), value)
		recs = append(recs, processors.Record{Offset: int64(i), Time: at, Value: []byte(v)})
	}
	return recs
}

// BenchmarkTask measures the whole task of each query, Kafka apart: decoding, deduplication, windows, rows at the end.
func BenchmarkTask(b *testing.B) {
	recs := workload(200_000)
	for _, q := range []string{"q1", "q2", "q3", "q4"} {
		b.Run(q, func(b *testing.B) {
			def, err := definition(q, "bench")
			if err != nil {
				b.Fatal(err)
			}
			work, err := processors.Catalogue{def}.Work(def.Group, "bench")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for done := 0; done < b.N; {
				task, err := work.NewTask(processors.Assignment{Topic: "bench"})
				if err != nil {
					b.Fatal(err)
				}
				n := min(len(recs), b.N-done)
				for i := 0; i < n; i += 1000 {
					task.Apply(recs[i:min(i+1000, n)])
				}
				task.Close()
				if f := task.Flush(false); f.Stats.Records != int64(n) || f.Stats.Quarantined != 0 {
					b.Fatalf("counted %+v of %d records", f.Stats, n)
				}
				done += n
			}
		})
	}
}
