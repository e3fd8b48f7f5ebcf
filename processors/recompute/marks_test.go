package recompute

import (
	"testing"

	"tidemark/processors/metrics"
)

// TestCurable: marks of years ago in a live part, and of parts that are gone, are not tried again each time.
func TestCurable(t *testing.T) {
	spec := &metrics.All()[0].Spec
	const day = 24 * 3600 * 1000
	at := standing{upto: map[uint64]int64{1: 10, 2: 10}, live: []uint64{1}}
	marks := []openMark{{Start: 100 * day, Part: 1}, {Start: 200 * day, Part: 1}, {Start: 100 * day, Part: 2}, {Start: 200 * day, Part: 3}}
	got := curable(spec, marks, at, 150*day)
	if len(got) != 2 || got[0] != marks[1] || got[1] != marks[2] {
		t.Errorf("curable: %v, want the live part's mark of day 200 and the history part's of day 100", got)
	}
	if len(marks) != 4 || marks[0].Part != 1 {
		t.Errorf("the marks were changed: %v", marks)
	}
}
