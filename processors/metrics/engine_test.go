package metrics_test

import (
	"fmt"
	"os"
	"testing"

	"tidemark/deploy/embedded/enginetest"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

var engine string // host:port of the real ClickHouse

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m, func(addr string) { engine = addr })) }

// base is 2025-06-15T10:00:00Z, the start of a window.
const base = schemas.Millis(1_749_981_600_000)

// shop runs the catalogue over two partitions of one topic and stores the rows in a database of its own.
type shop struct {
	t     *testing.T
	sink  *clickhouse.Sink
	tasks []processors.Task
	marks []processors.Mark
	next  []int64
	at    schemas.Millis
}

func newShop(t *testing.T, database, group, topic string) *shop {
	t.Helper()
	sink, err := clickhouse.Open("http://default@"+engine+"/"+database, clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	all := metrics.All()
	schema := clickhouse.Schema{Tables: append(processors.SystemTables(), all.Tables()...), Views: all.Views()}
	if _, err := sink.Apply(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	work, err := all.Work(group, processors.ConsumerGroup(group))
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, sink: sink, next: make([]int64, 2), at: base}
	for p := range int32(2) {
		part := processors.Part([16]byte{1, 2, 3, 4}, p)
		task, err := work.NewTask(processors.Assignment{Topic: topic, Partition: p, Part: part})
		if err != nil {
			t.Fatal(err)
		}
		s.tasks = append(s.tasks, task)
		s.marks = append(s.marks, processors.Mark{Group: work.Group, Topic: topic, Partition: p, Part: part})
	}
	return s
}

// put appends one event to a partition, at the given number of milliseconds after base.
func put[E any](s *shop, partition int, after schemas.Millis, e *E) {
	s.t.Helper()
	enc, err := schemas.NewEncoder[E]()
	if err != nil {
		s.t.Fatal(err)
	}
	s.at = max(s.at, base+after)
	s.tasks[partition].Apply([]processors.Record{{Offset: s.next[partition], Time: s.at, Value: enc.Append(nil, e)}})
	s.next[partition]++
}

// beat moves both partitions on to a time after base and stores everything.
func (s *shop) beat(after schemas.Millis) {
	s.t.Helper()
	s.at = max(s.at, base+after)
	var blocks []schemas.Block
	for p, task := range s.tasks {
		task.Apply([]processors.Record{{Offset: s.next[p], Time: s.at, Heartbeat: true}})
		s.next[p]++
		f := task.Flush(false)
		if len(f.Dead) > 0 {
			s.t.Fatalf("not readable: %s", f.Dead[0].Reason)
		}
		blocks = append(blocks, f.Blocks...)
		s.marks[p].M, s.marks[p].Ver, s.marks[p].At = f.M, f.Ver, s.at
	}
	if err := s.sink.Insert(s.t.Context(), blocks); err != nil {
		s.t.Fatal(err)
	}
	if err := s.sink.Insert(s.t.Context(), []schemas.Block{processors.WatermarkBlock(s.marks)}); err != nil {
		s.t.Fatal(err)
	}
}

// want checks the rows of a query, each written out as text.
func (s *shop) want(sql string, rows ...string) {
	s.t.Helper()
	type row struct {
		Line string `ch:"line"`
	}
	got, err := clickhouse.Select[row](s.t.Context(), s.sink, sql)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(got) != len(rows) {
		s.t.Fatalf("%s\ngot %d rows %v, want %d %v", sql, len(got), got, len(rows), rows)
	}
	for i := range rows {
		if got[i].Line != rows[i] {
			s.t.Errorf("%s\nrow %d is %s, want %s", sql, i, got[i].Line, rows[i])
		}
	}
}

func envelope(id int, typ string, after schemas.Millis) schemas.Envelope {
	return schemas.Envelope{
		EventID: fmt.Sprintf("e%d", id), Type: typ, OccurredAt: base + after, ReceivedAt: base + after, Shop: "s1", Market: "cn", Source: "test",
	}
}
