package processors_test

import (
	"testing"
	"testing/synctest"
	"time"
)

// caughtUp says whether a member has committed everything the log holds.
func (k *kafka) caughtUp(partitions int32) func() bool {
	return func() bool {
		for p := range partitions {
			c, ok := k.commit(p)
			if !ok || c.P < k.cluster.PartitionInfo(testTopic, p).HighWatermark {
				return false
			}
		}
		return true
	}
}

func TestGroupCommitsPositionsAndReadsThemBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 4), newStore(t)
		first := k.member(store, nil).start()
		k.load(4, 400, 20*time.Second)
		until(t, "all committed", k.caughtUp(4))
		first.stop()
		p, _ := k.commit(0)
		if p.P != 400 || p.C >= p.P || len(p.Metrics) != 1 || p.Metrics[0].Hash != 42 {
			t.Fatalf("position after 400 records: %+v", p)
		}
		second := k.member(store, nil).start()
		until(t, "ready", second.cfg.Status.Ready)
		if replayed := second.metric("events_total", map[string]string{"outcome": "read"}); replayed != 0 {
			t.Errorf("%v records counted as new before any were produced", replayed)
		}
		k.load(4, 400, 20*time.Second)
		until(t, "all committed", k.caughtUp(4))
		second.stop()
		k.expectTruth(store, 4)
	})
}

func TestGroupSurvivesCrashes(t *testing.T) {
	for seed := range 20 {
		synctest.Test(t, func(t *testing.T) {
			k, store := newKafka(t, 2), newStore(t)
			loaded := make(chan struct{})
			go func() {
				defer close(loaded)
				k.load(2, 4000, 100*time.Second)
			}()
			for i := range 4 {
				m := k.member(store, nil).start()
				time.Sleep(time.Duration(8000+(seed*977+i*3571)%15000) * time.Millisecond)
				m.kill()
			}
			<-loaded
			last := k.member(store, nil).start()
			until(t, "all committed", k.caughtUp(2))
			last.stop()
			k.expectTruth(store, 2)
		})
	}
}

func TestGroupMembersJoinAndLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 6), newStore(t)
		loaded := make(chan struct{})
		go func() {
			defer close(loaded)
			k.load(6, 3000, 120*time.Second)
		}()
		a := k.member(store, nil).start()
		time.Sleep(20 * time.Second)
		b := k.member(store, nil).start()
		time.Sleep(20 * time.Second)
		c := k.member(store, nil).start()
		time.Sleep(20 * time.Second)
		if got := k.cluster.GroupInfo(testGroup); len(got.Members) != 3 || got.NumAssigned() != 6 {
			t.Errorf("%d members hold %d partitions, want 3 with 6", len(got.Members), got.NumAssigned())
		}
		b.stop()
		time.Sleep(20 * time.Second)
		<-loaded
		until(t, "all committed", k.caughtUp(6))
		for _, m := range []*member{a, c} {
			if n := m.metric("lost_partitions_total", nil); n != 0 {
				t.Errorf("%v partitions lost in a cooperative rebalance", n)
			}
			m.stop()
		}
		k.expectTruth(store, 6)
	})
}
