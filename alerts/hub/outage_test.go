package hub

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"tidemark/alerts"
	"tidemark/alerts/incident"
)

// step evaluates once, delivers and stores; a failure fails the test.
func (p *plant) step(h *Hub, i int) {
	p.t.Helper()
	p.reach(i)
	if err := h.evaluate(p.t.Context(), h.conf.Now()); err != nil {
		p.t.Fatal(err)
	}
	if err := pump(p.t.Context(), h); err != nil {
		p.t.Fatal(err)
	}
}

// outage feeds a shop that sells 20 a minute, 5 from minute 60, nothing from 64, 5 from 70, and 20 again from 74.
func (p *plant) outage() {
	p.paid("chaye", 0, 60, 20)
	p.paid("chaye", 60, 64, 5)
	p.paid("chaye", 70, 74, 5)
	p.paid("chaye", 74, 100, 20)
	p.paid("other", 0, 100, 20)
}

func TestPaymentOutage(t *testing.T) {
	p := newPlant(t)
	p.outage()
	chat := &inbox{}
	h := started(t, p.hub(engine, to(chat)))
	p.step(h, 60)
	if s := chat.kinds(); s != "" {
		t.Fatalf("a quiet hour: %s", s)
	}
	for i := 61; i <= 66; i++ {
		p.step(h, i)
		p.step(h, i) // an evaluation that finds nothing new
	}
	if s := chat.kinds(); s != "opened yellow, escalated orange" {
		t.Fatalf("messages: %s", s)
	}
	vs := h.book.Views(true, 0)
	if len(vs) != 1 || vs[0].Tier != "orange" || vs[0].Series != "chaye" || vs[0].Title["zh"] != "支付订单下跌" || vs[0].Actual >= vs[0].Expected {
		t.Fatalf("incidents %+v", vs)
	}
	if code, _ := call(t, h, "POST", "/api/incidents/"+vs[0].ID+"/acknowledge", `{"actor":"Li Lei"}`); code != 200 {
		t.Fatalf("acknowledge: %d", code)
	}
	for i := 67; i <= 80; i++ {
		p.step(h, i)
	}
	if s := chat.kinds(); s != "opened yellow, escalated orange, acknowledged orange, eased yellow, resolved green" {
		t.Errorf("messages: %s", s)
	}
	v, _ := h.book.View(vs[0].ID)
	if v.State != incident.StateResolved || v.AcknowledgedBy != "Li Lei" || v.WorstTier != alerts.Orange.String() {
		t.Errorf("view %+v", v)
	}
	if again := started(t, p.hub(engine, to(chat))); again.book.Views(false, 0)[0].State != incident.StateResolved || len(again.owed("chat")) != 0 {
		t.Errorf("after a restart: %+v, owed %v", again.book.Views(false, 0), again.owed("chat"))
	}
}

// Without data nothing can be judged: incidents stay as they are, and the age of the figures grows.
func TestNoDataResolvesNothing(t *testing.T) {
	p := newPlant(t)
	p.outage()
	h := started(t, p.hub(engine, nil))
	for i := 60; i <= 66; i++ {
		p.step(h, i)
	}
	p.now.Store(int64(p.at(400)))
	for range 3 {
		if err := h.evaluate(t.Context(), h.conf.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if vs := h.book.Views(true, 0); len(vs) != 1 || vs[0].Tier != "orange" {
		t.Errorf("incidents %+v", vs)
	}
	if got := gauge(t, h, "tidemark_alerts_window_age_seconds"); got != float64((400-66)*60) {
		t.Errorf("age of the windows %v s, want that of the last complete one", got)
	}
}

// fuse blows at one step of a run: the process is dead from there on.
type fuse struct{ left atomic.Int64 }

func newFuse(steps int64) *fuse {
	f := &fuse{}
	f.left.Store(steps)
	return f
}

func (f *fuse) blown() bool { return f.left.Load() <= 0 }

// burn counts a step and reports whether the process is dead.
func (f *fuse) burn() error {
	if f.left.Add(-1) <= 0 {
		return errDied
	}
	return nil
}

// life is one process: it goes through the minutes from the first one, until the end or its fuse's. It returns the minute
// in which it died.
func (p *plant) life(ctx context.Context, f *fuse, chat *inbox, from, end int) int {
	p.t.Helper()
	way := newFront(p.t)
	burn := func(string) error { return f.burn() }
	way.before.Store(&burn)
	way.after.Store(&burn)
	chat.fail = f.burn
	h := started(p.t, p.hub(way.addr, to(chat)))
	for i := from; i <= end; i++ {
		p.reach(i)
		if err := h.evaluate(ctx, h.conf.Now()); err != nil && !f.blown() {
			p.t.Fatal(err)
		}
		if f.blown() || pump(ctx, h) != nil {
			return i
		}
	}
	return end + 1
}

// A process may die before and after every write and every delivery: what is decided, stored and told in the end is the
// same, and nothing is lost.
func TestCrashBetweenAnyTwoSteps(t *testing.T) {
	p := newPlant(t)
	p.paid("chaye", 0, 60, 20)
	p.paid("chaye", 60, 61, 5)
	p.paid("chaye", 62, 63, 5) // nothing in the minute before
	p.paid("chaye", 63, 64, 20)
	const first, end = 61, 64
	calm := &inbox{}
	if died := p.life(t.Context(), newFuse(1<<30), calm, first, end); died != end+1 {
		t.Fatalf("died in minute %d", died)
	}
	want := p.stored()
	if s := calm.kinds(); s != "opened yellow, escalated orange, eased yellow, resolved green" {
		t.Fatalf("without a crash: %s", s)
	}
	repeated, crashes := 0, 0
	for step := int64(1); ; step++ {
		p.forget()
		chat := &inbox{}
		at := p.life(t.Context(), newFuse(step), chat, first, end)
		if at > end {
			break // the fuse was longer than the run
		}
		crashes++
		if at = p.life(t.Context(), newFuse(1<<30), chat, at, end); at != end+1 {
			t.Fatalf("step %d: the second process died in minute %d", step, at)
		}
		if got := p.stored(); !slices.Equal(got, want) {
			t.Errorf("step %d: stored %q, want %q", step, got, want)
		}
		got := chat.each()
		for name := range calm.each() {
			if got[name] == 0 {
				t.Errorf("step %d: message %s was lost", step, name)
			}
			if got[name] > 1 {
				repeated++
			}
			delete(got, name)
		}
		if len(got) > 0 {
			t.Errorf("step %d: messages that nobody decided: %v", step, got)
		}
	}
	if crashes < 30 || repeated == 0 {
		t.Errorf("%d crashes, %d repeated messages: the faults did not hit", crashes, repeated)
	}
}
