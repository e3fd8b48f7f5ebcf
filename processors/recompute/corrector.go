package recompute

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/processors"
	"tidemark/sinks"
)

// CorrectorConfig says how to correct.
type CorrectorConfig struct {
	Every    time.Duration // pause between two looks; 0 stands for DefaultEvery
	Registry prometheus.Registerer
}

// DefaultEvery is how often a corrector looks for dirty windows.
const DefaultEvery = 30 * time.Second

// Corrector rebuilds dirty windows by itself, once they are closed. Of metrics on sessions it gathers marks for a while,
// since each job reads hours of raw events. Several may run: of two recomputes of one metric the later waits, or tries again.
type Corrector struct {
	r     *Recompute
	every time.Duration
	meter *meter
	last  map[string]time.Time // of metrics on sessions: the last correction
}

// NewCorrector prepares a corrector.
func NewCorrector(r *Recompute, c CorrectorConfig) *Corrector {
	if c.Every <= 0 {
		c.Every = DefaultEvery
	}
	return &Corrector{r: r, every: c.Every, meter: newMeter(c.Registry), last: map[string]time.Time{}}
}

// longestPause bounds the pause after failures.
const longestPause = 5 * time.Minute

// Run corrects until ctx ends. A failure is tried again after a pause that grows; one that no repetition can cure ends it.
func (c *Corrector) Run(ctx context.Context) error {
	pause := c.every
	c.meter.lastRun.Set(float64(c.r.Now().Unix()))
	for {
		err := c.pass(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			pause = c.every
		case sinks.Permanent(err):
			return err
		default:
			pause = min(2*pause, max(longestPause, c.every))
			c.r.Log.Warn().Err(err).Stringer("again_in", pause).Msg("correction failed")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// pass corrects every metric that has open marks. One metric's failure does not keep the others from being corrected.
func (c *Corrector) pass(ctx context.Context) error {
	marks, err := c.r.openMarks(ctx)
	if err != nil {
		if ctx.Err() == nil {
			c.meter.failures.Inc()
		}
		return err
	}
	var errs []error
	waiting := false
	for i := range c.r.Catalogue {
		d := &c.r.Catalogue[i]
		c.meter.open.WithLabelValues(d.Name).Set(float64(len(marks[d.Name])))
		if len(marks[d.Name]) == 0 {
			c.meter.incurable.WithLabelValues(d.Name).Set(0)
			continue
		}
		if !c.due(d) {
			continue
		}
		switch err := c.correct(ctx, d, marks[d.Name]); {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, ErrBehind) || errors.Is(err, ErrBusy):
			waiting = true
			c.r.Log.Info().Str("metric", d.Name).Str("why", err.Error()).Msg("corrections wait")
		default:
			c.meter.failures.Inc()
			errs = append(errs, errors.New(err.Error())) // what one metric cannot cure must not end the corrector of all
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if !waiting {
		c.meter.lastRun.Set(float64(c.r.Now().Unix()))
	}
	return nil
}

// due says whether the metric's marks have been gathered for long enough.
func (c *Corrector) due(d *processors.Definition) bool {
	if d.Sessions == nil {
		return true
	}
	return c.r.Now().Sub(c.last[d.Name]) >= d.Sessions.MaxSpan/4
}

func (c *Corrector) correct(ctx context.Context, d *processors.Definition, marks []openMark) error {
	at, err := c.r.standing(ctx, d, Job{noWait: true, Parts: partsOf(marks)})
	if err != nil {
		return err
	}
	can := curable(&d.Spec, marks, at, at.kept)
	c.meter.incurable.WithLabelValues(d.Name).Set(float64(len(marks) - len(can)))
	job, done := corrections(&d.Spec, can, at.closedTo(d))
	if len(done) == 0 {
		return nil
	}
	rep, err := c.r.Rebuild(ctx, job)
	if err != nil {
		return err
	}
	c.last[d.Name] = c.r.Now()
	c.meter.corrected(d.Name, rep, done, c.r.Now())
	c.r.Log.Info().Str("metric", d.Name).Int("marks", len(done)).Int("stretches", len(job.stretches)).
		Int64("windows", rep.Windows).Int64("rows", rep.Rows).Int64("tombstones", rep.Tombstones).Uint32("revision", rep.Revision).
		Stringer("took", rep.Took.Round(time.Millisecond)).Msg("corrected dirty windows")
	return nil
}

// meter is what the corrector says of itself.
type meter struct {
	open      *prometheus.GaugeVec
	incurable *prometheus.GaugeVec
	windows   *prometheus.CounterVec
	delay     *prometheus.HistogramVec
	lastRun   prometheus.Gauge
	failures  prometheus.Counter
}

func newMeter(reg prometheus.Registerer) *meter {
	m := &meter{
		open:      prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "tidemark_correct_open_marks", Help: "Windows that differ from their raw events, per part."}, []string{"metric"}),
		incurable: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "tidemark_correct_incurable_marks", Help: "Of the open ones, those whose raw events retention has deleted, or whose part is gone: they stay as they are."}, []string{"metric"}),
		windows:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tidemark_correct_windows_total", Help: "Windows that were rebuilt, per part, neighbours of dirty ones included."}, []string{"metric"}),
		delay: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tidemark_correct_delay_seconds", Help: "Time from a late event's append to the corrected window.",
			Buckets: []float64{10, 30, 60, 120, 300, 600, 1800, 3600, 4 * 3600, 8 * 3600, 24 * 3600, 7 * 24 * 3600},
		}, []string{"metric"}),
		lastRun:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "tidemark_correct_last_run_timestamp_seconds", Help: "When all dirty windows that could be corrected had been, or this process began."}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{Name: "tidemark_correct_failures_total", Help: "Corrections that failed and are tried again."}),
	}
	if reg != nil {
		reg.MustRegister(m.open, m.incurable, m.windows, m.delay, m.lastRun, m.failures)
	}
	return m
}

func (m *meter) corrected(metric string, rep Report, marks []openMark, now time.Time) {
	m.windows.WithLabelValues(metric).Add(float64(rep.Windows))
	m.open.WithLabelValues(metric).Sub(float64(len(marks)))
	for _, k := range marks {
		m.delay.WithLabelValues(metric).Observe(max(0, now.Sub(millis(k.At)).Seconds()))
	}
}
