package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tidemark/alerts"
	"tidemark/alerts/incident"
	"tidemark/alerts/store"
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

const minute = 60_000

// plant is a shop whose figures a test feeds by hand, minute by minute, with a clock of its own.
type plant struct {
	t        *testing.T
	database string
	sink     *clickhouse.Sink // past all faults
	start    schemas.Millis
	now      atomic.Int64
}

func newPlant(t *testing.T) *plant {
	t.Helper()
	p := &plant{t: t, database: fmt.Sprintf("hub_%d", databases.Add(1)), start: schemas.MillisOf(time.Now().Truncate(time.Hour).Add(-2 * time.Hour))}
	p.now.Store(int64(p.start))
	p.sink = p.open(engine)
	all := metrics.All()
	if _, err := p.sink.Apply(t.Context(), clickhouse.Schema{
		Tables: slices.Concat(processors.SystemTables(), all.Tables(), alerts.Tables()), Views: slices.Concat(all.Views(), alerts.Views()),
	}); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *plant) open(addr string) *clickhouse.Sink {
	p.t.Helper()
	sink, err := clickhouse.Open("http://default@"+addr+"/"+p.database, clickhouse.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { sink.Close() })
	return sink
}

func (p *plant) at(i int) schemas.Millis { return p.start + schemas.Millis(i)*minute }

// paid puts n paid orders into each minute from a until before b.
func (p *plant) paid(shop string, a, b int, n int64) {
	p.t.Helper()
	all := metrics.All()
	trade := all[slices.IndexFunc(all, func(d processors.Definition) bool { return d.Name == "trade" })]
	block := schemas.Block{Table: trade.Table(), Names: []string{"window_start", "shop", "paid_orders", "ver"}, Rows: b - a}
	var starts []schemas.Millis
	var shops []string
	var counts []int64
	var vers []uint64
	for i := a; i < b; i++ {
		starts, shops, counts, vers = append(starts, p.at(i)), append(shops, shop), append(counts, n), append(vers, 1)
	}
	block.Data = []any{starts, shops, counts, vers}
	if err := p.sink.Insert(p.t.Context(), []schemas.Block{block}); err != nil {
		p.t.Fatal(err)
	}
}

// reach makes the windows before minute i complete, and it is that time plus the lateness.
func (p *plant) reach(i int) {
	p.t.Helper()
	r := fall()
	now := p.at(i) + minute
	mark := processors.Mark{Group: r.Group, Topic: r.Topic, M: now, Ver: uint64(now), At: now}
	if err := p.sink.Insert(p.t.Context(), []schemas.Block{processors.WatermarkBlock([]processors.Mark{mark})}); err != nil {
		p.t.Fatal(err)
	}
	p.now.Store(int64(now))
}

// forget empties the tables of alerts and watermarks.
func (p *plant) forget() {
	p.t.Helper()
	for _, name := range []string{"alert_events", "alert_readings", "watermarks"} {
		if _, err := p.sink.Query(p.t.Context(), "TRUNCATE TABLE "+name); err != nil {
			p.t.Fatal(err)
		}
	}
}

// fall is the rule that the tests use, with tiers of its own, so that they do not depend on the catalogue's.
func fall() alerts.Rule {
	rules := alerts.Rules(metrics.All())
	r := rules[slices.IndexFunc(rules, func(r alerts.Rule) bool { return r.Name == "paid_orders_fall" })]
	r.Spans, r.Yellow, r.Orange = []int{1}, processors.Tier{Trigger: 2, Recover: 1}, processors.Tier{Trigger: 5, Recover: 4}
	return r
}

// hub makes a hub that reaches ClickHouse through addr.
func (p *plant) hub(addr string, change func(*Config)) *Hub {
	p.t.Helper()
	conf := Config{
		Store: store.New(p.open(addr), metrics.All()), Rules: []alerts.Rule{fall()}, HookToken: "secret", Log: zerolog.Nop(),
		FirstRetry: time.Millisecond, Now: func() time.Time { return time.UnixMilli(p.now.Load()) },
	}
	if change != nil {
		change(&conf)
	}
	h, err := New(conf)
	if err != nil {
		p.t.Fatal(err)
	}
	return h
}

// stored are the events in the table, without deliveries, by incident and id.
func (p *plant) stored() []string {
	p.t.Helper()
	rows, err := p.sink.Query(p.t.Context(), "SELECT incident, id FROM alert_events FINAL WHERE kind != 'delivered' ORDER BY at, id")
	if err != nil {
		p.t.Fatal(err)
	}
	out := []string{}
	for _, r := range rows {
		out = append(out, fmt.Sprint(r["incident"], " ", r["id"]))
	}
	return out
}

// front is a way to the engine on which requests can fail.
type front struct {
	addr string
	// before and after are asked around each statement that writes to a table of alerts; an error breaks the connection.
	before, after atomic.Pointer[func(table string) error]
	away          atomic.Bool // everything fails
}

func newFront(t *testing.T) *front {
	t.Helper()
	f := &front{}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: engine})
	proxy.ErrorLog = nil
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		table := f.written(r)
		if f.away.Load() || f.fails(&f.before, table) {
			panic(http.ErrAbortHandler)
		}
		if table == "" || f.after.Load() == nil {
			proxy.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		proxy.ServeHTTP(answer, r)
		if f.fails(&f.after, table) {
			panic(http.ErrAbortHandler)
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = io.Copy(w, answer.Body)
	}))
	t.Cleanup(server.Close)
	f.addr = strings.TrimPrefix(server.URL, "http://")
	return f
}

// written is the table of alerts that a request writes to, or nothing.
func (f *front) written(r *http.Request) string {
	for _, name := range []string{"alert_events", "alert_readings"} {
		if strings.Contains(r.URL.Query().Get("query"), "INSERT INTO `"+name+"`") {
			return name
		}
	}
	return ""
}

func (f *front) fails(when *atomic.Pointer[func(string) error], table string) bool {
	ask := when.Load()
	return table != "" && ask != nil && (*ask)(table) != nil
}

// inbox is a receiver.
type inbox struct {
	mu   sync.Mutex
	got  []incident.Message
	fail func() error // asked before and after taking; nil: never fails
}

func (b *inbox) deliver(_ context.Context, ms []incident.Message) error {
	if b.fail != nil {
		if err := b.fail(); err != nil {
			return err
		}
	}
	b.mu.Lock()
	b.got = append(b.got, ms...)
	b.mu.Unlock()
	if b.fail != nil {
		return b.fail()
	}
	return nil
}

// kinds are the messages in the order in which they came.
func (b *inbox) kinds() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]string, len(b.got))
	for i, m := range b.got {
		out[i] = string(m.Kind) + " " + m.Incident.Tier
	}
	return strings.Join(out, ", ")
}

// each counts the messages by name.
func (b *inbox) each() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := map[string]int{}
	for _, m := range b.got {
		n[m.Incident.ID+" "+m.ID]++
	}
	return n
}

func to(b *inbox) func(*Config) {
	return func(c *Config) { c.Receivers = []Receiver{{Name: "chat", Deliver: b.deliver}} }
}

var errDied = errors.New("the process has died")

// pump delivers and stores until there is nothing to do, as the loops of Run do, or until something fails.
func pump(ctx context.Context, h *Hub) error {
	for _, r := range h.conf.Receivers {
		for owed := h.owed(r.Name); len(owed) > 0; owed = h.owed(r.Name) {
			if err := h.deliver(ctx, r, owed[:min(len(owed), mostAtOnce)]); err != nil {
				return err
			}
		}
	}
	return h.save(ctx)
}

// started is a hub that has read its incidents.
func started(t *testing.T, h *Hub) *Hub {
	t.Helper()
	if !h.load(t.Context()) {
		t.Fatal("the incidents were not read")
	}
	return h
}
