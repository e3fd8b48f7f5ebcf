package store

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tidemark/alerts"
	"tidemark/deploy/embedded/enginetest"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

var (
	engine    string // host:port of the real ClickHouse
	databases atomic.Int32
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m, func(addr string) { engine = addr })) }

// base is 2025-06-15T10:00:00Z; minute i begins at base.Add(i).
const base = schemas.Millis(1_749_981_600_000)

func minute(i int) schemas.Millis { return base + schemas.Millis(i)*60_000 }

func open(t *testing.T) (*Store, *clickhouse.Sink) {
	t.Helper()
	sink, err := clickhouse.Open(fmt.Sprintf("http://default@%s/alerts_%d", engine, databases.Add(1)), clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	all := metrics.All()
	if _, err := sink.Apply(t.Context(), clickhouse.Schema{
		Tables: slices.Concat(processors.SystemTables(), all.Tables(), alerts.Tables()),
		Views:  slices.Concat(all.Views(), alerts.Views()),
	}); err != nil {
		t.Fatal(err)
	}
	return New(sink, all), sink
}

func rule(t *testing.T, name string) *alerts.Rule {
	t.Helper()
	rules := alerts.Rules(metrics.All())
	i := slices.IndexFunc(rules, func(r alerts.Rule) bool { return r.Name == name })
	if i < 0 {
		t.Fatalf("the catalogue has no alert %s", name)
	}
	return &rules[i]
}

// trade is one partial row of m_trade.
type trade struct {
	minute, part  int
	shop, channel string
	paid          int64
	ver           uint64
}

func put(t *testing.T, sink *clickhouse.Sink, rows ...trade) {
	t.Helper()
	metric := metrics.All()
	i := slices.IndexFunc(metric, func(d processors.Definition) bool { return d.Name == "trade" })
	c := columns{rows: len(rows)}
	col(&c, "window_start", rows, func(r *trade) schemas.Millis { return minute(r.minute) })
	col(&c, "shop", rows, func(r *trade) string { return r.shop })
	col(&c, "channel", rows, func(r *trade) string { return r.channel })
	col(&c, "paid_orders", rows, func(r *trade) int64 { return r.paid })
	col(&c, "part", rows, func(r *trade) uint64 { return uint64(r.part) })
	col(&c, "ver", rows, func(r *trade) uint64 { return r.ver })
	b := c.block("")
	b.Table = metric[i].Table()
	if err := sink.Insert(t.Context(), []schemas.Block{b}); err != nil {
		t.Fatal(err)
	}
}

// mark says how far the partitions of the orders topic have come.
func mark(t *testing.T, sink *clickhouse.Sink, r *alerts.Rule, at ...schemas.Millis) {
	t.Helper()
	var marks []processors.Mark
	for p, m := range at {
		marks = append(marks, processors.Mark{Group: r.Group, Topic: r.Topic, Partition: int32(p), Part: uint64(p), M: m, Ver: uint64(m), At: m})
	}
	if err := sink.Insert(t.Context(), []schemas.Block{processors.WatermarkBlock(marks)}); err != nil {
		t.Fatal(err)
	}
}

func TestCompleteIsTheSlowestPartition(t *testing.T) {
	s, sink := open(t)
	r := rule(t, "paid_orders_fall")
	h := s.History(nil)
	if m, err := h.Complete(t.Context(), r); err != nil || m != 0 {
		t.Errorf("before any watermark: %v, %v, want 0", m, err)
	}
	mark(t, sink, r, minute(10), minute(7))
	if m, err := h.Complete(t.Context(), r); err != nil || m != minute(6) {
		t.Errorf("complete to %v: %v, want the slowest partition less a minute of lateness", m, err)
	}
	strange := *r
	strange.Metric = "no_such_metric"
	if _, err := h.Complete(t.Context(), &strange); err == nil || !strings.Contains(err.Error(), "no_such_metric") {
		t.Errorf("a metric outside the catalogue: %v", err)
	}
}

func TestWindowsOfAllSeriesInOneQuery(t *testing.T) {
	s, sink := open(t)
	r := rule(t, "paid_orders_fall")
	mark(t, sink, r, minute(6))
	put(t, sink,
		trade{0, 0, "a", "web", 5, 1}, trade{0, 0, "a", "app", 2, 1}, trade{0, 1, "a", "web", 1, 1}, trade{0, 0, "a", "web", 7, 2}, // newer version
		trade{1, 0, "a", "web", 3, 1}, trade{1, 0, "b", "web", 4, 1},
		trade{2, 0, "a", "web", 99, 1}, // outside both stretches
		trade{5, 0, "a", "web", 1, 1},  // not complete
	)
	var got []string
	err := s.History(nil).Windows(t.Context(), r, []alerts.Stretch{{From: minute(0), To: minute(2)}, {From: minute(3), To: minute(9)}}, func(k alerts.Key, p alerts.Point) {
		got = append(got, fmt.Sprint(k, " ", int(p.Start-base)/60_000, " ", p.Num, " ", p.Den, " ", p.Open))
	})
	want := []string{"a 0 10 0 false", "a 1 3 0 false", "a 5 1 0 true", "b 1 4 0 false"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("windows %q: %v, want %q", got, err, want)
	}
	if err := s.History(nil).Windows(t.Context(), r, nil, nil); err != nil {
		t.Errorf("no stretch: %v", err)
	}
}

func TestSeriesAndTheirLives(t *testing.T) {
	s, sink := open(t)
	r := rule(t, "paid_orders_fall")
	put(t, sink, trade{0, 0, "a", "web", 5, 1}, trade{4, 0, "a", "app", 2, 1}, trade{2, 1, "b/c", "web", 1, 1}, trade{9, 0, "late", "web", 1, 1})
	got, err := s.History(nil).Series(t.Context(), r, alerts.Stretch{From: minute(0), To: minute(9)})
	slices.SortFunc(got, func(x, y alerts.Life) int { return strings.Compare(string(x.Key), string(y.Key)) })
	want := []alerts.Life{{Key: "a", First: minute(0), Last: minute(4)}, {Key: "b/c", First: minute(2), Last: minute(2)}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("series %v: %v, want %v", got, err, want)
	}
}

// Every rule of the catalogue, ratios and several dimensions among them, can be read.
func TestEveryRuleOfTheCatalogue(t *testing.T) {
	s, _ := open(t)
	for _, r := range alerts.Rules(metrics.All()) {
		h := s.History(nil)
		in := alerts.Stretch{From: minute(0), To: minute(60)}
		if _, err := h.Series(t.Context(), &r, in); err != nil {
			t.Error(err)
		}
		if err := h.Windows(t.Context(), &r, []alerts.Stretch{in}, func(alerts.Key, alerts.Point) {}); err != nil {
			t.Error(err)
		}
		if err := h.Readings(t.Context(), &r, alerts.Newest{Since: minute(0), PerSeries: 3}, func(alerts.Reading) {}); err != nil {
			t.Error(err)
		}
	}
}

// The condition on window_start reaches the table through the view: of a year, a query for ten minutes reads little.
func TestWindowsReadLittle(t *testing.T) {
	s, sink := open(t)
	r := rule(t, "paid_orders_fall")
	if _, err := sink.Query(t.Context(), "INSERT INTO m_trade (window_start, shop, channel, part, ver, paid_orders) SELECT fromUnixTimestamp64Milli("+
		fmt.Sprint(int64(base))+", 'UTC') - toIntervalMinute(number % 100000), 'a', toString(number % 7), 0, 1, 1 FROM numbers(700000)"); err != nil {
		t.Fatal(err)
	}
	windows := 0
	from := base - schemas.Millis(10*time.Minute.Milliseconds())
	err := s.History(nil).Windows(t.Context(), r, []alerts.Stretch{{From: from, To: base}}, func(alerts.Key, alerts.Point) { windows++ })
	if err != nil || windows != 10 {
		t.Fatalf("%d windows: %v", windows, err)
	}
	plan, err := sink.Query(t.Context(), "EXPLAIN indexes = 1 SELECT sum(t.paid_orders) FROM v_trade AS t WHERE "+begins([]alerts.Stretch{{From: from, To: base}}))
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(plan); !strings.Contains(text, "Parts: 1 | Granules: 1]") {
		t.Errorf("the sorting key does not bound what is read: %s", text)
	}
}
