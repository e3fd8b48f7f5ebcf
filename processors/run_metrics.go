package processors

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// meter is Run's own metrics. Labels are bounded: topics, partitions, reasons and steps, never anything from events.
type meter struct {
	reg        prometheus.Registerer
	collectors []prometheus.Collector
	session    atomic.Pointer[session]

	events                         *prometheus.CounterVec // by topic and what became of the record
	retries                        *prometheus.CounterVec // by step
	flushSeconds                   *prometheus.HistogramVec
	flushRows                      *prometheus.CounterVec
	freshness                      *prometheus.HistogramVec
	recovery                       *prometheus.HistogramVec // by where the state came from
	snapshots                      *prometheus.CounterVec   // by outcome
	snapshotsUnused, snapshotBytes *prometheus.CounterVec   // by reason; by form
	snapshotSeconds                *prometheus.HistogramVec // by step
	committed                      prometheus.Counter
	commitErrors                   prometheus.Counter
	foreign                        prometheus.Counter
	fenced                         prometheus.Counter
	lost                           prometheus.Counter
	chains                         prometheus.Counter
}

// newMeter registers the metrics of a group. Two Runs of one group cannot share a registry.
func newMeter(reg prometheus.Registerer, group string) (*meter, error) {
	m := &meter{reg: prometheus.WrapRegistererWith(prometheus.Labels{"group": group}, reg)}
	m.events = counters(m, "events_total", "Records and (record, metric) pairs by what became of them.", "topic", "outcome")
	m.retries = counters(m, "retries_total", "Steps of storing or assigning that failed and were repeated.", "step")
	m.flushRows = counters(m, "flush_rows_total", "Rows stored.", "kind")
	m.flushSeconds = histograms(m, "flush_seconds", "Time from taking rows out of the tasks until all of them were stored.", "kind")
	m.freshness = histograms(m, "freshness_seconds", "Age, at the moment of being stored, of the oldest new record of a partition.", "kind")
	m.recovery = histograms(m, "recovery_seconds", "Time from the assignment of a partition until its rows were live, by where the state came from.", "source")
	m.snapshots = counters(m, "snapshots_total", "Snapshots by what became of them.", "outcome")
	m.snapshotsUnused = counters(m, "snapshots_unused_total", "Snapshots that a new owner could not use, so that it replayed the log.", "reason")
	m.snapshotBytes = counters(m, "snapshot_bytes_total", "Bytes of snapshots: of the state, and as written.", "form")
	m.snapshotSeconds = histograms(m, "snapshot_seconds", "Time to take a snapshot, during which its partition stands still; to write it; to read and restore it.", "step")
	m.committed = counters(m, "commits_total", "Commits that the group accepted.").WithLabelValues()
	m.commitErrors = counters(m, "commit_errors_total", "Commits that failed.").WithLabelValues()
	m.foreign = counters(m, "foreign_commits_total", "Commits found without a position of ours.").WithLabelValues()
	m.fenced = counters(m, "fenced_total", "Times the group had expelled this member.").WithLabelValues()
	m.lost = counters(m, "lost_partitions_total", "Partitions lost without a last commit.").WithLabelValues()
	m.chains = counters(m, "chains_left_total", "Chains of capped sessions that a flush had no room for in its commit: a change of owner may cut their sessions elsewhere.").WithLabelValues()
	m.collectors = append(m.collectors, newGauges(m))
	for i, c := range m.collectors {
		if err := m.reg.Register(c); err != nil {
			m.collectors = m.collectors[:i]
			m.unregister()
			return nil, fmt.Errorf("metrics of group %q: %w", group, err)
		}
	}
	return m, nil
}

const metricPrefix = "tidemark_run_"

func counters(m *meter, name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: metricPrefix + name, Help: help}, labels)
	m.collectors = append(m.collectors, c)
	return c
}

func histograms(m *meter, name, help string, labels ...string) *prometheus.HistogramVec {
	buckets := []float64{.01, .025, .05, .1, .25, .5, 1, 2, 3, 5, 7, 10, 20, 30, 60, 120, 300}
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: metricPrefix + name, Help: help, Buckets: buckets}, labels)
	m.collectors = append(m.collectors, h)
	return h
}

func (m *meter) unregister() {
	for _, c := range m.collectors {
		m.reg.Unregister(c)
	}
}

// watch makes the gauges show the partitions of s, or none for nil.
func (m *meter) watch(s *session) { m.session.Store(s) }

func (m *meter) count(topic string, s Stats) {
	for outcome, n := range map[string]int64{
		"read": s.Records, "heartbeat": s.Heartbeats, "replayed": s.Replayed, "duplicate": s.Duplicates,
		"late": s.Late, "quarantined": s.Quarantined, "other": s.Other,
	} {
		if n != 0 {
			m.events.WithLabelValues(topic, outcome).Add(float64(n))
		}
	}
}

// stored notes a batch whose rows are safe.
func (m *meter) stored(b *batch) {
	kind := "full"
	if b.headline {
		kind = "headline"
	}
	rows := 0
	for _, block := range b.blocks {
		rows += block.Rows
	}
	m.flushRows.WithLabelValues(kind).Add(float64(rows))
	m.flushSeconds.WithLabelValues(kind).Observe(time.Since(b.began).Seconds())
	now := time.Now().UnixMilli()
	for _, p := range b.parts {
		if p.oldest > 0 {
			m.freshness.WithLabelValues(kind).Observe(float64(now-int64(p.oldest)) / 1000)
		}
	}
}
