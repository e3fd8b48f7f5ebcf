package demo

import (
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"tidemark/alerts"
	"tidemark/alerts/incident"
	"tidemark/alerts/store"
	"tidemark/deploy/embedded/enginetest"
	"tidemark/deploy/wire"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

var engine string // host:port; set once, before the tests

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m, func(addr string) { engine = addr })) }

// openDB makes a database with all tables.
func openDB(t *testing.T, name string) *clickhouse.Sink {
	t.Helper()
	db, err := clickhouse.Open("http://default@"+engine+"/"+name, clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.Apply(t.Context(), wire.Schema(metrics.All())); err != nil {
		t.Fatal(err)
	}
	return db
}

// An outage stages itself only where paid orders are judged, lately, and are normal.
func TestJudged(t *testing.T) {
	d := &demo{db: openDB(t, "judged")}
	now := time.Now()
	minutesAgo := func(n int) schemas.Millis {
		return schemas.MillisOf(now.Truncate(time.Minute)) - schemas.Millis(n)*60_000
	}
	for i, step := range []struct {
		r    alerts.Reading
		want bool
	}{
		{alerts.Reading{Rule: "traffic_falls", Start: minutesAgo(2), OrangeLow: 5}, false},
		{alerts.Reading{Rule: "paid_orders_fall", Start: minutesAgo(20), OrangeLow: 5}, false},
		{alerts.Reading{Rule: "paid_orders_fall", Start: minutesAgo(3), OrangeLow: math.NaN()}, false},
		{alerts.Reading{Rule: "paid_orders_fall", Start: minutesAgo(3), OrangeLow: 5, Tier: alerts.Orange}, false},
		{alerts.Reading{Rule: "paid_orders_fall", Start: minutesAgo(2), OrangeLow: 5}, true},
	} {
		step.r.Key, step.r.Basis = "chaye", alerts.Cold
		// A later version replaces an earlier one of the same window.
		if err := store.New(d.db, metrics.All()).SaveReadings(t.Context(), []alerts.Reading{step.r}, schemas.MillisOf(now)+schemas.Millis(i)); err != nil {
			t.Fatal(err)
		}
		if got := d.judged(t.Context()); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
}

func TestNews(t *testing.T) {
	m := incident.Message{Kind: incident.Opened, Subject: map[string]string{"en": "Orange: Paid orders fall, chaye"}, Text: map[string]string{"en": "Expected 39, actual 0\nmore"}}
	for kind, want := range map[incident.Kind]string{
		incident.Opened:       "Orange: Paid orders fall, chaye. Expected 39, actual 0",
		incident.Acknowledged: "Orange: Paid orders fall, chaye",
	} {
		m.Kind = kind
		if got := newsOf(&m); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
	d := &demo{news: make(chan string, 1)}
	for range 3 { // nobody reads: the alerts must not wait
		if err := d.tell(t.Context(), []incident.Message{m, m}); err != nil {
			t.Fatal(err)
		}
	}
	if text := <-d.news; !strings.HasPrefix(text, "Orange") {
		t.Errorf("said %q", text)
	}
}

func TestSayAway(t *testing.T) {
	d := &demo{db: openDB(t, "away"), news: make(chan string, 1)}
	now := time.Now()
	for i, tt := range []struct {
		read time.Duration // before now; 0 for never
		want string
	}{{0, ""}, {time.Minute, ""}, {42 * time.Minute, "stopped for 42m:"}, {50 * time.Hour, ""}} {
		if tt.read > 0 {
			m := processors.Mark{Group: fastGroup, Topic: schemas.Orders.Topic(), M: schemas.MillisOf(now.Add(-tt.read)), Ver: uint64(i), At: schemas.Millis(i)}
			if err := d.db.Insert(t.Context(), []schemas.Block{processors.WatermarkBlock([]processors.Mark{m})}); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.sayAway(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.say("") // if nothing has been said
		if said := <-d.news; !strings.Contains(said, tt.want) || tt.want == "" && said != "" {
			t.Errorf("read until %s ago: said %q", tt.read, said)
		}
	}
}
