package hub

import (
	"context"
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/alerts"
	"tidemark/schemas"
)

const metricPrefix = "tidemark_alerts_"

// meter is the hub's metrics. Labels are bounded: rules of the catalogue, tiers, receivers, outcomes.
type meter struct {
	seconds     prometheus.Histogram
	errors      prometheus.Counter
	last        prometheus.Gauge
	judged      prometheus.Counter
	storeErrors prometheus.Counter
	dropped     prometheus.Counter
	sent        *prometheus.CounterVec // by receiver
	failures    *prometheus.CounterVec // by receiver
	owed        *prometheus.GaugeVec   // by receiver
	hooks       *prometheus.CounterVec // by source and outcome
}

func newMeter(h *Hub) (*meter, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: metricPrefix + name, Help: help})
	}
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: metricPrefix + name, Help: help}, labels)
	}
	m := &meter{
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: metricPrefix + "evaluation_seconds", Help: "Time that an evaluation of all rules took.", Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2, 5, 10, 30, 60},
		}),
		errors:      counter("evaluation_errors_total", "Evaluations in which a rule could not be judged."),
		last:        prometheus.NewGauge(prometheus.GaugeOpts{Name: metricPrefix + "last_evaluation_timestamp_seconds", Help: "When all rules were last evaluated without an error."}),
		judged:      counter("series_judged_total", "Windows of series that were judged."),
		storeErrors: counter("store_errors_total", "Attempts to store events or readings that failed. They are repeated."),
		dropped:     counter("readings_dropped_total", "Readings given up because they could not be stored for too long. Events are never given up."),
		sent:        vec("messages_total", "Messages that a receiver has taken.", "receiver"),
		failures:    vec("delivery_failures_total", "Attempts to deliver that failed. They are repeated.", "receiver"),
		owed:        prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: metricPrefix + "messages_owed", Help: "Messages that a receiver has not taken yet."}, []string{"receiver"}),
		hooks:       vec("hook_alerts_total", "Alerts that came in through a hook, by what became of them.", "source", "outcome"),
	}
	for _, r := range h.conf.Receivers { // a rate needs a value to start from
		m.sent.WithLabelValues(r.Name)
		m.failures.WithLabelValues(r.Name)
		m.owed.WithLabelValues(r.Name)
	}
	if h.conf.Alertmanager != nil {
		m.failures.WithLabelValues(managerName)
	}
	var errs []error
	for _, c := range []prometheus.Collector{m.seconds, m.errors, m.last, m.judged, m.storeErrors, m.dropped, m.sent, m.failures, m.owed, m.hooks, newGauges(h)} {
		errs = append(errs, h.conf.Registry.Register(c))
	}
	return m, errors.Join(errs...)
}

// gauges are read from the hub when they are asked for.
type gauges struct {
	hub                *Hub
	open, unsaved, age *prometheus.Desc
}

func newGauges(h *Hub) *gauges {
	return &gauges{
		hub:     h,
		open:    prometheus.NewDesc(metricPrefix+"incidents_open", "Incidents that are not resolved, by tier.", []string{"tier"}, nil),
		unsaved: prometheus.NewDesc(metricPrefix+"events_unsaved", "Events of incidents that are not stored yet.", nil, nil),
		age:     prometheus.NewDesc(metricPrefix+"window_age_seconds", "Age of the end of the newest complete window of a rule, when it was last asked for. Rules without any are missing.", []string{"rule"}, nil),
	}
}

// Describe names the gauges.
func (g *gauges) Describe(ch chan<- *prometheus.Desc) {
	ch <- g.open
	ch <- g.unsaved
	ch <- g.age
}

// Collect reads them.
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	h := g.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	for tier, n := range h.book.Open() {
		ch <- prometheus.MustNewConstMetric(g.open, prometheus.GaugeValue, float64(n), tier.String())
	}
	ch <- prometheus.MustNewConstMetric(g.unsaved, prometheus.GaugeValue, float64(len(h.unsaved)))
	now := schemas.MillisOf(h.conf.Now())
	for rule, until := range h.complete {
		ch <- prometheus.MustNewConstMetric(g.age, prometheus.GaugeValue, float64(now-until)/1000, rule)
	}
}

// watched is a history that notes how far each rule's windows are complete.
func (h *Hub) watched(c alerts.History) alerts.History {
	ask := c.Complete
	c.Complete = func(ctx context.Context, r *alerts.Rule) (schemas.Millis, error) {
		until, err := ask(ctx, r)
		if err == nil && until != 0 {
			h.mu.Lock()
			h.complete[r.Name] = until
			h.mu.Unlock()
		}
		return until, err
	}
	return c
}
