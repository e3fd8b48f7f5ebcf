package metrics_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

// clicks makes n records of clickstream events as the collector writes them: 5,000 per second of event time.
func clicks(b *testing.B, n int) []processors.Record {
	b.Helper()
	enc, err := schemas.NewEncoder[schemas.Click]()
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 7))
	types := []string{
		schemas.ClickPageView, schemas.ClickPageView, schemas.ClickPageView, schemas.ClickViewPromotion, schemas.ClickViewPromotion,
		schemas.ClickSelectPromotion, schemas.ClickViewItem, schemas.ClickAddToCart, schemas.ClickBeginCheckout, schemas.ClickPurchase,
	}
	channels := []string{"direct", "email", "paid_search", "paid_social", "organic_search", "referral", "affiliate", "display"}
	devices := []string{"mobile", "desktop", "tablet"}
	recs := make([]processors.Record, n)
	for i := range recs {
		at := base + schemas.Millis(i/5)
		e := schemas.Click{
			Envelope: envelope(i, types[r.IntN(len(types))], at-base-schemas.Millis(r.ExpFloat64()*2000)),
			Page:     "/p/12345", PageType: "product", Referrer: "www.example.org/search", Locale: "zh-CN",
			AnonymousID: fmt.Sprintf("5f0c6a1e-%08d", r.IntN(40000)), Channel: channels[r.IntN(len(channels))],
			Campaign: fmt.Sprintf("cmp-%03d", r.IntN(200)), Device: devices[r.IntN(len(devices))], ProductID: "p12345", Currency: "CNY",
		}
		recs[i] = processors.Record{Offset: int64(i), Time: at, Value: enc.Append(nil, &e)}
	}
	return recs
}

// BenchmarkCatalogue measures the whole task of each group on the clickstream: decoding, deduplication, all its metrics,
// and the rows.
func BenchmarkCatalogue(b *testing.B) {
	recs := clicks(b, 200_000)
	for _, group := range []string{processors.GroupFast, processors.GroupSlow} {
		b.Run(group, func(b *testing.B) {
			work, err := metrics.All().Work(group, "bench")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for done := 0; done < b.N; {
				task, err := work.NewTask(processors.Assignment{Topic: schemas.Clickstream.Topic()})
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
