package rollup

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/embedded/enginetest"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

var engine string // host:port of the real ClickHouse

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m, func(addr string) { engine = addr })) }

// world is a database of its own with raw events, and a clock.
type world struct {
	t     *testing.T
	sink  *clickhouse.Sink
	shops *schemas.Shops
	now   time.Time
	next  map[uint64]int64 // next offset by part
}

// newWorld makes an empty one with the shops named.
func newWorld(t *testing.T, database string, now time.Time, ids ...string) *world {
	t.Helper()
	sink, err := clickhouse.Open("http://default@"+engine+"/"+database, clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	all := metrics.All()
	_, err = sink.Apply(t.Context(), clickhouse.Schema{
		Tables: slices.Concat(processors.SystemTables(), schemas.RawTables(), schemas.StateTables(), all.Tables()),
		Views:  slices.Concat(schemas.RawViews(), schemas.StateViews(), all.Views()),
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "shops.yaml")
	text := "shops:\n"
	for _, id := range ids {
		text += fmt.Sprintf("  - {id: %[1]s, market: %[1]s, stage: mature, %[2]s}\n", id, map[string]string{
			"uk": "zone: Europe/London, currency: GBP", "de": "zone: Europe/Berlin, currency: EUR", "cn": "zone: Asia/Shanghai, currency: CNY",
		}[id])
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	shops, err := schemas.LoadShops(file)
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, sink: sink, shops: shops, now: now, next: map[uint64]int64{}}
}

func (w *world) shop(id string) *schemas.Shop {
	s, ok := w.shops.ByID(id)
	if !ok {
		w.t.Fatalf("no shop %s", id)
	}
	return s
}

// runner makes one for some rollups of the catalogue and those that they come after; without names, for all.
func (w *world) runner(c processors.Catalogue) *Runner {
	w.t.Helper()
	r, err := New(Config{Sink: w.sink, Catalogue: c, Shops: func() *schemas.Shops { return w.shops }, Log: zerolog.New(zerolog.NewTestWriter(w.t)), Now: func() time.Time { return w.now }})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// only is the catalogue reduced to some rollups.
func only(names ...string) processors.Catalogue {
	var out processors.Catalogue
	for _, d := range metrics.All() {
		for _, n := range names {
			if d.Name == n {
				out = append(out, d)
			}
		}
	}
	return out
}

// once makes a pass that must not fail, and lets the clock go on so that the next one trusts what this one has seen.
func (w *world) once(r *Runner) {
	w.t.Helper()
	if err := r.Once(w.t.Context(), ""); err != nil {
		w.t.Fatal(err)
	}
	w.now = w.now.Add(2 * time.Minute)
}

// land stores events of a family in one partition, appended and received now.
func land[E any, P interface {
	*E
	Env() *schemas.Envelope
}](w *world, f schemas.Family[E], part uint64, events ...E) {
	w.t.Helper()
	rows, err := schemas.NewRows(f)
	if err != nil {
		w.t.Fatal(err)
	}
	at := schemas.MillisOf(w.now)
	for i := range events {
		env := P(&events[i]).Env()
		env.ReceivedAt = at
		if env.EventID == "" {
			env.EventID = fmt.Sprintf("%d-%d", part, w.next[part])
		}
		rows.Append(&events[i], part, w.next[part], at, false)
		w.next[part]++
	}
	if err := w.sink.Insert(w.t.Context(), []schemas.Block{rows.Block()}); err != nil {
		w.t.Fatal(err)
	}
}

// insertMark says how far a group has come.
func (w *world) insertMark(m processors.Mark) {
	w.t.Helper()
	if err := w.sink.Insert(w.t.Context(), []schemas.Block{processors.WatermarkBlock([]processors.Mark{m})}); err != nil {
		w.t.Fatal(err)
	}
}

// lines runs a query of one text column named line.
func (w *world) lines(sql string) []string {
	w.t.Helper()
	type row struct {
		Line string `ch:"line"`
	}
	found, err := clickhouse.Select[row](w.t.Context(), w.sink, sql)
	if err != nil {
		w.t.Fatalf("%v\n%s", err, sql)
	}
	out := []string{}
	for _, f := range found {
		out = append(out, f.Line)
	}
	return out
}

// want compares the lines of a query.
func (w *world) want(what, sql string, want ...string) {
	w.t.Helper()
	got := w.lines(sql)
	if len(got) != len(want) {
		w.t.Errorf("%s: %d rows, want %d\ngot  %q\nwant %q", what, len(got), len(want), got, want)
		return
	}
	for i := range want {
		if got[i] != want[i] {
			w.t.Errorf("%s: row %d is %q, want %q", what, i, got[i], want[i])
		}
	}
}
