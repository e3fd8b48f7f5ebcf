package dashboards_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/deploy/embedded/enginetest"
	"tidemark/deploy/wire"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

var engine string // host:port of the real ClickHouse

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m, func(addr string) { engine = addr })) }

const (
	clicks     = "tidemark.clickstream"
	orders     = "tidemark.orders"
	logistics  = "tidemark.logistics"
	partitions = 2
)

// record is one event on its way to a topic.
type record struct {
	at        schemas.Millis
	topic     string
	partition int32
	value     []byte
}

// world is a database of its own in which two shops have been selling.
type world struct {
	t        *testing.T
	database string
	now      time.Time // up to which everything has been read: in the middle of a minute that is over
	sink     *clickhouse.Sink
	truth    truth
}

// newWorld creates the schema, and nothing in it.
func newWorld(t *testing.T, database string) *world {
	t.Helper()
	sink, err := clickhouse.Open("http://default@"+engine+"/"+database, clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	if _, err := sink.Apply(t.Context(), wire.Schema(metrics.All())); err != nil {
		t.Fatal(err)
	}
	return &world{t: t, database: database, now: time.Now().UTC().Add(-time.Minute).Truncate(time.Minute).Add(30 * time.Second), sink: sink}
}

// exec runs a statement that must not fail.
func (w *world) exec(sql string) {
	w.t.Helper()
	if _, err := w.ask(w.t.Context(), sql); err != nil {
		w.t.Fatal(err)
	}
}

// ask runs a statement and returns its answer.
func (w *world) ask(ctx context.Context, sql string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+engine+"/?database="+w.database+"&user=default&date_time_output_format=iso", strings.NewReader(sql))
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s\n%s", resp.Status, body, sql)
	}
	return body, err
}

// count runs the catalogue over the records, up to now.
func (w *world) count(records []record) {
	w.t.Helper()
	slices.SortStableFunc(records, func(a, b record) int { return cmp.Compare(a.at, b.at) })
	land := processors.LandWork(processors.ConsumerGroup("land"))
	for p := range int32(partitions) {
		w.run(land, schemas.Orders.Topic(), p, records) // the board of the pipeline shows what was landed
	}
	for _, group := range []string{processors.GroupFast, processors.GroupSlow} {
		work, err := metrics.All().Work(group, processors.ConsumerGroup(group))
		if err != nil {
			w.t.Fatal(err)
		}
		for _, topic := range work.Topics {
			for p := range int32(partitions) {
				w.run(work, topic, p, records)
			}
		}
	}
	for _, topic := range []string{clicks, orders, logistics} {
		for p := range int32(partitions) {
			w.run(processors.LandWork(processors.ConsumerGroup("land")), topic, p, records)
		}
	}
}

// run is what a consumer does with one partition.
func (w *world) run(work processors.Work, topic string, partition int32, records []record) {
	w.t.Helper()
	part := processors.Part([16]byte{byte(len(topic))}, partition)
	task, err := work.NewTask(processors.Assignment{Topic: topic, Partition: partition, Part: part})
	if err != nil {
		w.t.Fatal(err)
	}
	var offset int64
	var f processors.Flush
	apply := func(r processors.Record) {
		r.Offset = offset
		offset++
		task.Apply([]processors.Record{r})
	}
	store := func() {
		f = task.Flush(false)
		if len(f.Dead) > 0 {
			w.t.Fatalf("not readable: %s", f.Dead[0].Reason)
		}
		if err := w.sink.Insert(w.t.Context(), f.Blocks); err != nil {
			w.t.Fatal(err)
		}
	}
	for _, r := range records {
		if r.topic == topic && r.partition == partition {
			apply(processors.Record{Time: r.at, Value: r.value})
		}
		if offset%2000 == 1999 {
			store()
		}
	}
	now := schemas.Millis(w.now.UnixMilli())
	apply(processors.Record{Time: now, Heartbeat: true})
	store()
	mark := processors.Mark{Group: work.Group, Topic: topic, Partition: partition, Part: part, M: f.M, Ver: f.Ver, At: now}
	if err := w.sink.Insert(w.t.Context(), []schemas.Block{processors.WatermarkBlock([]processors.Mark{mark})}); err != nil {
		w.t.Fatal(err)
	}
}

// days gives every shop business days that began twelve hours ago, so that the tests mean the same at midnight.
func (w *world) days() {
	w.exec(`INSERT INTO shops (shop, name, zone, currency, market, stage, ver) VALUES
('chaye', '山间茶叶', 'Asia/Shanghai', 'CNY', 'cn', 'mature', 1), ('kiefer', 'Kiefer Outdoor', 'Europe/Berlin', 'EUR', 'de', 'new', 1), ('silent', 'Silent', 'UTC', 'USD', 'us', 'new', 1)`)
	begin := w.now.Add(-12 * time.Hour)
	var rows []string
	for _, shop := range []string{"chaye", "kiefer", "silent"} {
		for ago := range 10 {
			day := begin.AddDate(0, 0, -ago)
			rows = append(rows, fmt.Sprintf("('%s', '%s', fromUnixTimestamp64Milli(%d), fromUnixTimestamp64Milli(%d), 1)",
				shop, day.Format(time.DateOnly), day.UnixMilli(), day.AddDate(0, 0, 1).UnixMilli()))
		}
	}
	w.exec("INSERT INTO shop_days (shop, day, begins, ends, ver) VALUES " + strings.Join(rows, ", "))
}

// alert stores a reading per minute of every rule and shop, and an open incident of each tier for the first shop.
func (w *world) alert() {
	for i, d := range metrics.All() {
		for _, a := range d.Alerts {
			w.exec(fmt.Sprintf(`INSERT INTO alert_readings (window_start, rule, series, shop, actual, samples, expected, yellow_low, yellow_high, orange_low, orange_high, tier, ver)
SELECT toStartOfMinute(now()) - 60 * (2 + number), '%[1]s', s, s, 9, 100, 10, 5, nan, 2, nan, 'green', 1 FROM numbers(60) AS n, (SELECT arrayJoin(['chaye', 'kiefer']) AS s) AS k`, a.Name))
			tier := []string{"yellow", "orange"}[i%2]
			w.exec(fmt.Sprintf(`INSERT INTO alert_events (incident, id, at, kind, rule, series, shop, team, tier, actor, window_start, actual, expected, samples, span, ver)
VALUES ('%[1]s', 'opened', now() - 600, 'opened', '%[1]s', 'chaye', 'chaye', 'team', '%[2]s', 'evaluator', now() - 660, 0.25, 10, 100, 5, 1)`, a.Name, tier))
		}
	}
}

// markLate marks the newest window of trade as one that a late event belongs to.
func (w *world) markLate() {
	w.exec("INSERT INTO dirty SELECT 'trade', max(window_start), 1, 'late', 100, now64(3) FROM m_trade")
}
