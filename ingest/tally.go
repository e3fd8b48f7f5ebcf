package ingest

import (
	"strings"

	"tidemark/schemas"
)

// tally counts what became of the request's events; it reaches the metrics only with the answer.
type tally struct {
	accepted, duplicate, quarantined            int
	conflicts, generated, skewed, masked, alone int
	unknown, personal                           int // members not kept
	ignored, strange                            int // webhooks without anything we keep, and statuses that no table lists
	kinds                                       map[Kind]int
	orders                                      map[string]int // by type of order event, those of the authoritative source
}

// events is how many events of the request were understood.
func (t *tally) events() int { return t.accepted + t.duplicate }

// noteOrder counts an order event that is new in this request.
func (in *intake) noteOrder(o *schemas.Order) {
	if o.Shadow {
		return
	}
	if in.counts.orders == nil {
		in.counts.orders = map[string]int{}
	}
	in.counts.orders[o.Type]++
}

func (in *intake) count() {
	m, t := in.c.metrics, &in.counts
	m.events.WithLabelValues(in.dialect, resultAccepted).Add(float64(t.accepted))
	m.events.WithLabelValues(in.dialect, resultDuplicate).Add(float64(t.duplicate))
	m.events.WithLabelValues(in.dialect, resultQuarantined).Add(float64(t.quarantined))
	if t.ignored > 0 {
		m.events.WithLabelValues(in.dialect, resultIgnored).Add(float64(t.ignored))
	}
	if t.strange > 0 {
		m.strange.WithLabelValues(in.dialect).Add(float64(t.strange))
	}
	for kind, n := range t.kinds {
		m.quarantined.WithLabelValues(in.dialect, string(kind), in.sender.shop.ID).Add(float64(n))
	}
	for kind, n := range t.orders {
		// The type lies in the request's body, whose memory is used again; the metric keeps its labels.
		m.orders.WithLabelValues(in.sender.shop.ID, strings.Clone(kind)).Add(float64(n))
	}
	m.dropped.WithLabelValues(in.dialect, "unknown").Add(float64(t.unknown))
	m.dropped.WithLabelValues(in.dialect, "personal").Add(float64(t.personal))
	m.conflicts.Add(float64(t.conflicts))
	m.generated.Add(float64(t.generated))
	m.skewed.Add(float64(t.skewed))
	m.masked.Add(float64(t.masked))
	m.noVisitor.Add(float64(t.alone))
}
