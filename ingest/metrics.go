package ingest

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// Dialects, as they stand in metrics and dead letters, and as sources of events. Each provider of webhooks is one
// too, by its name.
const (
	dialectSegment     = "segment"
	dialectNative      = "ndjson"
	dialectPostHog     = "posthog"
	dialectAmplitude   = "amplitude"
	dialectJitsu       = "jitsu"
	dialectGA4         = "ga4"
	dialectSnowplow    = "snowplow"
	dialectCloudEvents = "cloudevents"
	dialectScript      = "script" // the snippet's own text; only its requests are counted
)

// metrics are the collector's own counters. Every label value comes from a constant of this program, or is a shop of
// shops.yaml.
type metrics struct {
	requests    *prometheus.CounterVec // dialect, code
	seconds     *prometheus.HistogramVec
	events      *prometheus.CounterVec // dialect, result
	quarantined *prometheus.CounterVec // dialect, kind, shop
	dropped     *prometheus.CounterVec // dialect, class
	orders      *prometheus.CounterVec // shop, type
	strange     *prometheus.CounterVec // source
	masked      prometheus.Counter
	conflicts   prometheus.Counter
	generated   prometheus.Counter
	skewed      prometheus.Counter
	noVisitor   prometheus.Counter
	panics      prometheus.Counter
	refused     prometheus.Counter
}

// Results of one event.
const (
	resultAccepted    = "accepted"
	resultQuarantined = "quarantined"
	resultDuplicate   = "duplicate"
	resultIgnored     = "ignored" // a webhook that says nothing we keep
)

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "tidemark", Subsystem: "ingest", Name: name, Help: help})
	}
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "tidemark", Subsystem: "ingest", Name: name, Help: help}, labels)
	}
	m := &metrics{
		requests: vec("requests_total", "Requests answered.", "dialect", "code"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "tidemark", Subsystem: "ingest", Name: "request_seconds",
			Help: "Time from the request's header to its answer.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 14)}, []string{"dialect"}),
		events:      vec("events_total", "Events of answered requests, by what became of them.", "dialect", "result"),
		quarantined: vec("quarantined_total", "Events sent to the dead letters.", "dialect", "kind", "shop"),
		dropped:     vec("dropped_fields_total", "Fields not kept, personal or unknown.", "dialect", "class"),
		orders: vec("orders_total", "Order events accepted from the shop's authoritative source; senders' repetitions count again. "+
			"It tells that orders have stopped when nothing behind Kafka works.", "shop", "type"),
		strange: vec("unknown_status_total", "Statuses in webhooks that no table lists; their events are stored as unknown, with the provider's own word. "+
			"A repeated webhook counts again.", "source"),
		masked:    counter("masked_total", "Free texts in which something personal was masked."),
		conflicts: counter("conflicts_total", "Events of one request with the id of another and other content; only the first is kept."),
		generated: counter("generated_ids_total", "Events that came without id and got one; repeated, they count twice."),
		skewed:    counter("skewed_total", "Events whose time was corrected by the sender's clock skew."),
		noVisitor: counter("orders_without_visitor_total", "Orders without anonymous id, which yield no purchase in the clickstream."),
		panics:    counter("panics_total", "Requests that ended in a panic and were answered 500."),
		refused:   counter("refused_connections_total", "Connections refused over the limit."),
	}
	for _, c := range []prometheus.Collector{m.requests, m.seconds, m.events, m.quarantined, m.dropped, m.orders, m.strange, m.masked, m.conflicts,
		m.generated, m.skewed, m.noVisitor, m.panics, m.refused} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) answered(dialect string, code int, seconds float64) {
	m.requests.WithLabelValues(dialect, strconv.Itoa(code)).Inc()
	m.seconds.WithLabelValues(dialect).Observe(seconds)
}
