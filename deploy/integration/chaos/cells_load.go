package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/proctest"
	"tidemark/schemas"
)

// loadCells are faults that lie in what is sent.
func loadCells() []Cell {
	return []Cell{
		{
			Name: "flood-copies", Fault: "every event is sent 2 to 5 times, out of order", Least: 10_000,
			Load: mixed(func(m *Mix) { m.Copies, m.Most = 1, 4 }, func(l *Load) { l.Rate /= 2 }),
			After: func(_ context.Context, p *Play, log []Record) error {
				p.Hit(repeats(log), "records that repeat an event")
				return nil
			},
		},
		{
			Name: "flood-disorder", Fault: "every event comes up to 50 s late, every tenth up to a quarter of an hour", Least: 10_000,
			Load:   mixed(func(m *Mix) { m.Shuffle = true }),
			Broken: []proctest.Rule{proctest.LateTestAhead},
			After: func(_ context.Context, p *Play, log []Record) error {
				p.Hit(disordered(log), "events older than one before them in their partition")
				return nil
			},
		},
		{
			Name: "poison", Fault: "every tenth record cannot be read: noise, other JSON, NUL bytes, 200 kB, 20,000 brackets, nothing", Least: 1000,
			Load:   mixed(func(m *Mix) { m.Broken, m.Poison = 0.1, true }),
			Broken: []proctest.Rule{proctest.UnreadableMovesM},
			After:  buried,
		},
		{
			Name: "far-future", Fault: "one event of the year 2099 in every partition", Least: 8,
			Act:    farFuture,
			Broken: []proctest.Rule{proctest.EventTimeUncapped},
			After:  noneMadeLate,
		},
		{Name: "idle-partitions", Fault: "three of four partitions of each topic get heartbeats only", Least: 6, Load: oneBusy,
			Broken: []proctest.Rule{proctest.HeartbeatsIgnored}, After: idle},
		{
			Name: "schema-newer", Fault: "every other event has fields that the programs do not know", Least: 1000,
			Load: mixed(func(m *Mix) { m.Change = newer }), After: changed("loyalty"),
		},
		{
			Name: "schema-older", Fault: "every other event lacks every field that is not required", Least: 1000,
			Load: mixed(func(m *Mix) { m.Change = older }), After: changed("from_before"),
		},
		{
			Name: "schema-both", Fault: "an earlier build and this one share the groups, over older and newer events, and one is killed after the other",
			Crew: []string{}, Least: 6, Ready: twoBuilds, Act: alternate,
			Load: mixed(func(m *Mix) {
				m.Change = func(rng *rand.Rand, event map[string]any) {
					older(rng, event)
					newer(rng, event)
				}
			}),
		},
	}
}

// mixed makes a load with a mix that differs from the usual one.
func mixed(change func(*Mix), more ...func(*Load)) func(*Load) {
	return func(l *Load) {
		mix := Usual()
		change(&mix)
		l.Mix = &mix
		for _, other := range more {
			other(l)
		}
	}
}

func newer(rng *rand.Rand, event map[string]any) {
	if rng.IntN(2) == 0 {
		return
	}
	event["loyalty"] = "gold"
	event["basket"] = map[string]any{"lines": []any{map[string]any{"sku": "a", "tags": []any{"x", nil}}}, "score": 1.5e3}
	event["1"] = []any{true, "ü", map[string]any{}}
}

// required are the fields without which an event is none, or another one.
var required = map[string]bool{
	"event_id": true, "type": true, "occurred_at": true, "received_at": true, "shop": true, "source": true,
	"anonymous_id": true, "order_id": true, "currency": true, "total": true,
}

func older(rng *rand.Rand, event map[string]any) {
	if rng.IntN(2) == 0 {
		return
	}
	for name := range event {
		if !required[name] {
			delete(event, name)
		}
	}
	event["from_before"] = true // a field that is gone today, and the mark for the count of hits
}

// changed counts the events that were rewritten.
func changed(field string) func(context.Context, *Play, []Record) error {
	return func(_ context.Context, p *Play, log []Record) error {
		n := 0
		for _, r := range log {
			event := map[string]any{}
			if json.Unmarshal(r.Value, &event) == nil && event[field] != nil {
				n++
			}
		}
		p.Hit(n, "events of the other schema in the log")
		return nil
	}
}

// repeats counts the records of a log whose event was in it before.
func repeats(log []Record) (n int) {
	seen := make(map[string]bool)
	for _, r := range log {
		if event, ok := readable(r); ok {
			if seen[r.Topic+event.EventID] {
				n++
			}
			seen[r.Topic+event.EventID] = true
		}
	}
	return n
}

func disordered(log []Record) (n int) {
	highest := make(map[target]schemas.Millis)
	for _, r := range log {
		if event, ok := readable(r); ok {
			at := target{r.Topic, r.Partition}
			if event.OccurredAt < highest[at] {
				n++
			}
			highest[at] = max(highest[at], event.OccurredAt)
		}
	}
	return n
}

// farFuture writes the events once the load has reached the present: before that the clock alone would make it late.
func farFuture(ctx context.Context, p *Play) error {
	if err := p.Wait(ctx, p.Load.Past+2*time.Second); err != nil {
		return err
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(p.Programs.Brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		return err
	}
	defer client.Close()
	at := schemas.MillisOf(time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, topic := range []string{schemas.Clickstream.Topic(), schemas.Orders.Topic()} {
		for partition := range p.Load.Partitions {
			id := fmt.Sprintf("2099-%d", partition)
			envelope := schemas.Envelope{EventID: id, OccurredAt: at, ReceivedAt: at, Shop: shop, Source: "ndjson"}
			var event any
			if topic == schemas.Orders.Topic() {
				envelope.Type = schemas.OrderPlaced
				event = &schemas.Order{Envelope: envelope, OrderID: id, Currency: "EUR", Total: schemas.MicrosPerUnit, PlacedAt: at}
			} else {
				envelope.Type = schemas.ClickPageView
				event = &schemas.Click{Envelope: envelope, AnonymousID: id}
			}
			value, err := json.Marshal(event)
			if err != nil {
				return err
			}
			record := &kgo.Record{Topic: topic, Partition: partition, Key: []byte(id), Value: value}
			if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
				return err
			}
			p.Ledger.Acked(topic, id)
			p.Hit(1, "acknowledged events of 2099")
		}
	}
	return p.Wait(ctx, 3*time.Second)
}

// noneMadeLate compares with the same log in which those records only tell the time, as heartbeats do.
func noneMadeLate(_ context.Context, p *Play, log []Record) error {
	tame := make([]Record, len(log))
	for i, r := range log {
		if event, ok := readable(r); ok && event.OccurredAt > r.Time+60_000 {
			r.Heartbeat, r.Value = true, nil
		}
		tame[i] = r
	}
	with, err := late(log, proctest.NoneBroken)
	if err != nil {
		return err
	}
	without, err := late(tame, proctest.NoneBroken)
	if err != nil {
		return err
	}
	uncapped, err := late(log, proctest.EventTimeUncapped)
	if err != nil {
		return err
	}
	p.Hit(0, "%d further events late for it, %d if times were not capped", with-without, uncapped-without)
	if with != without || uncapped <= without {
		return fmt.Errorf("%d events are late with the records of 2099, %d without, %d if times were not capped", with, without, uncapped)
	}
	return nil
}

// late counts, over all partitions, the events that came too late for some metric.
func late(log []Record, broken proctest.Rule) (n int64, err error) {
	defs := make(map[string][]processors.Definition)
	for _, d := range metrics.All().Streams() {
		defs[d.Topic] = append(defs[d.Topic], d)
	}
	for _, records := range byPartition(log) {
		outcome, err := proctest.Batch(defs[records[0].Topic], plainRecords(records), proctest.Options{Broken: broken})
		if err != nil {
			return 0, err
		}
		n += outcome.Late
	}
	return n, nil
}

// oneBusy sends every event to partition 0, and none in the present, so that only heartbeats close the last windows.
func oneBusy(l *Load) { l.Busy, l.Past, l.Live = 1, l.Past+l.Live, 0 }

func idle(_ context.Context, p *Play, log []Record) error {
	events := make(map[target]int)
	for _, r := range log {
		if !r.Heartbeat {
			events[target{r.Topic, r.Partition}]++
		} else {
			events[target{r.Topic, r.Partition}] += 0
		}
	}
	for _, n := range events {
		if n == 0 {
			p.Hit(1, "partitions without an event")
		}
	}
	return nil
}
