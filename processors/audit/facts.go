package audit

import (
	"strings"

	"tidemark/processors"
)

// minuteMS is a minute of append time in milliseconds.
const minuteMS = 60_000

// Account is a row of v_accounts.
type Account struct {
	Minute      int64  `ch:"minute_ms"`
	Group       string `ch:"group"`
	Metric      string `ch:"metric"`
	Topic       string `ch:"topic"`
	Partition   int64  `ch:"partition"`
	Part        uint64 `ch:"part"`
	Produced    int64  `ch:"produced"`
	Counted     int64  `ch:"counted"`
	Late        int64  `ch:"late"`
	Duplicate   int64  `ch:"duplicate"`
	Quarantined int64  `ch:"quarantined"`
	Skipped     int64  `ch:"skipped"`
	Cut         int64  `ch:"cut"`
	Difference  int64  `ch:"difference"`
}

// keeper is who keeps an account: a consumer group, and a metric or land.
type keeper struct{ group, metric string }

// cell is a minute of a part.
type cell struct {
	part   uint64
	minute int64
}

// partition is one incarnation of a partition.
type partition struct {
	topic     string
	partition int64
	part      uint64
}

// facts are what the accounts are compared with.
type facts struct {
	expected map[string][]keeper         // by topic
	parts    []partition                 // in the order of topic and partition
	read     map[uint64]map[string]int64 // part and group: M, up to which its minutes are complete
	began    map[uint64]map[keeper]int64 // first minute with an account
	raw      map[cell]int64              // rows of the raw table; nil: not counted
	erased   map[cell]int64
	log      map[cell]int64   // events in Kafka; nil: not read
	logFrom  map[uint64]int64 // first minute that Kafka still holds whole
	now      int64
}

// complete says whether a group has read a minute of a part to its end.
func (f *facts) complete(p partition, group string, minute int64) bool {
	m, known := f.read[p.part][group]
	if !known {
		return false
	}
	return minute+minuteMS <= m || strings.HasSuffix(p.topic, ".history") && minute+minuteMS+processors.HistoryGrace.Milliseconds() < f.now
}

// keepers lists who must have an account of the part's minute.
func (f *facts) keepers(p partition, minute int64) (out []keeper) {
	for _, k := range f.expected[p.topic] {
		first, known := f.began[p.part][k]
		if known && first <= minute && f.complete(p, k.group, minute) {
			out = append(out, k)
		}
	}
	return out
}
