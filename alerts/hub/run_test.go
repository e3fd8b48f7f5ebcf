package hub

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tidemark/alerts/incident"
)

// until waits for a condition, as long as the test may run.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for !holds() {
		select {
		case <-t.Context().Done():
			t.Fatal(what)
		case <-time.After(time.Millisecond):
		}
	}
}

// running starts Run, and returns a way to make it evaluate and one to end it. A loop that outlives Run fails the test.
func running(t *testing.T, h *Hub, tick chan time.Time) (evaluate, end func()) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	return func() { tick <- time.Time{} }, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		goleak.VerifyNone(t, before, // connections to the engine stay open for a while
			goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
			goleak.IgnoreAnyFunction("net/http.(*conn).serve"))
	}
}

func TestClickHouseAway(t *testing.T) {
	p := newPlant(t)
	p.outage()
	p.reach(60)
	way, chat, tick := newFront(t), &inbox{}, make(chan time.Time)
	way.away.Store(true)
	h := p.hub(way.addr, func(c *Config) {
		to(chat)(c)
		c.Tick = tick
	})
	evaluate, end := running(t, h, tick)
	if code, got := call(t, h, "GET", "/api/incidents", ""); code != 503 || got["error"] == "" {
		t.Errorf("before anything was read: %d %v", code, got)
	}
	if code, _ := call(t, h, "POST", "/api/incidents/x/note", `{"actor":"Li","note":"n"}`); code != 503 {
		t.Errorf("an action before anything was read: %d", code)
	}
	way.away.Store(false)
	evaluate()
	until(t, "the quiet hour was not judged", func() bool { return gauge(t, h, "tidemark_alerts_last_evaluation_timestamp_seconds") > 0 })
	until(t, "its readings were not stored", func() bool { return p.readings() > 0 })
	known := p.readings()

	refuse := func(string) error { return errDied }
	way.before.Store(&refuse)
	p.reach(61)
	evaluate()
	until(t, "what could not be stored was not told", func() bool { return chat.kinds() == "opened yellow" })
	_, got := call(t, h, "GET", "/api/incidents", "")
	id := got["list"].([]any)[0].(map[string]any)["id"].(string)
	if code, got := call(t, h, "POST", "/api/incidents/"+id+"/acknowledge", `{"actor":"Li"}`); code != 202 || got["state"] != "acknowledged" {
		t.Errorf("acknowledged: %d %v", code, got)
	}
	until(t, "the acknowledgement was not told", func() bool { return strings.HasSuffix(chat.kinds(), "acknowledged yellow") })
	if stored := p.stored(); len(stored) != 0 || p.readings() != known {
		t.Errorf("stored %v and %d readings, though every write failed", stored, p.readings()-known)
	}
	if n, errs := gauge(t, h, "tidemark_alerts_events_unsaved"), gauge(t, h, "tidemark_alerts_store_errors_total"); n < 2 || errs < 1 {
		t.Errorf("%v events unsaved, %v errors", n, errs)
	}

	way.away.Store(true) // nothing can be read either
	evaluate()
	until(t, "an evaluation without ClickHouse is no error", func() bool { return gauge(t, h, "tidemark_alerts_evaluation_errors_total") == 1 })
	way.before.Store(nil)
	way.away.Store(false)
	until(t, "the events were never stored", func() bool { return len(p.stored()) == 2 && p.readings() > known })
	until(t, "deliveries were never stored", func() bool { return gauge(t, h, "tidemark_alerts_events_unsaved") == 0 })
	end()
	again := started(t, p.hub(engine, to(chat)))
	if v := again.book.Views(true, 0); len(v) != 1 || v[0].State != incident.StateAcknowledged || len(again.owed("chat")) != 0 {
		t.Errorf("after a restart: %+v, owed %v", v, again.owed("chat"))
	}
}

// readings counts the windows that are judged and stored.
func (p *plant) readings() uint64 {
	p.t.Helper()
	rows, err := p.sink.Query(p.t.Context(), "SELECT count() AS n FROM alert_readings FINAL")
	if err != nil {
		p.t.Fatal(err)
	}
	return rows[0]["n"].(uint64)
}

// A receiver that fails for a while gets everything in the end, and holds up none of the others.
func TestReceiverAway(t *testing.T) {
	p := newPlant(t)
	p.outage()
	p.reach(64)
	broken := make(chan error, 4)
	for range 4 {
		broken <- errors.New("no route to chat")
	}
	chat, pager, tick := &inbox{}, &inbox{}, make(chan time.Time)
	chat.fail = func() error {
		select {
		case err := <-broken:
			return err
		default:
			return nil
		}
	}
	h := p.hub(engine, func(c *Config) {
		c.Receivers = []Receiver{{Name: "chat", Deliver: chat.deliver}, {Name: "pager", Deliver: pager.deliver}}
		c.Tick = tick
	})
	evaluate, end := running(t, h, tick)
	evaluate()
	until(t, "the pager was not told", func() bool { return pager.kinds() == "opened yellow" })
	until(t, "the chat was never told", func() bool { return strings.HasPrefix(chat.kinds(), "opened yellow") })
	until(t, "failures are not counted", func() bool { return gauge(t, h, "tidemark_alerts_delivery_failures_total", "chat") == 4 })
	until(t, "something is still owed", func() bool { return gauge(t, h, "tidemark_alerts_messages_owed", "chat") == 0 })
	end()
	if n := gauge(t, h, "tidemark_alerts_messages_total", "pager"); n != 1 {
		t.Errorf("the pager took %v messages", n)
	}
}

// What is not stored when Run ends is stored on the way out, or the error says what is lost.
func TestEndOfRun(t *testing.T) {
	for _, away := range []bool{false, true} {
		p := newPlant(t)
		p.outage()
		p.reach(61)
		way, tick := newFront(t), make(chan time.Time)
		h := p.hub(way.addr, func(c *Config) { c.Tick, c.StoreTimeout = tick, 200*time.Millisecond })
		refuse := func(string) error { return errDied }
		way.before.Store(&refuse)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- h.Run(ctx) }()
		tick <- time.Time{}
		until(t, "nothing was decided", func() bool { return gauge(t, h, "tidemark_alerts_events_unsaved") > 0 })
		if !away {
			way.before.Store(nil)
		}
		cancel()
		err := <-ended
		if away != (err != nil) || err != nil && !strings.Contains(err.Error(), "1 events") {
			t.Errorf("ClickHouse away %v: Run ends with %v", away, err)
		}
		if stored := len(p.stored()); stored != map[bool]int{false: 1, true: 0}[away] {
			t.Errorf("ClickHouse away %v: %d events stored", away, stored)
		}
	}
}

func TestEndBeforeAnythingWasRead(t *testing.T) {
	p := newPlant(t)
	way := newFront(t)
	way.away.Store(true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.hub(way.addr, nil).Run(ctx); err != nil {
		t.Errorf("Run: %v", err)
	}
}
