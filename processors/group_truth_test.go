package processors_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	. "tidemark/processors"
	"tidemark/sinks/memory"
)

// newStore is a memory sink with the tables of these tests.
func newStore(t *testing.T) *memory.Sink {
	t.Helper()
	s, err := memory.New(append(SystemTables(), &countsTable))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// counts is what the store shows, by part and second.
func counts(s *memory.Sink) map[string]int64 {
	got := map[string]int64{}
	for _, r := range s.Rows("counts") {
		got[fmt.Sprintf("%x/%d", r["part"], r["second"])] = r["n"].(int64)
	}
	return got
}

// truth is what a run without any crash would have stored for the log as it is now.
func (k *kafka) truth(partitions int32) map[string]int64 {
	want := newStore(k.t)
	for p := range partitions {
		task := newCountTask(Assignment{Topic: testTopic, Partition: p, Part: k.part(p)})
		task.Apply(k.log(p))
		if err := want.Insert(context.Background(), task.Flush(false).Blocks); err != nil {
			k.t.Fatal(err)
		}
	}
	return counts(want)
}

// expectTruth compares the store with the truth, and looks for rows that contradict each other.
func (k *kafka) expectTruth(s *memory.Sink, partitions int32) {
	k.t.Helper()
	want, got := k.truth(partitions), counts(s)
	if len(want) == 0 {
		k.t.Error("the truth is empty: the test tests nothing")
	}
	for key, n := range want {
		if got[key] != n {
			k.t.Errorf("%s: stored %d, want %d", key, got[key], n)
		}
	}
	for key, n := range got {
		if _, ok := want[key]; !ok {
			k.t.Errorf("%s: stored %d, want no row", key, n)
		}
	}
	for _, c := range s.Conflicts() {
		if c.Table == "counts" { // a watermark says when it was written, so it may differ in that
			k.t.Errorf("rows contradict each other: %+v", c)
		}
	}
}

// until waits, in the bubble's time, for what must come to pass.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 3_000 {
		if ok() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("waited in vain: %s", what)
}
