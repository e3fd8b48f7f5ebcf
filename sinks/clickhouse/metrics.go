package clickhouse

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type counts struct {
	rows     *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	failures *prometheus.CounterVec
}

func newCounts(reg prometheus.Registerer) *counts {
	m := &counts{
		rows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tidemark_clickhouse_rows_total", Help: "Rows that ClickHouse has acknowledged.",
		}, []string{"table"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tidemark_clickhouse_insert_seconds", Help: "Duration of acknowledged inserts.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 14), // 5 ms to 41 s
		}, []string{"table"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tidemark_clickhouse_errors_total",
			Help: "Failures by table (empty: anything but inserts) and class: retryable, permanent, or unknown for a code that the program does not know.",
		}, []string{"table", "class"}),
	}
	if reg != nil {
		reg.MustRegister(m.rows, m.seconds, m.failures)
	}
	return m
}

func (m *counts) stored(table string, rows int, took time.Duration) {
	m.rows.WithLabelValues(table).Add(float64(rows))
	m.seconds.WithLabelValues(table).Observe(took.Seconds())
}
