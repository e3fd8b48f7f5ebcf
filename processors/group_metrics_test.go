package processors_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	. "tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/memory"
)

// The real metrics over the whole way: producer, broker, group, tasks, store, with members killed at random. The tables
// must equal those of one task that reads the finished logs once.

// clicks produces clickstream events, a few in every step of time, with disorder, copies, late ones, broken ones and
// heartbeats. Its visitors change, so that sessions end.
func (k *kafka) clicks(r *rand.Rand, partitions int32, steps int, step time.Duration) {
	types := []string{"page_view", "view_item", "begin_checkout", "purchase", "view_promotion", "select_promotion"}
	var past [][]byte
	for i := range steps {
		now := time.Now().UnixMilli()
		var recs []*kgo.Record
		for p := range partitions {
			for range 6 {
				at := now - int64(r.IntN(20_000))
				if r.IntN(30) == 0 {
					at -= 120_000
				}
				v := (i/40*30+r.IntN(40))*int(partitions) + int(p)
				value := fmt.Appendf(nil, `{"event_id":"%x","type":%q,"occurred_at":%d,"received_at":%d,"shop":"s%d","source":"ndjson",`+
					`"anonymous_id":"v%d","page":"/p%d","channel":"c%d","campaign":"k%d"}`,
					r.Uint64(), types[r.IntN(len(types))], at, now, v%2, v, r.IntN(9), r.IntN(3), r.IntN(5))
				if len(past) > 0 && r.IntN(8) == 0 {
					value = past[r.IntN(len(past))]
				}
				if r.IntN(60) == 0 {
					value = []byte("{broken")
				}
				past = append(past, value)
				recs = append(recs, &kgo.Record{Topic: testTopic, Partition: p, Value: value})
			}
			recs = append(recs, &kgo.Record{Topic: testTopic, Partition: p, Headers: []kgo.RecordHeader{{Key: schemas.HeartbeatHeader}}})
		}
		if err := k.client.ProduceSync(context.Background(), recs...).FirstErr(); err != nil {
			k.t.Error(err)
		}
		time.Sleep(step)
	}
}

// metricsStore has the tables of all metrics.
func metricsStore(t *testing.T) *memory.Sink {
	t.Helper()
	s, err := memory.New(append(SystemTables(), metrics.All().Tables()...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// metricRows is the metrics' rows as text, versions apart: an early row's version says when it was taken.
func metricRows(s *memory.Sink) map[string]bool {
	rows := map[string]bool{}
	for _, table := range metrics.All().Tables() {
		for _, r := range s.Rows(table.Name) {
			delete(r, "ver")
			rows[fmt.Sprint(table.Name, r)] = true
		}
	}
	return rows
}

func TestGroupOfMetricsSurvivesCrashes(t *testing.T) {
	for group, step := range map[string]time.Duration{GroupFast: time.Second, GroupSlow: 15 * time.Second} {
		for seed := range uint64(5) {
			t.Run(fmt.Sprint(group, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { crashMetrics(t, group, step, rand.New(rand.NewPCG(seed, 2))) })
			})
		}
	}
}

func crashMetrics(t *testing.T, group string, step time.Duration, r *rand.Rand) {
	k, store := newKafka(t, 2), metricsStore(t)
	work, err := metrics.All().Work(group, testGroup)
	if err != nil {
		t.Fatal(err)
	}
	newTask := func(a Assignment) (Task, error) {
		a.Topic = schemas.Clickstream.Topic()
		return work.NewTask(a)
	}
	settings := func(c *Config) {
		c.Work.NewTask = newTask
		c.DeadLetters = func(context.Context, string, int32, []Dead) error { return nil }
	}
	loaded := make(chan struct{})
	events := rand.New(rand.NewPCG(r.Uint64(), 3)) // its own source: r belongs to this goroutine
	go func() {
		defer close(loaded)
		k.clicks(events, 2, 400, step)
	}()
	for range 6 {
		m := k.member(store, settings).start()
		time.Sleep(step*10 + time.Duration(r.Int64N(int64(step*40))))
		m.kill()
	}
	<-loaded
	last := k.member(store, settings).start()
	until(t, "all committed", k.caughtUp(2))
	last.stop()

	want := metricsStore(t)
	for p := range int32(2) {
		task, err := newTask(Assignment{Partition: p, Part: k.part(p)})
		if err != nil {
			t.Fatal(err)
		}
		task.Apply(k.log(p))
		put(t, want, task.Flush(false))
	}
	expectEqualRows(t, metricRows(store), metricRows(want))
	for _, c := range store.Conflicts() {
		if strings.HasPrefix(c.Table, "m_") {
			t.Errorf("rows contradict each other: %+v", c)
		}
	}
}

func expectEqualRows(t *testing.T, got, want map[string]bool) {
	t.Helper()
	if len(want) < 50 {
		t.Errorf("the truth has only %d rows: the test tests little", len(want))
	}
	missing, extra := 0, 0
	for r := range want {
		if !got[r] {
			if missing++; missing <= 3 {
				t.Errorf("missing: %.400s", r)
			}
		}
	}
	for r := range got {
		if !want[r] {
			if extra++; extra <= 3 {
				t.Errorf("unexpected: %.400s", r)
			}
		}
	}
	if missing+extra > 0 {
		t.Errorf("%d of %d rows missing, %d unexpected", missing, len(want), extra)
	}
}
