package wire

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/embedded"
	"tidemark/ingest"
	"tidemark/ingest/history"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/recompute"
	"tidemark/schemas"
	"tidemark/sinks"
	"tidemark/sinks/clickhouse"
)

const importMapping = `family: orders
source: erp
document: No
currency: EUR
numbers: [Pieces]
rules:
  - {name: sale, when: Pieces > 0, types: [order_placed, order_paid], fields: {total: {sum: price * quantity}}}
  - {name: refund, when: Pieces < 0, types: order_refunded, fields: {refund: {sum: price * quantity}}}
fields: {order_id: No, occurred_at: At, buyer: Who}
items: {sku: SKU, price: Price, quantity: {column: Pieces, absolute: true}}
`

// importRig is a broker, the real ClickHouse and a file of 2,500 orders of 30.03 each, every tenth refunded by 0.01.
type importRig struct {
	t      *testing.T
	sink   *clickhouse.Sink
	client []kgo.Opt
	input  string
	m      *history.Mapping
	blind  bool // does not look up what is stored
}

const importedOrders = 2500

func newImportRig(t *testing.T) *importRig {
	t.Helper()
	folder := t.TempDir()
	broker, err := embedded.OpenKafka(t.Context(), embedded.KafkaConfig{Data: folder, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	sink, err := clickhouse.Open("http://default@"+engine+"/history", clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	if _, err := sink.Apply(t.Context(), Schema(metrics.All())); err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	file.WriteString("No,SKU,Pieces,Price,At,Who\n")
	begin := time.Date(2009, 12, 31, 20, 0, 0, 0, time.UTC) // beyond any retention that counted from the event's time
	for i := range importedOrders {
		at := begin.Add(time.Duration(i) * 7 * time.Minute).Format(time.RFC3339)
		fmt.Fprintf(&file, "o%d,a,1,10.01,%s,b%d\no%d,b,2,10.01,%s,b%d\n", i, at, i%50, i, at, i%50)
		if i%10 == 0 {
			fmt.Fprintf(&file, "o%d,b,-1,0.01,%s,b%d\n", i, at, i%50)
		}
	}
	r := &importRig{t: t, sink: sink, client: []kgo.Opt{kgo.SeedBrokers(broker.Addr())}, input: filepath.Join(folder, "orders.csv")}
	mapping := filepath.Join(folder, "m.yaml")
	if err := errors.Join(os.WriteFile(r.input, []byte(file.String()), 0o600), os.WriteFile(mapping, []byte(importMapping), 0o600)); err != nil {
		t.Fatal(err)
	}
	if r.m, err = history.LoadMapping(mapping); err != nil {
		t.Fatal(err)
	}
	return r
}

// land stores what is in Kafka until the function that it returns is called.
func (r *importRig) land() (stop func()) {
	kafka, err := ingest.NewKafka(r.t.Context(), ingest.KafkaConfig{Options: r.client})
	if err != nil {
		r.t.Fatal(err)
	}
	work := processors.LandWork(processors.ConsumerGroup("land"))
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() {
		done <- processors.Run(ctx, processors.Config{
			Work: work, Sink: r.sink, Client: r.client, DeadLetters: DeadLetters(ingest.NewDeadLetters(kafka), work.Group),
			RecordTime: processors.RecordTimeCreate, FlushEvery: 100 * time.Millisecond, Permanent: sinks.Permanent,
			Status: &processors.Status{}, Registry: prometheus.NewRegistry(), Log: zerolog.Nop(),
		})
	}()
	return func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
		kafka.Close()
	}
}

// run imports the file; after says how many times events are looked up before the import is interrupted, 0 for never.
func (r *importRig) run(after int) (*history.Outcome, error) {
	r.t.Helper()
	in, err := history.Open(r.input, history.FormatAuto, r.m, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	defer in.Close()
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*time.Minute)
	defer cancel()
	shop := &schemas.Shop{ID: "s", Zone: "UTC", Currency: "EUR", Market: "de", Stage: schemas.StageMature}
	known := KnownEvents(r.sink, "orders", shop.ID)
	looked := 0
	return history.Run(ctx, in, history.Config{
		ScanConfig: history.ScanConfig{Shop: shop, Now: time.Now()}, Client: r.client, Landed: Landed(r.sink), Log: zerolog.Nop(),
		Known: func(ctx context.Context, events []history.Event) (map[string]bool, error) {
			if looked++; looked == after {
				cancel() // this batch is the last: it is finished, and land has not seen it
			}
			if r.blind {
				return nil, nil
			}
			return known(ctx, events)
		},
	})
}

// change rewrites the file.
func (r *importRig) change(from, to string) {
	r.t.Helper()
	text, err := os.ReadFile(r.input)
	if err == nil {
		err = os.WriteFile(r.input, []byte(strings.ReplaceAll(string(text), from, to)), 0o600)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// want checks the raw events, copies included, and the metric after a recompute.
func (r *importRig) want(o *history.Outcome) {
	r.t.Helper()
	type row struct {
		N    uint64 `ch:"n"`
		IDs  uint64 `ch:"ids"`
		Text string `ch:"text"`
	}
	raw, err := clickhouse.Select[row](r.t.Context(), r.sink, "SELECT count() AS n, uniqExact(event_id) AS ids, concat(toString(sum(total)), ' ', toString(sum(refund))) AS text FROM events_orders")
	if err != nil {
		r.t.Fatal(err)
	}
	const events = 2*importedOrders + importedOrders/10
	if len(raw) != 1 || raw[0].N != events || raw[0].IDs != events || raw[0].Text != "150150 2.5" {
		r.t.Errorf("raw events %+v, want %d, each once, 150150 2.5", raw, events)
	}
	again, err := recompute.New(recompute.Config{Sink: r.sink, Catalogue: metrics.All(), Log: zerolog.Nop()})
	if err != nil {
		r.t.Fatal(err)
	}
	job := recompute.Job{Metric: "trade", From: o.Report.From.Time().Add(-time.Minute), To: o.Report.To.Time().Add(time.Minute), Parts: Parts(o.Topic), Offline: true}
	if _, err := again.Rebuild(r.t.Context(), job); err != nil {
		r.t.Fatal(err)
	}
	trade, err := clickhouse.Select[row](r.t.Context(), r.sink,
		"SELECT toUInt64(sum(orders)) AS n, toUInt64(sum(paid_orders)) AS ids, concat(toString(sum(gmv)), ' ', toString(sum(refunded))) AS text FROM v_trade WHERE shop = 's'")
	if err != nil || len(trade) != 1 || trade[0].N != importedOrders || trade[0].IDs != importedOrders || trade[0].Text != "75075 2.5" {
		r.t.Errorf("metric %+v, %v", trade, err)
	}
}

// An import that is interrupted in the middle, with land away, and then given again and again ends with each event once.
func TestImportInterruptedAndRepeated(t *testing.T) {
	r := newImportRig(t)
	stop := r.land()
	first, err := r.run(2)
	if err == nil || !strings.Contains(err.Error(), "give the same command again") {
		t.Fatalf("an import that is interrupted ends with %v", err)
	}
	if w := first.Report.Written; w == 0 || w >= 2*importedOrders {
		t.Fatalf("%d events were written before the interruption: it did not hit the middle", w)
	}
	second, err := r.run(0)
	if err != nil {
		t.Fatal(err)
	}
	if second.Report.There != first.Report.Written || second.Report.Written+second.Report.There != second.Report.Events {
		t.Errorf("first %+v\nsecond %+v", first.Report, second.Report)
	}
	r.want(second)
	third, err := r.run(0)
	if err != nil || third.Report.Written != 0 || third.Report.There != third.Report.Events || len(third.Wrote) != 0 {
		t.Errorf("a repeated import writes %+v, %v", third, err)
	}
	r.want(third)
	r.change("Z,", "+05:00,") // the mapping was wrong before: other times, the same orders
	if moved, err := r.run(0); err != nil || moved.Report.Written != 0 || moved.Report.There != moved.Report.Events {
		t.Errorf("with other times %+v are written, %v", moved.Report, err)
	}
	r.want(third)
	r.blind = true // the control: it is the look at what is stored that keeps events from being written again
	if fourth, err := r.run(0); err != nil || fourth.Report.Written != fourth.Report.Events {
		t.Errorf("without it %+v are written, %v", fourth.Report, err)
	}
	stop()
}
