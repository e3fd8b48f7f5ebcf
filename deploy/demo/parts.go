package demo

import (
	"context"
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/demo/sim"
	"tidemark/deploy/demo/truth"
	"tidemark/deploy/embedded"
	"tidemark/deploy/wire"
	"tidemark/ingest"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/recompute"
	"tidemark/schemas"
	"tidemark/sinks"
	"tidemark/sinks/clickhouse"
)

//go:embed shops.yaml
var shopsYAML []byte

// startEngine runs ClickHouse in a child process, this program's own engine command.
func (d *demo) startEngine(ctx context.Context) error {
	library, err := embedded.Library(d.Library)
	if err != nil {
		return err
	}
	data := filepath.Join(d.Data, "clickhouse")
	if err := os.MkdirAll(data, 0o755); err != nil {
		return err
	}
	supervisor := embedded.NewSupervisor(embedded.SupervisorConfig{
		Args:    []string{"engine", "--data", data, "--listen", d.engine(), "--lib", library, "--log-format", "json", "--log-level", "warn"},
		PingURL: "http://" + d.engine() + "/ping", Log: d.Log,
	})
	d.stack.start(ctx, "engine", supervisor.Run)
	select {
	case <-supervisor.Ready():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (d *demo) startKafka(ctx context.Context) error {
	broker, err := embedded.OpenKafka(ctx, embedded.KafkaConfig{Data: filepath.Join(d.Data, "kafka"), Port: d.kafkaPort(), Log: d.Log})
	if err != nil {
		return err
	}
	d.client = []kgo.Opt{kgo.SeedBrokers(broker.Addr())}
	d.stack.start(ctx, "kafka", func(ctx context.Context) error {
		<-ctx.Done()
		return broker.Close()
	})
	// The broker's own clock does not run behind: this process stamps all records.
	d.kafka, err = ingest.NewKafka(ctx, ingest.KafkaConfig{Options: d.client, StampTime: true})
	return err
}

func (d *demo) startTables(ctx context.Context) (err error) {
	if d.db, err = clickhouse.Open(d.dsn(), clickhouse.Options{Registry: d.registry}); err != nil {
		return err
	}
	_, err = d.db.Apply(ctx, wire.Schema(metrics.All()))
	return err
}

// startShops puts the shops file into the data folder, where it may be changed, and watches it.
func (d *demo) startShops(ctx context.Context) (err error) {
	path := filepath.Join(d.Data, "shops.yaml")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(path, shopsYAML, 0o644); err != nil {
			return err
		}
	}
	if d.shops, err = wire.OpenShops(path, d.Log); err != nil {
		return err
	}
	d.stack.start(ctx, "shops file", d.shops.Run)
	d.stack.start(ctx, "shops' tables", func(ctx context.Context) error {
		return wire.StoreShops(ctx, d.db.Insert, d.shops.Shops, d.Log)
	})
	return nil
}

func (d *demo) startProcessors(ctx context.Context) error {
	d.startGroup(ctx, processors.LandWork(processors.ConsumerGroup("land")), processors.LandEvery)
	all := metrics.All()
	for _, group := range []string{processors.GroupFast, processors.GroupSlow} {
		work, err := all.Work(group, processors.ConsumerGroup(group))
		if err != nil {
			return err
		}
		d.startGroup(ctx, work, 0)
	}
	return nil
}

// startCorrector rebuilds what late events have made dirty.
func (d *demo) startCorrector(ctx context.Context) error {
	r, err := recompute.New(recompute.Config{Sink: d.db, Catalogue: metrics.All(), Log: d.Log})
	if err != nil {
		return err
	}
	d.stack.start(ctx, "corrector", recompute.NewCorrector(r, recompute.CorrectorConfig{Registry: d.registry}).Run)
	return nil
}

// startGroup runs one consumer group; a pause of 0 between flushes is the usual one.
func (d *demo) startGroup(ctx context.Context, work processors.Work, flushEvery time.Duration) {
	status := &processors.Status{}
	d.statuses = append(d.statuses, status)
	config := processors.Config{
		Work: work, Sink: d.db, Client: d.client, DeadLetters: wire.DeadLetters(ingest.NewDeadLetters(d.kafka), work.Group),
		RecordTime: processors.RecordTimeCreate, FlushEvery: flushEvery, Permanent: sinks.Permanent, Status: status, Registry: d.registry, Log: d.Log,
		SnapshotTopic: schemas.SnapshotTopic,
	}
	d.stack.start(ctx, work.Group, func(ctx context.Context) error { return processors.Run(ctx, config) })
}

func (d *demo) startCollector(ctx context.Context) error {
	beats, err := ingest.NewHeartbeats(d.kafka, d.Log, d.registry)
	if err != nil {
		return err
	}
	d.stack.start(ctx, "heartbeats", beats.Run)
	collector, err := ingest.New(ingest.Config{
		Addr: d.collector(), Shops: d.shops.Shops, Producer: d.kafka, Log: d.Log, Registry: d.registry,
		KeyRate: -1, AddressRate: -1, // the simulator is one address with a few keys
	})
	if err != nil {
		return err
	}
	d.ready = func() error { return errors.Join(collector.Ready(), beats.Ready()) }
	d.stack.start(ctx, "collector", collector.Run)
	return nil
}

func (d *demo) startSimulator(ctx context.Context) (err error) {
	path := filepath.Join(d.Data, "simulator", "truth.jsonl")
	if d.truth, err = truth.Open(path, time.Now(), certainty(metrics.All())); err != nil {
		return err
	}
	if d.NoSimulator {
		return nil
	}
	simulator, err := sim.New(sim.Config{URL: "http://" + d.collector(), Rate: d.Rate * d.Speed, Seed: seed, Shops: sim.Shops(), Truth: d.truth, Log: d.Log})
	if err != nil {
		return err
	}
	d.stack.start(ctx, "simulator", simulator.Run)
	d.stage = &stage{fail: func(fail bool) { simulator.FailPayments(fail) }, say: d.say}
	return nil
}

func (d *demo) isReady() error {
	for _, s := range d.statuses {
		if !s.Ready() {
			return errors.New("a consumer group is joining or catching up")
		}
	}
	return d.ready()
}
