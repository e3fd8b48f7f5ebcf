package restore_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/embedded/enginetest"
	"tidemark/deploy/restore"
	"tidemark/deploy/wire"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/recompute"
	"tidemark/schemas"
	"tidemark/sinks/archive"
	"tidemark/sinks/clickhouse"
)

var engine string // host:port of the real ClickHouse

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m, func(addr string) { engine = addr })) }

func database(t *testing.T, name string) *clickhouse.Sink {
	t.Helper()
	sink, err := clickhouse.Open("http://default@"+engine+"/"+name, clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	if _, err := sink.Apply(t.Context(), wire.Schema(metrics.All())); err != nil {
		t.Fatal(err)
	}
	return sink
}

// stream works a log through the tasks of all groups, as Run does, in steps of random length.
func stream(t *testing.T, r *rand.Rand, a processors.Assignment, recs []processors.Record, sink *clickhouse.Sink, files *archive.Sink) {
	t.Helper()
	cuts := processors.ArchiveCuts{Every: 24 * time.Hour, Records: 700}
	kept, err := processors.ArchiveWork(processors.ConsumerGroup("archive"), cuts)
	if err != nil {
		t.Fatal(err)
	}
	works := []processors.Work{kept, processors.LandWork(processors.ConsumerGroup("land"))}
	for _, g := range []string{processors.GroupFast, processors.GroupSlow} {
		w, err := metrics.All().Work(g, processors.ConsumerGroup(g))
		if err != nil {
			t.Fatal(err)
		}
		works = append(works, w)
	}
	for i, w := range works {
		if !slices.Contains(w.Topics, a.Topic) {
			continue
		}
		task, err := w.NewTask(a)
		if err != nil {
			t.Fatal(err)
		}
		for next := 0; next < len(recs); {
			end := min(len(recs), next+500+r.IntN(3000))
			task.Apply(recs[next:end])
			next = end
			f := task.Flush(false)
			if i == 0 {
				err = files.Insert(t.Context(), f.Blocks)
			} else {
				mark := processors.Mark{Group: w.Group, Topic: a.Topic, Partition: a.Partition, Part: a.Part, M: f.M, Ver: f.Ver, At: f.M}
				err = sink.Insert(t.Context(), append(f.Blocks, processors.WatermarkBlock([]processors.Mark{mark})))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// history is four days of one partition: several shops, copies, dead records, late events, heartbeats, and at the end
// silence long enough for every session to close.
func history(r *rand.Rand, topic string, partition int, base schemas.Millis, n int) (recs []processors.Record) {
	at := base
	add := func(value string, beat bool) {
		recs = append(recs, processors.Record{Offset: int64(len(recs)), Time: at, Value: []byte(value), Heartbeat: beat})
	}
	var last string
	for i := range n {
		at += schemas.Millis(r.IntN(2 * 4 * 24 * 3600 * 1000 / n))
		switch k := r.IntN(40); {
		case k == 0:
			add("{", false)
		case k < 4:
			add("", true)
		case k < 6 && last != "":
			add(last, false)
		default:
			occurred := at - schemas.Millis(r.IntN(20_000))
			if r.IntN(30) == 0 {
				occurred -= schemas.Millis(r.IntN(6 * 3600 * 1000))
			}
			last = event(r, topic, partition, i, occurred, at)
			add(last, false)
		}
	}
	const day = 24 * 3600 * 1000
	at = base + 5*day - 10*60*1000 // sessions that begin now end on a day of which there is no event
	for i := range 5 {
		add(event(r, topic, partition, n+i, at, at), false)
	}
	at += 6 * 3600 * 1000
	add("", true)
	at += 2 * 3600 * 1000
	add("", true)
	at += 24 * 3600 * 1000 // behind the next line of the archive's grid
	add("", true)
	return recs
}

func event(r *rand.Rand, topic string, partition, i int, occurred, at schemas.Millis) string {
	head := fmt.Sprintf(`{"event_id":"p%d-%d","occurred_at":%d,"received_at":%d,"shop":"shop %d/ü","market":"de","source":"test"`, partition, i, occurred, at, r.IntN(3))
	visitor := fmt.Sprintf("v%d-%d", partition, r.IntN(40))
	switch {
	case strings.Contains(topic, "clickstream"):
		typ := []string{"page_view", "view_item", "add_to_cart", "begin_checkout", "purchase", "view_promotion", "select_promotion"}[r.IntN(7)]
		return head + fmt.Sprintf(`,"type":%q,"anonymous_id":%q,"page":"/p%d","slot":"s%d","value":"%d.25","currency":"EUR","items":[{"sku":"s","price":"1.5","quantity":2}]}`, typ, visitor, r.IntN(5), r.IntN(3), r.IntN(90))
	case strings.Contains(topic, "orders"):
		typ := []string{"order_placed", "order_paid", "order_refunded", "payment_failed"}[r.IntN(4)]
		return head + fmt.Sprintf(`,"type":%q,"order_id":"o%d-%d","buyer":%q,"total":"%d.123456","refund":"3","currency":"EUR","coupons":["a","ü"],"items":[{"sku":"s%d","price":"1.5","quantity":2},{"name":"x"}]}`, typ, partition, i/2, visitor, r.IntN(900), r.IntN(9))
	}
	return head + fmt.Sprintf(`,"type":"ticket_opened","ticket_id":"t%d-%d"}`, partition, i)
}

// lines is a query's rows as text.
func lines(t *testing.T, sink *clickhouse.Sink, sql string) []string {
	t.Helper()
	type row struct {
		Line string `ch:"line"`
	}
	rows, err := clickhouse.Select[row](t.Context(), sink, sql)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.Line
	}
	return out
}

// same compares a query's rows in two databases and returns their number.
func same(t *testing.T, a, b *clickhouse.Sink, name, sql string) int {
	t.Helper()
	x, y := lines(t, a, sql), lines(t, b, sql)
	if !slices.Equal(x, y) {
		for i := range min(len(x), len(y)) {
			if x[i] != y[i] {
				t.Errorf("%s row %d of %d and %d:\n%s\n%s", name, i, len(x), len(y), x[i], y[i])
				return 0
			}
		}
		t.Errorf("%s: %d rows, restored %d", name, len(x), len(y))
	}
	return len(x)
}

func rebuilder(t *testing.T, sink *clickhouse.Sink, offline bool) func(context.Context, string, time.Time, time.Time) error {
	t.Helper()
	r, err := recompute.New(recompute.Config{Sink: sink, Catalogue: metrics.All(), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, metric string, from, to time.Time) error {
		_, err := r.Rebuild(ctx, recompute.Job{Metric: metric, From: from, To: to, Offline: offline})
		return err
	}
}

// TestDrill fills one database through the stream, restores another one from the archive alone, and compares them.
func TestDrill(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	start := time.Now()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	base := schemas.Millis(time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -6).UnixMilli()) // raw rows have a TTL
	old, dir := database(t, "drill_old"), t.TempDir()
	store, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := archive.NewSink(store, nil)
	for i, topic := range []string{"tidemark.clickstream", "tidemark.orders", "tidemark.orders.history", "tidemark.service"} {
		for p := range int32(1 + (i+1)%2) { // one partition or two
			a := processors.Assignment{Topic: topic, Partition: p, Part: processors.Part([16]byte{9, 9, 9, byte(i)}, p)}
			stream(t, r, a, history(r, topic, int(p), base, 400), old, files)
		}
	}
	t.Logf("%v: streamed", time.Since(start))
	rebuild := rebuilder(t, old, false)
	for _, d := range metrics.All().Streams() {
		if err := rebuild(t.Context(), d.Name, base.Time().AddDate(0, 0, -1), base.Time().AddDate(0, 0, 7)); err != nil {
			t.Fatal(err)
		}
		t.Logf("%v: %s recomputed", time.Since(start), d.Name)
	}
	fresh := database(t, "drill_new")
	began := time.Now()
	report, err := restore.Run(t.Context(), restore.Config{Archive: archive.New(store), Sink: fresh, Catalogue: metrics.All(), Rebuild: rebuilder(t, fresh, false)})
	if err != nil || len(report.Problems) > 0 || len(report.Unfinished) > 0 {
		t.Fatalf("%v, %v, %v", err, report.Problems, report.Unfinished)
	}
	t.Logf("restored in %v: %+v", time.Since(began), report)
	compare(t, old, fresh)
	if report.Marks != 2*3+3+2+1 && report.Marks != 2*3+2+2+1 { // parts: two of clickstream, orders and service one, orders.history two; land and the groups that read them
		t.Errorf("%d watermarks restored", report.Marks)
	}
	repeat(t, store, fresh, report)
	t.Run("offline", func(t *testing.T) { offline(t, old, store) })
	t.Run("damage", func(t *testing.T) { damage(t, dir, store) })
}

func compare(t *testing.T, old, fresh *clickhouse.Sink) {
	t.Helper()
	for _, table := range schemas.RawTables() {
		n := same(t, old, fresh, table.Name, "SELECT toString(tuple(*)) AS line FROM "+table.Name+" FINAL ORDER BY part, offset")
		t.Logf("%s: %d rows", table.Name, n)
	}
	total := 0
	for _, d := range metrics.All().Streams() {
		n := same(t, old, fresh, d.Name, "SELECT toString(tuple(* EXCEPT('_state$'))) AS line FROM v_"+d.Name+" WHERE complete AND window_start <= (SELECT max(window_start) FROM drill_new.v_"+d.Name+" WHERE complete) ORDER BY line")
		t.Logf("%s: %d rows", d.Name, n)
		total += n
	}
	if total < 1000 {
		t.Errorf("only %d rows of metrics: the drill proves little", total)
	}
}

// offline restores where the log is gone for good: what ends after the last archived day counts too.
func offline(t *testing.T, old *clickhouse.Sink, store archive.Store) {
	sink := database(t, "drill_offline")
	if _, err := restore.Run(t.Context(), restore.Config{Archive: archive.New(store), Sink: sink, Catalogue: metrics.All(), Rebuild: rebuilder(t, sink, true)}); err != nil {
		t.Fatal(err)
	}
	for _, d := range metrics.All().Streams() {
		same(t, old, sink, d.Name, "SELECT toString(tuple(* EXCEPT('_state$|^complete$'))) AS line FROM v_"+d.Name+" ORDER BY line")
	}
}

// repeat restores again, which reads nothing that is there.
func repeat(t *testing.T, store archive.Store, fresh *clickhouse.Sink, first restore.Report) {
	t.Helper()
	report, err := restore.Run(t.Context(), restore.Config{Archive: archive.New(store), Sink: fresh, Catalogue: metrics.All()})
	if err != nil || report.Rows != 0 || report.Marks != first.Marks || report.Known == 0 || report.Spans != first.Spans {
		t.Errorf("the second restore read %+v (%v)", report, err)
	}
}

// damage removes a file, and flips a bit of another one: both are named, and the parts get no watermark.
func damage(t *testing.T, dir string, store archive.Store) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if strings.Contains(path, "family=orders") && strings.HasSuffix(path, ".parquet") {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	gone, flipped := names[0], names[len(names)-1]
	data, err := os.ReadFile(flipped)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 4
	if err := os.WriteFile(flipped, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	report, err := restore.Run(t.Context(), restore.Config{Archive: archive.New(store)})
	if err != nil || len(report.Problems) != 2 {
		t.Fatalf("%v, %v", report.Problems, err)
	}
	for _, path := range []string{gone, flipped} {
		name, _ := filepath.Rel(dir, path)
		if !slices.ContainsFunc(report.Problems, func(p archive.Problem) bool { return p.Name == filepath.ToSlash(name) }) {
			t.Errorf("%s is not named in %v", name, report.Problems)
		}
	}
}
