//go:build integration

package alerting

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// TestOncePerState: whatever is killed in between, each state of an alert reaches the people once: yellow, orange (which
// mutes yellow), and that both are over.
func TestOncePerState(t *testing.T) {
	in, s := newInbox(t), newShop(t)
	s.api, s.admin = freeAddr(t), freeAddr(t)
	c := newCluster(t, in, s.api, "4h")
	secret := filepath.Join(s.dir, "webhook-secret")
	must(t, os.WriteFile(secret, []byte(in.secret), 0o600))
	s.judge(t, "--alertmanager", "http://"+c.web[0], "--alertmanager", "http://"+c.web[1], "--webhook", in.URL+"/tidemark", "--webhook-secret-file", secret)

	s.minuteOf(t, s.usual, s.usual, "kiefer") // the other shop stays well
	s.minutes--
	s.minuteOf(t, s.usual, s.usual/4, "chaye")
	s.complete(t)
	s.incident(t, "chaye", "open", "yellow")
	in.wait(t, "chat paid_orders_fall chaye yellow firing", 1)

	for range 2 {
		s.minuteOf(t, s.usual, s.usual, "kiefer")
		s.minutes--
		s.minuteOf(t, s.usual, 0, "chaye")
	}
	s.complete(t)
	s.incident(t, "chaye", "open", "orange")
	in.wait(t, "pager paid_orders_fall chaye orange firing", 1)
	s.rows(t, "SELECT countIf(kind = 'delivered') FROM alert_events FINAL", "2")
	c.noted(t, 4) // of each tier the team and tidemark's own hook were told

	must(t, s.hub.Kill())
	must(t, c.run[0].Kill())
	s.judge(t)
	s.incident(t, "chaye", "open", "orange")
	c.start(t, 0)
	c.join(t)
	c.alerts(t, 0, 2) // both tiers, told again after the restart

	for range 25 {
		s.minute(t, s.usual, s.usual)
	}
	s.complete(t)
	s.incident(t, "chaye", "resolved", "green")
	in.wait(t, "pager paid_orders_fall chaye orange resolved", 1)
	in.wait(t, "chat paid_orders_fall chaye yellow resolved", 1)
	in.wait(t, "webhook chaye resolved green", 1)
	for i := range c.run {
		c.alerts(t, i, 0)
	}
	in.check(t)
	want := map[string]int{
		"chat paid_orders_fall chaye yellow firing": 1, "chat paid_orders_fall chaye yellow resolved": 1,
		"pager paid_orders_fall chaye orange firing": 1, "pager paid_orders_fall chaye orange resolved": 1,
		"webhook chaye opened yellow": 1, "webhook chaye escalated orange": 1, "webhook chaye resolved green": 1,
	}
	if got := in.got(""); !maps.Equal(got, want) {
		t.Errorf("came %v\nwant %v", got, want)
	}
	s.rows(t, "SELECT state, tier, worst_tier FROM v_incidents", "resolved green orange")
}
