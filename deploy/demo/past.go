package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/demo/sim"
	"tidemark/ingest"
	"tidemark/schemas"
)

// startPast gives the simulated shops a past, once: months of orders and weeks of parcels in the history topics, as an import
// brings them, so that the boards of customers and logistics have something to show. The metrics by the minute are left as
// they are: the alerts would take the few orders a day for what the simulator's shops usually sell.
func (d *demo) startPast(ctx context.Context) error {
	if d.NoSimulator {
		return nil
	}
	done := filepath.Join(d.Data, "simulator", "past")
	if _, err := os.Stat(done); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	now := time.Now()
	var recs []*kgo.Record
	for _, shop := range sim.Shops() {
		known, ok := d.shops.Shops().ByID(shop.ID)
		if !ok {
			continue // taken out of shops.yaml
		}
		y, m, day := now.In(known.Location).Date()
		past := sim.PlanPast(&shop, seed, time.Date(y, m, day, 0, 0, 0, 0, known.Location), now)
		orders, err := records(schemas.Orders, past.Orders, func(o *schemas.Order) string { return o.OrderID })
		if err != nil {
			return err
		}
		parcels, err := records(schemas.Logistics, past.Parcels, func(p *schemas.Parcel) string { return p.Carrier + "/" + p.TrackingID })
		if err != nil {
			return err
		}
		recs = append(append(recs, orders...), parcels...)
	}
	kafka, err := ingest.NewKafka(ctx, ingest.KafkaConfig{
		Options: d.client, StampTime: true, Topics: []string{schemas.Orders.HistoryTopic(), schemas.Logistics.HistoryTopic()},
	})
	if err != nil {
		return err
	}
	defer kafka.Close()
	if err := kafka.Produce(ctx, recs); err != nil {
		return fmt.Errorf("the past of the simulated shops: %w", err)
	}
	return os.WriteFile(done, nil, 0o644)
}

// records are events of a family for its history topic.
func records[E any](f schemas.Family[E], events []E, key func(*E) string) ([]*kgo.Record, error) {
	enc, err := schemas.NewEncoder[E]()
	if err != nil {
		return nil, err
	}
	recs := make([]*kgo.Record, len(events))
	for i := range events {
		recs[i] = &kgo.Record{Topic: f.HistoryTopic(), Key: []byte(key(&events[i])), Value: enc.Append(nil, &events[i])}
	}
	return recs, nil
}
