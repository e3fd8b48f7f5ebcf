package audit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/embedded/enginetest"
	"tidemark/processors"
	"tidemark/processors/audit"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

var engine string // host:port of the real ClickHouse

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m, func(addr string) { engine = addr })) }

// base is an hour of yesterday: what is older than its table's TTL would be gone at once.
var base = schemas.Millis(time.Now().Add(-24 * time.Hour).Truncate(time.Hour).UnixMilli())

// partitions of the topic, and minutes of its log that are complete.
const (
	partitions = 2
	minutes    = 4
)

// world is an installation whose groups have read a small log to its end: Kafka, raw rows, metrics, accounts.
type world struct {
	t      *testing.T
	db     string
	sink   *clickhouse.Sink
	client []kgo.Opt
	parts  [partitions]uint64
	counts [partitions][minutes]int64 // events produced
	blocks []schemas.Block            // what the groups have stored
}

var topic = schemas.Clickstream.Topic()

// newWorld makes one in a database of its own. The groups never see the record that skip names.
func newWorld(t *testing.T, db string, skip func(partition int32, offset int64) bool) *world {
	t.Helper()
	w := &world{t: t, db: db}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(partitions, topic))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	w.client = []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...)}
	if w.sink, err = clickhouse.Open("http://default@"+engine+"/"+db, clickhouse.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.sink.Close() })
	all := metrics.All()
	schema := clickhouse.Schema{Tables: append(append(processors.SystemTables(), schemas.RawTables()...), all.Tables()...), Views: all.Views()}
	if _, err := w.sink.Apply(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	logs := w.produce()
	fast, err := all.Work(processors.GroupFast, processors.ConsumerGroup(processors.GroupFast))
	if err != nil {
		t.Fatal(err)
	}
	slow, err := all.Work(processors.GroupSlow, processors.ConsumerGroup(processors.GroupSlow))
	if err != nil {
		t.Fatal(err)
	}
	for _, work := range []processors.Work{processors.LandWork(processors.ConsumerGroup("land")), fast, slow} {
		for p, log := range logs {
			w.read(work, int32(p), log, skip)
		}
	}
	w.restore()
	return w
}

// produce writes the log of each partition to Kafka: events, copies, late ones, rubbish, heartbeats each second.
func (w *world) produce() (logs [partitions][]processors.Record) {
	cl, err := kgo.NewClient(append(w.client, kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		w.t.Fatal(err)
	}
	defer cl.Close()
	found, err := kadm.NewClient(cl).ListTopics(w.t.Context(), topic)
	if err != nil {
		w.t.Fatal(err)
	}
	var sent []*kgo.Record
	put := func(p int32, r processors.Record) {
		k := &kgo.Record{Topic: topic, Partition: p, Timestamp: time.UnixMilli(int64(r.Time)), Value: r.Value}
		if r.Heartbeat {
			k.Headers = []kgo.RecordHeader{{Key: schemas.HeartbeatHeader}}
		}
		r.Offset = int64(len(logs[p]))
		logs[p], sent = append(logs[p], r), append(sent, k)
	}
	for p := range int32(partitions) {
		w.parts[p] = processors.Part(found[topic].ID, p)
		for s := range schemas.Millis(minutes * 60) {
			at := base + s*1000
			for i, value := range values(p, int(s), at) {
				put(p, processors.Record{Time: at + schemas.Millis(i), Value: []byte(value)})
				w.counts[p][s/60]++
			}
			put(p, processors.Record{Time: at + 500, Heartbeat: true})
		}
		put(p, processors.Record{Time: base + minutes*60_000, Heartbeat: true})
	}
	if err := cl.ProduceSync(context.Background(), sent...).FirstErr(); err != nil {
		w.t.Fatal(err)
	}
	for p := range logs {
		for i := range logs[p] {
			if sent[0].Partition != int32(p) || sent[0].Offset != logs[p][i].Offset {
				w.t.Fatalf("record %d of partition %d lies at %d/%d", i, p, sent[0].Partition, sent[0].Offset)
			}
			sent = sent[1:]
		}
	}
	return logs
}

// values are the events of one second.
func values(p int32, s int, at schemas.Millis) (out []string) {
	click := func(id int, at schemas.Millis) string {
		return fmt.Sprintf(`{"event_id":"%d-%d","type":"page_view","occurred_at":%d,"received_at":%d,"shop":"s1","source":"test","anonymous_id":"v%d"}`, p, id, at, at, s%5)
	}
	if s%3 == 0 {
		out = append(out, click(s, at))
	}
	if s%21 == 0 {
		out = append(out, click(s, at)) // a copy
	}
	if s == 200 {
		out = append(out, click(1000, at-190_000)) // late
	}
	if s%50 == 7 {
		out = append(out, `{"event_id":`)
	}
	return out
}

// read lets one group read a partition, and stores everything as Run does.
func (w *world) read(work processors.Work, p int32, log []processors.Record, skip func(int32, int64) bool) {
	task, err := work.NewTask(processors.Assignment{Topic: topic, Partition: p, Part: w.parts[p]})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range log {
		if !skip(p, r.Offset) {
			task.Apply([]processors.Record{r})
		}
	}
	f := task.Flush(false)
	mark := processors.Mark{Group: work.Group, Topic: topic, Partition: p, Part: w.parts[p], M: f.M, Ver: f.Ver, At: base}
	w.blocks = append(append(w.blocks, f.Blocks...), processors.WatermarkBlock([]processors.Mark{mark}))
}

// restore stores everything as the groups left it.
func (w *world) restore() {
	w.t.Helper()
	for _, table := range []string{"accounts", "erasures", "watermarks", "events_clickstream"} {
		w.exec("TRUNCATE TABLE %s", table)
	}
	if err := w.sink.Insert(w.t.Context(), w.blocks); err != nil {
		w.t.Fatal(err)
	}
}

// exec runs a statement on the engine.
func (w *world) exec(format string, args ...any) {
	w.t.Helper()
	r, err := http.Post("http://"+engine+"/?user=default&mutations_sync=2&database="+w.db, "text/plain", strings.NewReader(fmt.Sprintf(format, args...)))
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Body.Close()
	if text, _ := io.ReadAll(r.Body); r.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %s", fmt.Sprintf(format, args...), text)
	}
}

func (w *world) audit(kafka bool) *audit.Report {
	w.t.Helper()
	c := audit.Config{
		Sink: w.sink, Catalogue: metrics.All(), From: at(0), To: at(minutes), Now: at(minutes), Raw: true,
	}
	if kafka {
		c.Client = w.client
	}
	r, err := audit.Run(w.t.Context(), c)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func at(minute int) time.Time { return base.Time().Add(time.Duration(minute) * time.Minute) }

func none(int32, int64) bool { return false }

func utoa(n uint64) string { return strconv.FormatUint(n, 10) }
