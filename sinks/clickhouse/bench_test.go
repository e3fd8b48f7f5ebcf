package clickhouse

import (
	"fmt"
	"testing"

	"tidemark/schemas"
)

// BenchmarkInsert lands 10,000 clicks per insert in the real engine, which runs in this process: the CPU time is that of
// both.
func BenchmarkInsert(b *testing.B) {
	const rows = 10_000
	s := openSink(b, engine, newDatabase(b), Options{})
	raw := schemas.RawTable(schemas.Clickstream)
	if _, err := s.Apply(b.Context(), Schema{Tables: []*schemas.Table{&raw}}); err != nil {
		b.Fatal(err)
	}
	builder, err := schemas.NewRows(schemas.Clickstream)
	if err != nil {
		b.Fatal(err)
	}
	for i := range rows {
		var e schemas.Click
		e.EventID, e.Type, e.Shop, e.Source = fmt.Sprint("event ", i), "page_view", "demo", "segment"
		e.OccurredAt, e.ReceivedAt = schemas.Millis(4102444800000+i), schemas.Millis(4102444800000+i)
		builder.Append(&e, 1, int64(i), e.ReceivedAt, false)
	}
	block := builder.Block()
	for b.Loop() {
		if err := s.Insert(b.Context(), []schemas.Block{block}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}
