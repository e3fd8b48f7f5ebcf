package processors_test

import (
	"testing"
	"testing/synctest"
	"time"
)

// A topic that is missing, or does not answer, costs nothing but the snapshots.
func TestGroupWithoutSnapshotTopic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeeping(t, 1)
		m := k.member(stamps("a"))
		m.cfg.SnapshotTopic = "tidemark.nowhere"
		m.start()
		k.load(1, 2000, 60*time.Second)
		until(t, "all committed", k.caughtUp(1))
		c, _ := k.commit(0)
		if n := m.metric("snapshots_total", map[string]string{"outcome": "failed"}); n == 0 || c.Snapshot != nil {
			t.Errorf("%v snapshots failed, the commit points at %+v", n, c.Snapshot)
		}
		m.stop()
		k.expectStamps(1, "a")
	})
}
