package demo

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/alerts/hub"
	"tidemark/deploy/demo/truth"
	"tidemark/deploy/wire"
	"tidemark/ingest"
	"tidemark/processors"
	"tidemark/sinks/clickhouse"
)

// patience is how long one part may take to stop.
const patience = 15 * time.Second

// demo is a running demo.
type demo struct {
	Config
	stack    stack
	registry *prometheus.Registry
	shops    *wire.LiveShops
	client   []kgo.Opt
	db       *clickhouse.Sink
	kafka    *ingest.Kafka
	statuses []*processors.Status
	truth    *truth.Truth
	stage    *stage // nil without simulator
	hub      *hub.Hub
	news     chan string  // for the people at the terminal
	ready    func() error // of collector and heartbeats
}

// Run runs the demo until ctx ends or a part fails, then stops everything in order: shops, collector, processors, engine.
// The data stay in Config.Data, and the next Run goes on with them.
func Run(ctx context.Context, c Config) error {
	if err := c.Check(); err != nil {
		return err
	}
	unlock, err := lock(c.Data)
	if err != nil {
		return err
	}
	defer unlock()
	if err := c.portsFree(ctx); err != nil {
		return err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	d := &demo{Config: c, stack: stack{fail: fail}, registry: prometheus.NewRegistry(), news: make(chan string, newsKept)}
	d.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	err = d.start(ctx)
	if err == nil {
		<-ctx.Done()
		if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
			err = cause
		}
	} else if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = nil // interrupted while starting
	}
	return errors.Join(err, d.stack.stop(patience), d.close())
}

// start brings the parts up, each on top of those that it needs.
func (d *demo) start(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		d.startEngine, d.startKafka, d.startTables, d.startShops, d.sayAway, d.startProcessors, d.startCorrector, d.startRollups, d.startCollector, d.startSimulator, d.startPast, d.startAlerts, d.startLive,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// newsKept is how many lines may wait for the terminal.
const newsKept = 64

// say tells the people at the terminal; where nobody reads on, it is left out.
func (d *demo) say(text string) {
	select {
	case d.news <- text:
	default:
	}
}

// close gives back what the parts shared, after they have stopped.
func (d *demo) close() error {
	var errs []error
	if d.kafka != nil {
		d.kafka.Close()
	}
	if d.db != nil {
		errs = append(errs, d.db.Close())
	}
	if d.truth != nil {
		errs = append(errs, d.truth.Close())
	}
	return errors.Join(errs...)
}
