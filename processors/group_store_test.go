package processors_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	. "tidemark/processors"
	"tidemark/schemas"
)

// A position that does not fit into a commit ends Run: it would never be committed, and the replay would grow for ever.
func TestGroupPositionTooLargeEndsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		m := k.member(store, func(c *Config) {
			c.Work.NewTask = func(a Assignment) (Task, error) {
				task := newCountTask(a)
				task.starts = make([]Start, 5000)
				return task, nil
			}
		}).start()
		k.produce(0, "1000")
		if err := <-m.done; err == nil || !strings.Contains(err.Error(), "catalogue") {
			t.Errorf("Run ended with %v", err)
		}
	})
}

// An hour without the store: memory stays flat, nothing is committed, and everything is there afterwards.
func TestGroupStoreDownForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 2), newStore(t)
		var down atomic.Bool
		store.Before = func([]schemas.Block) error {
			if down.Load() {
				return errStore
			}
			return nil
		}
		const limit = 32 << 10
		m := k.member(store, func(c *Config) { c.MaxBytes, c.MaxQueued = 2*limit, 2*limit }).start()
		k.load(2, 1000, 20*time.Second)
		until(t, "all committed", k.caughtUp(2))
		before, _ := k.commit(0)
		down.Store(true)
		var most float64
		for range 20 {
			k.load(2, 3000, 3*time.Minute)
			most = max(most, m.metric("held_bytes", nil))
		}
		if after, _ := k.commit(0); after.P != before.P {
			t.Errorf("committed from %d to %d while the store was down", before.P, after.P)
		}
		// Per partition: the queue's and the task's limit, and one fetch that was under way.
		if bound := 2 * float64(4*limit); most > bound || m.metric("paused", nil) != 2 {
			t.Errorf("held %v bytes, expected at most %v; %v of 2 partitions paused", most, bound, m.metric("paused", nil))
		}
		down.Store(false)
		until(t, "all committed", k.caughtUp(2))
		m.stop()
		k.expectTruth(store, 2)
	})
}

// Negative control: without caps the same hour is held in memory.
func TestGroupWithoutCapsHoldsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 2), newStore(t)
		store.Before = func(b []schemas.Block) error {
			if b[0].Table.Name == countsTable.Name {
				return errStore
			}
			return nil
		}
		m := k.member(store, func(c *Config) { c.DrainTimeout, c.HeadlineEvery = time.Millisecond, -1 }).start()
		for range 20 {
			k.load(2, 3000, 3*time.Minute)
		}
		if held := m.metric("held_bytes", nil); held < 60_000 {
			t.Errorf("held %v bytes, the test of the caps is too easy", held)
		}
		for _, row := range store.Rows("watermarks") {
			if row["ver"].(uint64) != 0 {
				t.Errorf("a watermark went ahead of its rows: %v", row)
			}
		}
		m.cancel()
		if err := <-m.done; !errors.Is(err, errStore) {
			t.Errorf("a drain that could not store its rows ended with %v", err)
		}
	})
}

// An insert whose answer is lost is sent again, with the same rows.
func TestGroupLostAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 2), newStore(t)
		var calls atomic.Int64
		store.After = func([]schemas.Block) error {
			if calls.Add(1)%2 == 0 {
				return errStore
			}
			return nil
		}
		m := k.member(store, nil).start()
		k.load(2, 1000, 60*time.Second)
		until(t, "all committed", k.caughtUp(2))
		if m.metric("retries_total", nil) == 0 {
			t.Error("nothing was repeated")
		}
		m.stop()
		k.expectTruth(store, 2)
	})
}

func TestGroupPermanentErrorEndsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		refused := errors.New("no such table")
		store.Before = func(b []schemas.Block) error {
			if b[0].Table.Name == countsTable.Name {
				return refused
			}
			return nil
		}
		m := k.member(store, func(c *Config) { c.Permanent = func(err error) bool { return errors.Is(err, refused) } }).start()
		k.produce(0, "1000")
		if err := <-m.done; !errors.Is(err, refused) {
			t.Errorf("Run ended with %v", err)
		}
		if _, ok := k.commit(0); ok {
			t.Error("committed rows that were refused")
		}
	})
}

// A task that hangs holds up its own partition only.
func TestGroupSlowPartitionPausesOnlyItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 3), newStore(t)
		hang := make(chan struct{})
		m := k.member(store, func(c *Config) {
			c.MaxQueued = 192 << 10
			c.Work.NewTask = func(a Assignment) (Task, error) {
				task := newCountTask(a)
				task.onApply = func(a Assignment, recs []Record) {
					if a.Partition == 0 && len(recs) > 0 {
						<-hang
					}
				}
				return task, nil
			}
		})
		m.cfg.FlushEvery = time.Hour // a flush would wait for the task that hangs
		m.cfg.HeadlineEvery = -1
		m.start()
		k.load(3, 5000, 20*time.Second)
		lag := func(p string) float64 { return m.metric("lag_records", map[string]string{"partition": p}) }
		until(t, "the others are through", func() bool { return lag("1") == 0 && lag("2") == 0 })
		until(t, "the slow one is paused", func() bool { return m.metric("paused", map[string]string{"partition": "0"}) == 1 })
		time.Sleep(10 * time.Second)
		if lag("0") < 4000 || m.metric("paused", nil) != 1 {
			t.Errorf("lag of the slow partition %v, %v paused", lag("0"), m.metric("paused", nil))
		}
		close(hang)
		time.Sleep(10 * time.Second)
		until(t, "the slow one is through", func() bool { return lag("0") == 0 })
		m.stop()
		k.expectTruth(store, 3)
	})
}

// A task whose state alone is above the cap is slowed down, never stopped: neither while it is live nor in its replay.
func TestGroupStateAboveTheCapGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 1), newStore(t)
		large := func(c *Config) {
			c.MaxBytes, c.FlushEvery = 1<<20, time.Hour
			c.Work.NewTask = func(a Assignment) (Task, error) {
				task := newCountTask(a)
				task.perRecord = 4096
				return task, nil
			}
		}
		k.padding = 1000 // so that it takes many fetches
		first := k.member(store, large).start()
		k.load(1, 5000, 100*time.Second)
		until(t, "all applied", func() bool { return first.metric("lag_records", nil) == 0 })
		first.stop()
		// Replay everything, as if no window had closed yet.
		p, _ := k.commit(0)
		text, err := EncodePosition(Position{P: p.P, MAtP: p.MAtP})
		if err != nil {
			t.Fatal(err)
		}
		k.commitText(0, 0, text)
		second := k.member(store, large).start()
		until(t, "ready", second.cfg.Status.Ready)
		second.stop()
		k.expectTruth(store, 1)
	})
}
