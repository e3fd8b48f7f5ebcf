package audit

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/processors"
	"tidemark/sinks/clickhouse"
)

// How often a Watch looks, and how far back.
const (
	watchEvery = time.Minute
	watchBack  = time.Hour
)

// Watch compares the accounts of the last hour each minute and exports what differs. It reads neither raw rows nor Kafka.
type Watch struct {
	sink       *clickhouse.Sink
	catalogue  processors.Catalogue
	log        zerolog.Logger
	difference *prometheus.GaugeVec
	checked    prometheus.Gauge
}

// NewWatch registers its gauges; nothing is read before Run.
func NewWatch(sink *clickhouse.Sink, all processors.Catalogue, log zerolog.Logger, reg prometheus.Registerer) (*Watch, error) {
	w := &Watch{
		sink: sink, catalogue: all, log: log,
		difference: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "tidemark_accounting_difference",
			Help: "Events of the complete minutes of the last hour that an account does not account for, or tells otherwise than the other groups."}, []string{"group", "metric"}),
		checked: prometheus.NewGauge(prometheus.GaugeOpts{Name: "tidemark_accounting_last_check_timestamp_seconds",
			Help: "When the accounts were last compared."}),
	}
	for _, c := range []prometheus.Collector{w.difference, w.checked} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// Run compares until ctx ends, and returns nil. What fails is logged and tried again; the age of the last check tells.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		if err := w.Check(ctx, time.Now()); err != nil && ctx.Err() == nil {
			w.log.Warn().Err(err).Msg("accounts cannot be compared")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Check compares the hour before now, once.
func (w *Watch) Check(ctx context.Context, now time.Time) error {
	to := now.Truncate(time.Minute)
	r, err := Run(ctx, Config{Sink: w.sink, Catalogue: w.catalogue, From: to.Add(-watchBack), To: to, Now: now})
	if err != nil {
		return err
	}
	if r.First != nil {
		w.log.Error().Int("differences", r.Differences).Msg("events are not accounted for; the first: " + r.First.String())
	}
	sums := map[[2]string]int64{}
	for _, l := range r.Lines {
		sums[[2]string{l.Group, l.Metric}] += l.Difference
	}
	w.difference.Reset()
	for k, n := range sums {
		w.difference.WithLabelValues(k[0], k[1]).Set(float64(n))
	}
	w.checked.Set(float64(now.Unix()))
	return nil
}
