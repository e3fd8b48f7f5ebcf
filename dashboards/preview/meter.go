package preview

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// meter counts what the preview does.
type meter struct {
	seconds prometheus.Histogram
	asks    *prometheus.CounterVec
	errors  *prometheus.CounterVec
}

func newMeter(r prometheus.Registerer) (*meter, error) {
	m := &meter{
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "tidemark_preview_query_seconds", Help: "Time that a board's query took.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
		}),
		asks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tidemark_preview_answers_total", Help: "Answers given to panels: hit from the cache, shared with a query under way, miss with a query of its own.",
		}, []string{"outcome"}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tidemark_preview_query_errors_total", Help: "Queries of boards that failed: timeout, abandoned by all viewers, or failed.",
		}, []string{"reason"}),
	}
	if r == nil {
		return m, nil
	}
	return m, errors.Join(r.Register(m.seconds), r.Register(m.asks), r.Register(m.errors))
}

func (m *meter) asked(outcome string) { m.asks.WithLabelValues(outcome).Inc() }

// timed measures a query.
func (m *meter) timed(q Query) Query {
	return func(ctx context.Context, sql string) (Result, error) {
		begin := time.Now()
		r, err := q(ctx, sql)
		m.seconds.Observe(time.Since(begin).Seconds())
		switch {
		case err == nil:
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			m.errors.WithLabelValues("timeout").Inc()
		case ctx.Err() != nil:
			m.errors.WithLabelValues("abandoned").Inc()
		default:
			m.errors.WithLabelValues("failed").Inc()
		}
		return r, err
	}
}
