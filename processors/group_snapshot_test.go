package processors_test

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	. "tidemark/processors"
	windows "tidemark/processors/window"
	"tidemark/schemas"
	"tidemark/sinks/memory"
)

const snapshotTopic = "tidemark.snapshots"

// stamp is an event that is nothing but a time: its value, and its id.
type stamp struct {
	id string
	at int64
}

// stamps are metrics over the records that load produces. Ids are remembered for a minute, so there is much to replay.
func stamps(names ...string) Catalogue {
	src := Source[stamp]{
		Family: "test", Topic: testTopic, Horizon: time.Minute,
		Decode: func() (func([]byte, *stamp) error, error) {
			return func(b []byte, e *stamp) error {
				digits, _, _ := bytes.Cut(b, []byte(";"))
				at, err := strconv.ParseInt(string(digits), 10, 64)
				*e = stamp{string(b), at}
				return err
			}, nil
		},
		ID: func(e *stamp) string { return e.id }, At: func(e *stamp) schemas.Millis { return schemas.Millis(e.at) },
	}
	var c Catalogue
	for _, name := range names {
		c = append(c, DefineOn(src, Metric[stamp]{
			Name: name, Title: Text{EN: name, ZH: name}, Help: name, Window: windows.Tumbling(10 * time.Second), Lateness: 5 * time.Second,
			Measures: []Measure[stamp]{Count[stamp]("n", nil), Uniq("ids", nil, func(e *stamp) string { return e.id })},
		}))
	}
	return c
}

// keeping is a broker with a snapshot topic, and a store for the stamps.
type keeping struct {
	*kafka
	store *memory.Sink
}

func newKeeping(t *testing.T, partitions int32) *keeping {
	k := &keeping{kafka: newKafka(t, partitions)}
	if err := k.cluster.CreateTopic(snapshotTopic, 1, map[string]string{"cleanup.policy": "compact,delete"}); err != nil {
		t.Fatal(err)
	}
	var err error
	if k.store, err = memory.New(append(SystemTables(), stamps("a", "b").Tables()...)); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *keeping) member(c Catalogue) *member {
	return k.kafka.member(k.store, func(cfg *Config) {
		work, err := c.Work(GroupFast, testGroup)
		if err != nil {
			k.t.Fatal(err)
		}
		cfg.Work, cfg.SnapshotTopic, cfg.SnapshotEvery = work, snapshotTopic, 10*time.Second
	})
}

// rows is what the store shows of a metric.
func rowsIn(s *memory.Sink, metric string) map[string]string {
	got := map[string]string{}
	for _, r := range s.Rows("m_" + metric) {
		got[fmt.Sprintf("%x/%v", r["part"], r["window_start"])] = fmt.Sprint(r["n"], r["ids"])
	}
	return got
}

// expectStamps compares the store with a task that reads each log at once.
func (k *keeping) expectStamps(partitions int32, metric string) {
	k.t.Helper()
	want, err := memory.New(append(SystemTables(), stamps("a", "b").Tables()...))
	if err != nil {
		k.t.Fatal(err)
	}
	work, err := stamps(metric).Work(GroupFast, testGroup)
	if err != nil {
		k.t.Fatal(err)
	}
	for p := range partitions {
		task, err := work.NewTask(Assignment{Topic: testTopic, Partition: p, Part: k.part(p)})
		if err != nil {
			k.t.Fatal(err)
		}
		task.Apply(k.log(p))
		if err := want.Insert(context.Background(), task.Flush(false).Blocks); err != nil {
			k.t.Fatal(err)
		}
	}
	x, y := rowsIn(want, metric), rowsIn(k.store, metric)
	if len(x) < 5 || fmt.Sprint(x) != fmt.Sprint(y) {
		k.t.Errorf("metric %s: stored %v, want %v", metric, y, x)
	}
}

// crashed loads the partitions and kills a member that has kept snapshots, some seconds after its last commit.
func crashed(t *testing.T, partitions int32) *keeping {
	k := newKeeping(t, partitions)
	m := k.member(stamps("a")).start()
	k.load(partitions, 7000, 140*time.Second) // beyond the horizon of a minute and the account of another
	until(t, "all committed", k.caughtUp(partitions))
	time.Sleep(7 * time.Second)
	k.load(partitions, 300, 6*time.Second)
	if n := m.metric("snapshots_total", map[string]string{"outcome": "written"}); n < float64(4*partitions) {
		t.Errorf("%v snapshots of %d partitions were written within 140 s", n, partitions)
	}
	if age := m.metric("snapshot_age_seconds", nil); age > float64(partitions)*25 {
		t.Errorf("the newest snapshots of %d partitions are %v s old", partitions, age)
	}
	m.kill()
	time.Sleep(10 * time.Second) // the group expels it
	return k
}

// again starts the next owner and says how it came to its state.
func (k *keeping) again(c Catalogue) (m *member, snapshot, replay, replayed float64) {
	k.t.Helper()
	m = k.member(c).start()
	until(k.t, "ready", m.cfg.Status.Ready)
	snapshot = m.metric("recovery_seconds", map[string]string{"source": "snapshot"})
	replay = m.metric("recovery_seconds", map[string]string{"source": "replay"})
	k.load(2, 200, 8*time.Second)
	until(k.t, "all committed", k.caughtUp(2))
	return m, snapshot, replay, m.metric("events_total", map[string]string{"outcome": "replayed"})
}

func TestGroupTakesUpSnapshots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := crashed(t, 2)
		most := 0.0
		for p := range int32(2) {
			c, _ := k.commit(p)
			if c.Snapshot == nil || c.Snapshot.Next <= c.C || c.Snapshot.Next > c.P {
				t.Fatalf("partition %d: commit %+v with snapshot %+v", p, c, c.Snapshot)
			}
			most += float64(c.P - c.Snapshot.Next)
		}
		m, snapshot, replay, replayed := k.again(stamps("a"))
		if snapshot != 2 || replay != 0 || replayed != most {
			t.Errorf("%v partitions began from a snapshot and %v by replay; %v records were replayed, want the %v since the snapshots", snapshot, replay, replayed, most)
		}
		k.expectStamps(2, "a")
		m.stop()
		k.cluster.Compact() // what the last commit points at survives
		m, snapshot, _, _ = k.again(stamps("a"))
		m.stop()
		if snapshot != 2 {
			t.Errorf("after a compaction %v partitions began from a snapshot, want 2", snapshot)
		}
		k.expectStamps(2, "a")
	})
}

// A snapshot rescues a group whose replay would begin before the log does; without it Run refuses.
func TestGroupSnapshotOutlivesRetention(t *testing.T) {
	for _, rescued := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			k := crashed(t, 2)
			for p := range int32(2) {
				c, _ := k.commit(p)
				if err := k.cluster.DeleteRecords(testTopic, p, c.Snapshot.Next); err != nil {
					t.Fatal(err)
				}
				if !rescued {
					k.repoint(p, func(c *Position) { c.Snapshot = nil })
				}
			}
			if !rescued {
				expectRefusal(t, k.member(stamps("a")), "lengthen retention.ms")
				return
			}
			want := rowsIn(k.store, "a")
			m, snapshot, _, _ := k.again(stamps("a"))
			m.stop()
			if got := rowsIn(k.store, "a"); snapshot != 2 || len(got) <= len(want) {
				t.Errorf("%v partitions began from a snapshot; %d windows, %d before", snapshot, len(got), len(want))
			}
		})
	}
}

// repoint changes what the group has committed for a partition.
func (k *keeping) repoint(p int32, change func(*Position)) {
	k.t.Helper()
	c, _ := k.commit(p)
	if c.Snapshot != nil {
		ref := *c.Snapshot
		c.Snapshot = &ref
	}
	change(&c)
	text, err := EncodePosition(c)
	if err != nil {
		k.t.Fatal(err)
	}
	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{Topic: testTopic, Partition: p, At: c.C, LeaderEpoch: -1, Metadata: text})
	if err := kadm.NewClient(k.client).CommitAllOffsets(context.Background(), testGroup, offsets); err != nil {
		k.t.Fatal(err)
	}
}

// copyChunk appends a changed copy of the record at an offset of the snapshot topic.
func (k *keeping) copyChunk(offset int64, change func(value []byte) []byte) (at int64) {
	k.t.Helper()
	cl, err := kgo.NewClient(append(k.options(), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{snapshotTopic: {0: kgo.NewOffset().At(offset)}}))...)
	if err != nil {
		k.t.Fatal(err)
	}
	defer cl.Close()
	r := cl.PollFetches(context.Background()).Records()[0]
	added := &kgo.Record{Topic: snapshotTopic, Key: r.Key, Value: change(bytes.Clone(r.Value))}
	if err := k.client.ProduceSync(context.Background(), added).FirstErr(); err != nil {
		k.t.Fatal(err)
	}
	return added.Offset
}

func TestGroupReplaysWhereASnapshotDoesNotServe(t *testing.T) {
	point := func(k *keeping, change func(*SnapshotRef, *Position)) {
		for p := range int32(2) {
			k.repoint(p, func(c *Position) { change(c.Snapshot, c) })
		}
	}
	for reason, spoil := range map[string]func(*keeping) Catalogue{
		"missing": func(k *keeping) Catalogue {
			if err := k.cluster.DeleteRecords(snapshotTopic, 0, k.cluster.PartitionInfo(snapshotTopic, 0).HighWatermark); err != nil {
				k.t.Error(err)
			}
			return stamps("a")
		},
		"damaged": func(k *keeping) Catalogue {
			point(k, func(ref *SnapshotRef, _ *Position) {
				ref.First = k.copyChunk(ref.First, func(v []byte) []byte { v[len(v)/2] ^= 1; return v })
				ref.Last = ref.First
			})
			return stamps("a")
		},
		"part": func(k *keeping) Catalogue {
			a, _ := k.commit(0)
			b, _ := k.commit(1)
			k.repoint(0, func(c *Position) { c.Snapshot = b.Snapshot })
			k.repoint(1, func(c *Position) { c.Snapshot = a.Snapshot })
			return stamps("a")
		},
		"ahead": func(k *keeping) Catalogue {
			point(k, func(ref *SnapshotRef, c *Position) { ref.Next = c.P + 1 })
			return stamps("a")
		},
		"old": func(k *keeping) Catalogue {
			point(k, func(ref *SnapshotRef, c *Position) { ref.Next = c.C - 1 })
			return stamps("a")
		},
		"unread": func(k *keeping) Catalogue {
			point(k, func(ref *SnapshotRef, _ *Position) { ref.Partition = 7 })
			return stamps("a")
		},
		"catalogue": func(*keeping) Catalogue { return stamps("a", "b") },
	} {
		t.Run(reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := crashed(t, 2)
				m, snapshot, replay, replayed := k.again(spoil(k))
				defer m.stop()
				if snapshot != 0 || replay != 2 || replayed < 2000 {
					t.Errorf("%v partitions began from a snapshot, %v by replay of %v records", snapshot, replay, replayed)
				}
				if n := m.metric("snapshots_unused_total", map[string]string{"reason": reason}); n != 2 {
					t.Errorf("%v snapshots count as unused because %s, want 2", n, reason)
				}
				k.expectStamps(2, "a")
			})
		})
	}
}
