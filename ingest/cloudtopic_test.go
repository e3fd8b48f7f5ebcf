package ingest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

func header(pairs ...string) (out []kgo.RecordHeader) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, kgo.RecordHeader{Key: pairs[i], Value: []byte(pairs[i+1])})
	}
	return out
}

// TestCloudTopics: binary and structured records, from a real client through the protocol; what cannot be read is a dead
// letter, and a second reader begins where the first one has committed.
func TestCloudTopics(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(testPartitions, append(topics(), "erp")...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	now := time.Now()
	send := func(records ...*kgo.Record) {
		t.Helper()
		if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	binary := func(id, kind, data string, more ...string) *kgo.Record {
		return &kgo.Record{Topic: "erp", Key: []byte("o1"), Timestamp: now.Add(-time.Minute), Value: []byte(data),
			Headers: header(append([]string{"content-type", "application/json", "ce_specversion", "1.0", "ce_id", id, "ce_source", "/erp", "ce_type", kind}, more...)...)}
	}
	const order = `{"order_id":"o1","buyer":"u1","total":"5.50","currency":"USD"}`
	send(binary("1", "com.shop.orders.order_placed", order), binary("1", "com.shop.orders.order_placed", order),
		binary("2", "com.shop.orders.order_paid", order, "ce_time", now.UTC().Format(time.RFC3339)),
		&kgo.Record{Topic: "erp", Headers: header("content-type", "application/cloudevents+json; charset=utf-8"), Value: []byte(
			`{"specversion":"1.0","id":"3","source":"/erp","type":"x.orders.order_cancelled","time":"` + now.UTC().Format(time.RFC3339) + `","data":` + order + `}`)},
		binary("4", "com.shop.orders.order_paid", "no JSON"), binary("5", "odd", order), binary("6", "com.shop.orders.order_paid", strings.Replace(order, "{", `{"shop":"beta",`, 1)),
		&kgo.Record{Topic: "erp"})
	f := newFixture(t, nil)
	f.now = now
	run := func(want int) {
		t.Helper()
		reader, err := NewCloudTopics(f.collector, map[string]string{"erp": "alpha"}, []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...)}, zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		done := make(chan error)
		go func() { done <- reader.Run(ctx) }()
		for f.kept.count() < want && ctx.Err() == nil {
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(200 * time.Millisecond) // for the commit, and for what should not come
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := f.kept.count(); got != want {
			t.Fatalf("%d records, want %d", got, want)
		}
	}
	run(3 + 4)
	var kinds []string
	for _, l := range f.letters() {
		kinds = append(kinds, string(l.Kind))
	}
	slices.Sort(kinds) // partitions come in any order
	orders := f.orders()
	if len(orders) != 3 || strings.Join(kinds, " ") != "invalid unknown_type unreadable unreadable" {
		t.Fatalf("orders %+v\nletters %v", orders, kinds)
	}
	byType := map[string]schemas.Order{}
	for _, o := range orders {
		byType[o.Type] = o
	}
	placed := byType[schemas.OrderPlaced]
	if placed.OccurredAt != schemas.MillisOf(now.Add(-time.Minute)) || placed.EventID != stableID(dialectCloudEvents, "/erp", "1") || placed.Source != dialectCloudEvents || placed.Shop != "alpha" {
		t.Errorf("%+v", placed)
	}
	send(binary("7", "com.shop.orders.order_updated", order))
	run(3 + 4 + 1)
	if _, err := NewCloudTopics(f.collector, map[string]string{"erp": "nobody"}, nil, zerolog.Nop()); err == nil || !strings.Contains(err.Error(), "not in the shops file") {
		t.Error(err)
	}
	if _, err := NewCloudTopics(f.collector, map[string]string{schemas.Orders.Topic(): "alpha"}, nil, zerolog.Nop()); err == nil || !strings.Contains(err.Error(), "writes itself") {
		t.Error(err)
	}
}
