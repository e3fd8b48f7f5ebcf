package demo

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/deploy/demo/sim"
	"tidemark/deploy/demo/truth"
	"tidemark/deploy/wire"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

func TestShopsFileFitsTheSimulator(t *testing.T) {
	live, err := wire.OpenShops("shops.yaml", zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	for _, played := range sim.Shops() {
		for kind, text := range map[schemas.KeyKind]string{schemas.KeyPublic: played.PublicKey, schemas.KeySecret: played.SecretKey} {
			shop, key, ok := live.Shops().ByKey(text)
			if !ok || key.Kind != kind || shop.ID != played.ID || shop.Currency != played.Currency {
				t.Errorf("%s key of %s: found %v", kind, played.ID, ok)
			}
		}
		shop, ok := live.Shops().ByID(played.ID)
		if !ok || !shop.Counts(schemas.Orders.Name, string(played.Orders)) {
			t.Errorf("orders of %s by %s do not count", played.ID, played.Orders)
		}
	}
	if _, ok := live.Shops().ByID("playground"); !ok {
		t.Error("no shop is left for own events")
	}
}

func TestMidnightFollowsTheZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		now  string
		zone *time.Location
		want string
	}{
		{"2026-03-28T23:30:00Z", berlin, "2026-03-28T23:00:00Z"}, // the day on which summer time begins
		{"2026-03-29T23:30:00Z", berlin, "2026-03-29T22:00:00Z"},
		{"2026-03-28T15:59:59Z", shanghai, "2026-03-27T16:00:00Z"},
		{"2026-03-28T16:00:00Z", shanghai, "2026-03-28T16:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := midnight(now, tt.zone).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("%s in %s: the day began at %s, want %s", tt.now, tt.zone, got, tt.want)
		}
	}
}

func TestCertaintyLeavesRoom(t *testing.T) {
	b := certainty(metrics.All())
	if b.OnTime < 25*time.Second || b.Late > 4*time.Minute {
		t.Errorf("bounds %+v: the simulator's delays of 20 s and 5 min must be sure", b)
	}
}

func TestGrouped(t *testing.T) {
	for in, want := range map[string]string{"0": "0.00", "1234567.5": "1,234,567.50", "999.99": "999.99", "1000": "1,000.00", "-1234.5": "-1,234.50", "-123": "-123.00"} {
		if got := grouped(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	s := snapshot{EventsPerSecond: 103.4, Lag: 7, Freshness: 0.84, Shops: []shopFigures{{Trade: []tradeRow{{Currency: "CNY", GMV: "8211.5"}}, Orders: 3}, {Trade: []tradeRow{{Currency: "USD", GMV: "0"}}}}}
	s.withTruth(truth.Report{Cells: 4, Exact: 4})
	want := "  103 events/s  lag 7  fresh 0.8s  GMV today CNY 8,211.50  truth ok, 4 figures exact"
	if got := s.line(); got != want || !s.TruthOK {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	s.withTruth(truth.Report{Cells: 1, Diffs: []truth.Diff{{Got: 1}}})
	if s.TruthOK || !strings.Contains(s.line(), "truth 1 of 1 differ") {
		t.Errorf("a difference is shown as %q", s.line())
	}
}

func TestLiveLine(t *testing.T) {
	for _, tt := range []struct {
		terminal bool
		want     string
	}{{true, "\r\x1b[K\x1b"}, {false, "events/s"}} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 31*time.Second)
			defer cancel()
			news := make(chan string)
			go func() {
				time.Sleep(3500 * time.Millisecond)
				news <- "orange: orders stopped"
			}()
			var b strings.Builder
			if err := liveLine(ctx, &b, tt.terminal, func() snapshot { return snapshot{} }, news, "bye"); err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(b.String(), "\nbye\n") {
				t.Errorf("ends with %q", b.String())
			}
			if n := strings.Count(b.String(), tt.want); tt.terminal && n < 30 || !tt.terminal && n != 3 {
				t.Errorf("terminal %v: %d lines in 31 s", tt.terminal, n)
			}
			at := time.Date(2000, 1, 1, 0, 0, 3, 0, time.UTC).Local().Format(time.TimeOnly)
			if !strings.Contains(b.String(), at+"  orange: orders stopped\n") {
				t.Errorf("the news at %s are not in %q", at, b.String())
			}
		})
	}
}

func TestGather(t *testing.T) {
	r := prometheus.NewRegistry()
	vec := func(name string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name}, labels)
		r.MustRegister(v)
		return v
	}
	events := vec("tidemark_ingest_events_total", "dialect", "result")
	events.WithLabelValues("segment", "accepted").Add(5)
	events.WithLabelValues("ndjson", "accepted").Add(2)
	events.WithLabelValues("segment", "quarantined").Add(9)
	run := vec("tidemark_run_events_total", "group", "topic", "outcome")
	run.WithLabelValues("tidemark-fast", "a", "late").Add(3)
	run.WithLabelValues("tidemark-slow", "a", "late").Add(100)
	run.WithLabelValues("tidemark-fast", "a", "duplicate").Add(4)
	got, err := gather(r)
	if err != nil || got != (counts{accepted: 7, late: 3, duplicates: 4}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestConfigIsCheckedBeforeAnythingStarts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	for _, tt := range []struct {
		c    Config
		want string
	}{
		{Config{Port: port, Speed: 0, Rate: 1}, "above 0"},
		{Config{Port: 65534, Speed: 1, Rate: 1}, "four in a row"},
		{Config{Port: port, Speed: 1, Rate: 1, Incident: "flood"}, PaymentOutage},
		{Config{Port: port, Speed: 1, Rate: 1, Incident: PaymentOutage, NoSimulator: true}, "leave --no-simulator"},
		{Config{Data: t.TempDir(), Port: port - 2, Speed: 1, Rate: 1}, "choose another --port"},
	} {
		if err := Run(t.Context(), tt.c); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.c, err, tt.want)
		}
	}
}
