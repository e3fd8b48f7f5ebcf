package processors_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	. "tidemark/processors"
	"tidemark/schemas"
)

func TestGroupRefusesBadConfig(t *testing.T) {
	good := Config{
		Work: Work{Group: "g", Topics: []string{"t"}, NewTask: func(Assignment) (Task, error) { return nil, nil }},
		Sink: newStore(t), DeadLetters: func(context.Context, string, int32, []Dead) error { return nil },
	}
	for name, change := range map[string]func(*Config){
		"no group": func(c *Config) { c.Work.Group = "" }, "no topic": func(c *Config) { c.Work.Topics = nil },
		"no task": func(c *Config) { c.Work.NewTask = nil }, "no sink": func(c *Config) { c.Sink = nil },
		"no dead letters": func(c *Config) { c.DeadLetters = nil }, "record time": func(c *Config) { c.RecordTime = "wall" },
		"flush": func(c *Config) { c.FlushEvery = -1 }, "bytes": func(c *Config) { c.MaxBytes = -1 },
	} {
		c := good
		change(&c)
		if err := Run(context.Background(), c); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// expectRefusal runs a member that must end by itself with one line that holds all the words.
func expectRefusal(t *testing.T, m *member, words ...string) {
	t.Helper()
	err := <-m.start().done
	if err == nil {
		t.Fatal("Run ended without an error")
	}
	for _, w := range append(words, testTopic) {
		if !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), "\n") {
			t.Errorf("the error lacks %q or has several lines: %v", w, err)
		}
	}
}

func TestGroupRefusesTopicsThatCannotWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		k.create(testTopic+".create", 1, "CreateTime")
		on := func(topic, recordTime string) *member {
			return k.member(store, func(c *Config) { c.Work.Topics, c.RecordTime = []string{topic}, recordTime })
		}
		expectRefusal(t, on(testTopic+".missing", ""), ".missing", "create it")
		expectRefusal(t, on(testTopic+".create", ""), "CreateTime", "LogAppendTime", "--add-config")
		m := on(testTopic+".create", RecordTimeCreate).start()
		until(t, "ready", m.cfg.Status.Ready)
		m.stop()
	})
}

func TestGroupRefusesALogThatHasMovedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		m := k.member(store, nil).start()
		k.load(1, 1000, 20*time.Second)
		until(t, "all committed", k.caughtUp(1))
		m.stop()
		p, _ := k.commit(0)
		if err := k.cluster.DeleteRecords(testTopic, 0, p.C+1); err != nil {
			t.Fatal(err)
		}
		expectRefusal(t, k.member(store, nil), "/0", "retention", "earliest")
	})
}

func TestGroupRefusesATruncatedLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		k.produce(0, "1000", "2000")
		text, err := EncodePosition(Position{C: 1, L: 1, P: 50})
		if err != nil {
			t.Fatal(err)
		}
		k.commitText(0, 1, text)
		expectRefusal(t, k.member(store, nil), "/0", "truncated", "50")
	})
}

// commitText commits from outside the group, as an operator's tool would.
func (k *kafka) commitText(partition int32, offset int64, text string) {
	k.t.Helper()
	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{Topic: testTopic, Partition: partition, At: offset, LeaderEpoch: -1, Metadata: text})
	if err := kadm.NewClient(k.client).CommitAllOffsets(context.Background(), testGroup, offsets); err != nil {
		k.t.Fatal(err)
	}
}

// Foreign metadata counts as none: the task begins at the committed offset, as if the log began there, with the M that
// the store knows.
func TestGroupTakesOverAForeignCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		k.produce(0, "1000", "2000", "3000", "4000")
		k.commitText(0, 3, "consumer-1-of-somebody")
		mark := Mark{Group: testGroup, Topic: testTopic, Part: k.part(0), M: 2500, Ver: 2}
		if err := store.Insert(context.Background(), []schemas.Block{WatermarkBlock([]Mark{mark})}); err != nil {
			t.Fatal(err)
		}
		var got Assignment
		m := k.member(store, func(c *Config) {
			c.Work.NewTask = func(a Assignment) (Task, error) {
				got = a
				return newCountTask(a), nil
			}
		}).start()
		until(t, "all committed", func() bool {
			c := k.cluster.GroupInfo(testGroup).Commits[testTopic][0]
			return c.Metadata != "consumer-1-of-somebody"
		})
		if n := m.metric("foreign_commits_total", nil); n != 1 {
			t.Errorf("%v foreign commits counted", n)
		}
		m.stop()
		want := Assignment{Topic: testTopic, Part: k.part(0), LogStart: 3, Known: 2500}
		if got != want {
			t.Errorf("assigned %+v, want %+v", got, want)
		}
	})
}

// Every partition has a row in watermarks from its assignment on, so that nothing is complete without it.
func TestGroupMarksEveryPartitionAtAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 3), newStore(t)
		m := k.member(store, func(c *Config) { c.FlushEvery, c.HeadlineEvery = time.Hour, -1 }).start()
		until(t, "ready", m.cfg.Status.Ready)
		if rows := store.Rows("watermarks"); len(rows) != 3 {
			t.Errorf("%d rows in watermarks, want 3", len(rows))
		}
		m.stop()
		if m.cfg.Status.Ready() {
			t.Error("ready after the end")
		}
	})
}

// Headline rows come before the first full flush, and commit nothing.
func TestGroupHeadlineFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		m := k.member(store, func(c *Config) { c.FlushEvery = time.Hour }).start()
		until(t, "ready", m.cfg.Status.Ready)
		k.produce(0, "1000")
		time.Sleep(1500 * time.Millisecond)
		if len(counts(store)) != 1 {
			t.Error("no headline row within 1.5 s")
		}
		if _, ok := k.commit(0); ok {
			t.Error("a headline flush committed")
		}
		m.stop()
		if p, ok := k.commit(0); !ok || p.P != 1 {
			t.Errorf("position after the drain: %+v", p)
		}
	})
}

// The last flush of a drain first stores what an interrupted flush has left.
func TestGroupDrainFinishesTheFlushInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		var down atomic.Bool
		store.Before = func([]schemas.Block) error {
			if down.Load() {
				return errStore
			}
			return nil
		}
		m := k.member(store, nil).start()
		k.load(1, 200, 8*time.Second)
		down.Store(true)
		k.load(1, 200, 8*time.Second)
		m.cancel()
		time.Sleep(3 * time.Second)
		down.Store(false)
		if err := <-m.done; err != nil {
			t.Errorf("the drain failed: %v", err)
		}
		if !k.caughtUp(1)() {
			t.Error("the drain committed less than all")
		}
		k.expectTruth(store, 1)
	})
}

// Partitions that are revoked while the store is down go without a commit, though the flush in flight holds rows of
// theirs; their next owner replays. They were paused: when they come back to the first owner they are fetched again.
func TestGroupRevokedWhileTheStoreIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 4), newStore(t)
		var down atomic.Bool
		store.Before = func([]schemas.Block) error {
			if down.Load() {
				return errStore
			}
			return nil
		}
		a := k.member(store, func(c *Config) {
			c.HeadlineEvery, c.MaxBytes = -1, 64<<10
			c.Work.NewTask = func(a Assignment) (Task, error) {
				task := newCountTask(a)
				task.perRecord = 1000
				return task, nil
			}
		}).start()
		k.load(4, 500, 20*time.Second)
		down.Store(true)
		k.load(4, 500, 20*time.Second)
		if n := a.metric("paused", nil); n != 4 {
			t.Errorf("%v of 4 partitions paused", n)
		}
		b := k.member(store, nil).start()
		time.Sleep(90 * time.Second)
		var mu sync.Mutex
		committed := map[string]map[int32]bool{}
		k.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Observe: true, Count: -1, When: func(r kmsg.Request) bool {
			mu.Lock()
			defer mu.Unlock()
			addCommitted(committed, r.(*kmsg.OffsetCommitRequest))
			return true
		}})
		down.Store(false)
		until(t, "all committed", k.caughtUp(4))
		got := k.cluster.GroupInfo(testGroup)
		if len(got.Members) != 2 || got.NumAssigned() != 4 {
			t.Errorf("%d members hold %d partitions, want 2 with 4", len(got.Members), got.NumAssigned())
		}
		mu.Lock()
		for _, m := range got.Members {
			for p := range committed[m.MemberID] {
				if !slices.Contains(m.Assignment[testTopic], p) {
					t.Errorf("a member committed partition %d, which it had given up", p)
				}
			}
		}
		mu.Unlock()
		b.stop()
		k.load(4, 500, 20*time.Second)
		until(t, "all committed by the first owner", k.caughtUp(4))
		a.stop()
		k.expectTruth(store, 4)
	})
}

func addCommitted(to map[string]map[int32]bool, r *kmsg.OffsetCommitRequest) {
	if to[r.MemberID] == nil {
		to[r.MemberID] = map[int32]bool{}
	}
	for _, topic := range r.Topics {
		for _, p := range topic.Partitions {
			to[r.MemberID][p.Partition] = true
		}
	}
}

func TestGroupBoundedRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 4), newStore(t)
		k.load(3, 3000, 10*time.Second) // partition 3 stays empty
		joins := k.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.JoinGroup}, Observe: true, Count: -1})
		m := k.member(store, func(c *Config) { c.Bounded = true })
		if err := <-m.start().done; err != nil {
			t.Fatal(err)
		}
		if joins.Hits() != 0 {
			t.Error("a bounded run joined the group")
		}
		k.produce(0, "1") // behind the end
		for p := range int32(3) {
			if c, ok := k.commit(p); !ok || c.P != 3000 || c.L != c.P {
				t.Errorf("partition %d: committed %+v", p, c)
			}
		}
		k.expectTruth(store, 3)
		if rows := store.Rows("watermarks"); len(rows) != 4 {
			t.Errorf("%d rows in watermarks, want 4", len(rows))
		}
	})
}

func TestGroupBoundedRunStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		k.load(1, 100, time.Second)
		store.Before = func([]schemas.Block) error { return errStore }
		m := k.member(store, func(c *Config) { c.Bounded = true }).start()
		time.Sleep(time.Minute)
		m.cancel()
		if err := <-m.done; !errors.Is(err, context.Canceled) && !errors.Is(err, errStore) {
			t.Errorf("a bounded run that was stopped ended with %v", err)
		}
	})
}
