package demo

import "github.com/prometheus/client_golang/prometheus"

// counts are totals out of the process's own metrics.
type counts struct {
	accepted, late, duplicates, dead int64
	lag                              int64
	freshSum                         float64
	freshCount                       uint64
}

// gather adds up the metrics that the live line needs.
func gather(g prometheus.Gatherer) (counts, error) {
	families, err := g.Gather()
	if err != nil {
		return counts{}, err
	}
	var c counts
	for _, family := range families {
		for _, m := range family.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			n := int64(m.GetCounter().GetValue())
			switch family.GetName() {
			case "tidemark_ingest_events_total":
				if labels["result"] == "accepted" {
					c.accepted += n
				}
			case "tidemark_ingest_quarantined_total":
				c.dead += n
			case "tidemark_run_events_total":
				c.addOutcome(labels, n)
			case "tidemark_run_lag_records":
				c.lag += int64(m.GetGauge().GetValue())
			case "tidemark_run_freshness_seconds":
				if labels["group"] == fastGroup && labels["kind"] == "headline" {
					c.freshSum += m.GetHistogram().GetSampleSum()
					c.freshCount += m.GetHistogram().GetSampleCount()
				}
			}
		}
	}
	return c, nil
}

// addOutcome counts what became of events in the fast group; the other groups read the same records.
func (c *counts) addOutcome(labels map[string]string, n int64) {
	if labels["group"] != fastGroup {
		return
	}
	switch labels["outcome"] {
	case "late":
		c.late += n
	case "duplicate":
		c.duplicates += n
	case "quarantined":
		c.dead += n
	}
}
