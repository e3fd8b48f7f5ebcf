package processors_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	. "tidemark/processors"
)

// Negative control of the crash test: a task that does not take its position up again must be found out.
func TestGroupCrashTestSeesALostPosition(t *testing.T) {
	found := false
	for seed := 0; seed < 20 && !found; seed++ {
		synctest.Test(t, func(t *testing.T) {
			k, store := newKafka(t, 1), newStore(t)
			forget := func(c *Config) {
				c.Work.NewTask = func(a Assignment) (Task, error) {
					task := newCountTask(a)
					if a.Position != nil {
						task.skip = a.Position.P
					}
					return task, nil
				}
			}
			loaded := make(chan struct{})
			go func() {
				defer close(loaded)
				k.load(1, 2000, 60*time.Second)
			}()
			first := k.member(store, forget).start()
			time.Sleep(time.Duration(8000+seed*977) * time.Millisecond)
			first.kill()
			second := k.member(store, forget).start()
			<-loaded
			until(t, "all committed", k.caughtUp(1))
			second.stop()
			want, got := k.truth(1), counts(store)
			for key := range want {
				found = found || got[key] != want[key]
			}
		})
	}
	if !found {
		t.Error("tasks that forget their windows gave the right table: the crash test proves nothing")
	}
}

func TestGroupFencedMemberStartsAnew(t *testing.T) {
	for _, code := range []*kerr.Error{kerr.IllegalGeneration, kerr.UnknownMemberID} {
		synctest.Test(t, func(t *testing.T) {
			k, store := newKafka(t, 2), newStore(t)
			m := k.member(store, nil).start()
			k.load(2, 500, 20*time.Second)
			fault := k.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Group: testGroup, Err: code})
			k.load(2, 500, 20*time.Second)
			until(t, "all committed", k.caughtUp(2))
			if fault.Hits() != 1 || m.metric("fenced_total", nil) != 1 || m.metric("commit_errors_total", nil) == 0 {
				t.Errorf("%v: %d hits, fenced %v times", code, fault.Hits(), m.metric("fenced_total", nil))
			}
			m.stop()
			k.expectTruth(store, 2)
		})
	}
}

// A member whose heartbeats are refused has lost its partitions: it must not commit for them, whatever it still holds.
func TestGroupLostPartitionsAreNotCommitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 2), newStore(t)
		m := k.member(store, func(c *Config) { c.FlushEvery = time.Hour }).start()
		k.load(2, 500, 20*time.Second)
		if _, ok := k.commit(0); ok {
			t.Fatal("committed before the first flush")
		}
		commits := k.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Observe: true, Count: -1})
		fault := k.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Heartbeat}, Group: testGroup, Err: kerr.UnknownMemberID})
		until(t, "lost", func() bool { return m.metric("lost_partitions_total", nil) == 2 })
		until(t, "assigned again", m.cfg.Status.Ready)
		if fault.Hits() != 1 || commits.Hits() != 0 {
			t.Errorf("%d heartbeats refused, %d commits sent for lost partitions", fault.Hits(), commits.Hits())
		}
		m.stop()
		k.expectTruth(store, 2)
	})
}

// A member that was stopped for longer than its session wakes up to find its partitions with another. The rows it was
// about to write lose against newer ones, and its commits are refused: no position ever goes back.
func TestGroupZombieDoesNotWin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 2), newStore(t)
		zombie := k.member(store, nil).start()
		stop := make(chan struct{})
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			var last [2]int64
			for p := int32(0); ; p = 1 - p {
				c, _ := k.commit(p)
				if c.P < last[p] {
					t.Errorf("partition %d: position went back from %d to %d", p, last[p], c.P)
				}
				last[p] = max(last[p], c.P)
				select {
				case <-stop:
					return
				case <-time.After(50 * time.Millisecond):
				}
			}
		}()
		k.load(2, 500, 20*time.Second)
		k.load(2, 100, 4*time.Second) // not flushed yet
		thaw := zombie.cut.freeze()
		other := k.member(store, nil).start()
		k.load(2, 1000, 40*time.Second)
		if info := k.cluster.GroupInfo(testGroup); len(info.Members) != 1 {
			t.Errorf("%d members while one is frozen", len(info.Members))
		}
		thaw()
		k.load(2, 1000, 40*time.Second)
		if n := zombie.metric("lost_partitions_total", nil) + zombie.metric("fenced_total", nil); n == 0 {
			t.Error("the zombie never heard that it had lost its partitions")
		}
		until(t, "all committed", k.caughtUp(2))
		zombie.stop()
		other.stop()
		close(stop)
		<-watched
		k.expectTruth(store, 2)
	})
}

// Undecodable records go to the dead letters before their offsets are committed, and the partition moves on.
func TestGroupPoison(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		var mu sync.Mutex
		dead := map[int64]string{}
		fails := 3
		m := k.member(store, func(c *Config) {
			c.DeadLetters = func(_ context.Context, _ string, _ int32, ds []Dead) error {
				mu.Lock()
				defer mu.Unlock()
				if p, ok := k.commit(0); ok && p.P > ds[0].Offset {
					t.Errorf("committed %d before the dead letter at %d was stored", p.P, ds[0].Offset)
				}
				if fails--; fails >= 0 {
					return errStore
				}
				for _, d := range ds {
					dead[d.Offset] = string(d.Value)
				}
				return nil
			}
		}).start()
		k.produce(0, "1000", "not a number", "1500", "", "2000")
		k.heartbeat(0)
		until(t, "all committed", k.caughtUp(1))
		if n := m.metric("retries_total", map[string]string{"step": "dead letters"}); n != 3 {
			t.Errorf("dead letters repeated %v times, want 3", n)
		}
		m.stop()
		if len(dead) != 2 || dead[1] != "not a number" || dead[3] != "" {
			t.Errorf("dead letters: %v", dead)
		}
		k.expectTruth(store, 1)
	})
}

// A task that panics ends Run with an error that says where, and commits nothing.
func TestGroupPanickingTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		m := k.member(store, func(c *Config) {
			c.Work.NewTask = func(a Assignment) (Task, error) {
				task := newCountTask(a)
				task.onApply = func(_ Assignment, recs []Record) {
					for _, r := range recs {
						if string(r.Value) == "panic" {
							panic("as the test asks")
						}
					}
				}
				return task, nil
			}
		}).start()
		k.produce(0, "1000", "panic")
		if err := <-m.done; err == nil || !strings.Contains(err.Error(), testTopic+"/0@") {
			t.Errorf("Run ended with %v", err)
		}
		if _, ok := k.commit(0); ok {
			t.Error("committed past a panic")
		}
	})
}
