package hub

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/alerts"
	"tidemark/alerts/incident"
	"tidemark/schemas"
)

// pushed is what an Alertmanager was asked, in order.
type pushed struct {
	calls []string
	fail  map[string]error // by first word of the call
}

func (p *pushed) take(call string) error {
	word, _, _ := strings.Cut(call, " ")
	if err := p.fail[word]; err != nil {
		return err
	}
	p.calls = append(p.calls, call)
	return nil
}

func (p *pushed) manager() *Alertmanager {
	shops := func(vs []incident.View) string {
		var out []string
		for _, v := range vs {
			out = append(out, v.Shop+":"+v.Tier)
		}
		slices.Sort(out)
		return strings.Join(out, ",")
	}
	return &Alertmanager{
		Refresh: func(_ context.Context, active, resolved []incident.View) error {
			return p.take("refresh [" + shops(active) + "] [" + shops(resolved) + "]")
		},
		Silence:   func(_ context.Context, v incident.View) error { return p.take("silence " + v.Shop) },
		Unsilence: func(_ context.Context, v incident.View) error { return p.take("unsilence " + v.Shop) },
	}
}

// managed is a hub with an Alertmanager and a book that tests fill by hand.
type managed struct {
	*Hub
	t    *testing.T
	p    *plant
	am   *pushed
	told map[string]string
}

func newManaged(t *testing.T) *managed {
	p, am := newPlant(t), &pushed{fail: map[string]error{}}
	return &managed{started(t, p.hub(engine, func(c *Config) { c.Alertmanager = am.manager() })), t, p, am, map[string]string{}}
}

func (m *managed) judge(minute int, tier alerts.Tier) {
	m.p.now.Store(int64(m.p.at(minute)))
	m.book.Judge([]alerts.Reading{{Rule: "paid_orders_fall", Key: "a", Start: m.p.at(minute), Tier: tier, Span: 1}}, m.p.at(minute))
}

func (m *managed) do(k incident.Kind) {
	m.t.Helper()
	if _, err := m.book.Do(m.book.Views(false, 1)[0].ID, k, incident.Action{Actor: "Li", Verdict: incident.Real}, schemas.Millis(m.p.now.Load())); err != nil {
		m.t.Fatal(err)
	}
}

// asks refreshes and compares what Alertmanager was asked.
func (m *managed) asks(want ...string) {
	m.t.Helper()
	m.am.calls = nil
	err := m.refresh(m.t.Context(), m.told)
	if !slices.Equal(m.am.calls, want) || (err != nil) != (len(m.am.fail) > 0) {
		m.t.Errorf("asked %q: %v, want %q", m.am.calls, err, want)
	}
}

func TestAlertmanagerIsToldTheState(t *testing.T) {
	m := newManaged(t)
	m.asks("refresh [] []")
	m.judge(0, alerts.Yellow)
	m.asks("refresh [a:yellow] []")
	m.do(incident.Acknowledged)
	m.asks("silence a", "refresh [a:yellow] []")
	m.asks("silence a", "refresh [a:yellow] []") // each time: a silence is short
	m.judge(1, alerts.Orange)
	m.asks("unsilence a", "refresh [a:orange] []") // nobody has acknowledged orange
	m.asks("refresh [a:orange] []")
	m.do(incident.Handling)
	m.asks("silence a", "refresh [a:orange] []")
	m.judge(2, alerts.Green)
	m.asks("unsilence a", "refresh [] [a:green]")
	m.asks("refresh [] [a:green]")
	m.judge(3, alerts.Orange) // it is still Li's
	m.asks("silence a", "refresh [a:orange] []")
	m.do(incident.Resolved)
	m.asks("unsilence a", "refresh [] [a:green]")
	m.do(incident.Reviewed)
	m.asks("unsilence a", "refresh [] [a:green]")
	m.p.now.Store(int64(m.p.at(60)))
	m.asks("refresh [] []")
	if len(m.told) != 0 {
		t.Errorf("silences of old incidents are remembered: %v", m.told)
	}
}

// Nobody hears of a resolution while the silence stands: it is held back until the silence is gone.
func TestResolutionWaitsForTheEndOfTheSilence(t *testing.T) {
	m := newManaged(t)
	m.judge(0, alerts.Orange)
	m.do(incident.Acknowledged)
	m.asks("silence a", "refresh [a:orange] []")
	m.judge(1, alerts.Green)
	m.am.fail["unsilence"] = errors.New("away")
	m.asks("refresh [] []")
	m.am.fail = map[string]error{}
	m.asks("unsilence a", "refresh [] [a:green]")
	// A new process does not know what was silenced, and makes sure.
	m.told = map[string]string{}
	m.asks("unsilence a", "refresh [] [a:green]")
}

func TestASilenceThatFailsHoldsUpNothing(t *testing.T) {
	m := newManaged(t)
	m.judge(0, alerts.Orange)
	m.do(incident.Acknowledged)
	m.am.fail["silence"] = errors.New("away")
	m.asks("refresh [a:orange] []")
}

// Alerts that came from Alertmanager do not go back there.
func TestForeignIncidentsAreNotPushed(t *testing.T) {
	m := newManaged(t)
	m.book.Raise([]incident.Alert{{Source: incident.Manager, Rule: "Lag", Key: "x", Tier: alerts.Orange, Firing: true, Start: m.p.at(0), Fingerprint: "f"}}, m.p.at(0))
	m.asks("refresh [] []")
}

func TestAlertmanagerAway(t *testing.T) {
	p := newPlant(t)
	p.outage()
	p.reach(66)
	tick, refreshed, fails := make(chan time.Time), make(chan string, 100), 3
	h := p.hub(engine, func(c *Config) {
		c.Tick = tick
		am := (&pushed{}).manager()
		am.Refresh = func(_ context.Context, active, _ []incident.View) error {
			if fails--; fails >= 0 {
				return errors.New("away")
			}
			for _, v := range active {
				refreshed <- v.Tier
			}
			return nil
		}
		c.Alertmanager = am
	})
	evaluate, end := running(t, h, tick)
	evaluate()
	if tier := <-refreshed; tier != "yellow" && tier != "orange" {
		t.Errorf("tier %s", tier)
	}
	end()
	if n := gauge(t, h, "tidemark_alerts_delivery_failures_total", "alertmanager"); n != 3 {
		t.Errorf("%v failures counted, want 3", n)
	}
}

// An Alertmanager that hangs on silences is still told that the alert goes on.
func TestSilencesLeaveTimeToPush(t *testing.T) {
	m := newManaged(t)
	m.judge(0, alerts.Orange)
	m.do(incident.Acknowledged)
	m.conf.DeliverTimeout = 2 * time.Second
	pushedInTime := false
	m.conf.Alertmanager = &Alertmanager{
		Silence: func(ctx context.Context, _ incident.View) error { <-ctx.Done(); return ctx.Err() },
		Refresh: func(ctx context.Context, active, _ []incident.View) error {
			pushedInTime = len(active) == 1 && ctx.Err() == nil
			return nil
		},
	}
	if err := m.refresh(t.Context(), m.told); !errors.Is(err, context.DeadlineExceeded) || !pushedInTime {
		t.Errorf("pushed in time %v, error %v", pushedInTime, err)
	}
}
