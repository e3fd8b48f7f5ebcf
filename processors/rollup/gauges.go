package rollup

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/processors"
)

// gauges export how fresh rollups are and what they cost.
type gauges struct {
	mu       sync.Mutex
	success  map[string]time.Time
	due      *prometheus.GaugeVec
	held     *prometheus.GaugeVec
	seconds  *prometheus.GaugeVec
	periods  *prometheus.CounterVec
	failures *prometheus.CounterVec
}

func newGauges(reg prometheus.Registerer, order []*processors.Spec, now func() time.Time) (*gauges, error) {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "tidemark_rollup_" + name, Help: help}, []string{"rollup"})
	}
	counter := func(name, help string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tidemark_rollup_" + name, Help: help}, []string{"rollup"})
	}
	g := &gauges{
		success:  map[string]time.Time{},
		due:      gauge("due_periods", "Periods that the last pass found due, in all shops."),
		held:     gauge("held_periods", "Periods that are due but stay as they are, since their raw events have been deleted by age."),
		seconds:  gauge("pass_seconds", "Duration of the last pass that succeeded."),
		periods:  counter("periods_total", "Periods computed."),
		failures: counter("failures_total", "Passes that failed."),
	}
	all := []prometheus.Collector{g.due, g.held, g.seconds, g.periods, g.failures}
	began := now()
	for _, s := range order {
		g.success[s.Name] = began
		g.failures.WithLabelValues(s.Name)
		all = append(all, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tidemark_rollup_age_seconds", Help: "Time since the rollup was last brought up to date, or since the runner's start.", ConstLabels: prometheus.Labels{"rollup": s.Name},
		}, func() float64 {
			g.mu.Lock()
			defer g.mu.Unlock()
			return now().Sub(g.success[s.Name]).Seconds()
		}))
	}
	if reg == nil {
		return g, nil
	}
	for _, c := range all {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *gauges) done(rollup string, at time.Time, took time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.success[rollup] = at
	g.seconds.WithLabelValues(rollup).Set(took.Seconds())
}

func (g *gauges) failed(rollup string) { g.failures.WithLabelValues(rollup).Inc() }

func (g *gauges) built(rollup string, periods int) {
	g.periods.WithLabelValues(rollup).Add(float64(periods))
}

func (g *gauges) found(rollup string, due, held int) {
	g.due.WithLabelValues(rollup).Set(float64(due))
	g.held.WithLabelValues(rollup).Set(float64(held))
}
