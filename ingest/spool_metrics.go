package ingest

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// spoolMetrics say what is on disk and what became of it.
type spoolMetrics struct {
	kept, drained prometheus.Counter
	refused       *prometheus.CounterVec // reason
}

func newSpoolMetrics(reg prometheus.Registerer, s *Spooling) (*spoolMetrics, error) {
	opts := func(name, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "tidemark", Subsystem: "ingest", Name: name, Help: help}
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts(name, help)), value)
	}
	m := &spoolMetrics{
		kept:    prometheus.NewCounter(prometheus.CounterOpts(opts("spool_kept_total", "Records put into the spool."))),
		drained: prometheus.NewCounter(prometheus.CounterOpts(opts("spool_drained_total", "Records of the spool that Kafka has acknowledged."))),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts(opts("spool_refused_total",
			"Requests answered 503 while Kafka was away: the spool was full, its disk failed, or the request held more than clickstream (kafka_away).")), []string{"reason"}),
	}
	for _, c := range []prometheus.Collector{
		m.kept, m.drained, m.refused,
		gauge("kafka_away", "1 while Kafka counts as away.", s.isAway),
		gauge("spool_bytes", "Bytes in the spool that Kafka does not have yet.", func() float64 { return float64(s.queue.Stats().Bytes) }),
		gauge("spool_max_bytes", "Bytes that the spool may take.", func() float64 { return float64(s.queue.Stats().Max) }),
		gauge("spool_entries", "Requests in the spool that Kafka does not have yet.", func() float64 { return float64(s.queue.Stats().Entries) }),
		gauge("spool_oldest_seconds", "Age of the oldest request in the spool; 0 where it is empty.", s.oldest),
		prometheus.NewCounterFunc(prometheus.CounterOpts(opts("spool_corrupt_total",
			"Stretches of the spool that were moved aside because they could not be read or sent.")), func() float64 { return float64(s.queue.Stats().Damaged) }),
	} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (s *Spooling) isAway() float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return 1
	}
	return 0
}

func (s *Spooling) oldest() float64 {
	at := s.queue.Stats().Oldest
	if at.IsZero() {
		return 0
	}
	return max(0, time.Since(at).Seconds())
}
