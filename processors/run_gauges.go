package processors

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges reads the state of the partitions at the moment of a scrape, so that a partition which has moved away leaves
// no stale series behind.
type gauges struct {
	m                              *meter
	lag, age, held, paused, replay *prometheus.Desc
	snapshot                       *prometheus.Desc
}

func newGauges(m *meter) *gauges {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(metricPrefix+name, help, []string{"topic", "partition"}, nil)
	}
	return &gauges{
		m:      m,
		lag:    desc("lag_records", "Records of the log not yet applied."),
		age:    desc("watermark_age_seconds", "Age of the highest event time as of the last flush."),
		held:   desc("held_bytes", "Bytes held for the partition: waiting records and the task."),
		paused: desc("paused", "1 while the fetch is paused because too much is held."),
		replay: desc("replaying", "1 while the partition replays and its rows are not yet live."),

		snapshot: desc("snapshot_age_seconds", "Age of the partition's newest snapshot, or of its assignment before the first one."),
	}
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{g.lag, g.age, g.held, g.paused, g.replay, g.snapshot} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	s := g.m.session.Load()
	if s == nil {
		return
	}
	now := time.Now().UnixMilli()
	keeping := s.keepsSnapshots()
	for _, w := range s.owned() {
		send := func(d *prometheus.Desc, v float64) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, w.a.Topic, strconv.Itoa(int(w.a.Partition)))
		}
		send(g.lag, float64(max(0, w.end.Load()-w.next.Load())))
		send(g.held, float64(w.q.size()+w.held.Load()))
		send(g.paused, one(w.isPaused()))
		send(g.replay, one(!w.live.Load()))
		if keeping && w.keeps {
			send(g.snapshot, w.snap.age(time.Now()).Seconds())
		}
		if m := w.m.Load(); m > 0 {
			send(g.age, float64(now-m)/1000)
		}
	}
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
