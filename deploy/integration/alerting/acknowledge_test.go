//go:build integration

package alerting

import (
	"net/http"
	"testing"
)

// TestAcknowledgingSilences: two shops fail alike; the one that somebody has acknowledged is not told again while the
// other is, and that it is over is told of both.
func TestAcknowledgingSilences(t *testing.T) {
	in, s := newInbox(t), newShop(t)
	s.api, s.admin = freeAddr(t), freeAddr(t)
	c := newCluster(t, in, s.api, "4s")
	s.judge(t, "--alertmanager", "http://"+c.web[0], "--alertmanager", "http://"+c.web[1])
	const mine, other = "pager paid_orders_fall chaye orange firing", "pager paid_orders_fall kiefer orange firing"

	s.minute(t, s.usual, 0)
	s.complete(t)
	in.wait(t, mine, 2) // it is told again and again
	v := s.incident(t, "chaye", "open", "orange")
	must(t, ask(http.MethodPost, "http://"+s.api+"/api/incidents/"+v.ID+"/acknowledge",
		http.Header{"Content-Type": {"application/json"}, "X-Tidemark": {"1"}}, `{"actor": "Li Lei", "note": "on it"}`, nil))
	s.incident(t, "chaye", "acknowledged", "orange")
	for i := range c.run {
		c.silences(t, i, 1)
	}
	// A message that was on its way when the silence came may still arrive with the other shop's next one.
	in.wait(t, other, in.count(other)+1)
	before := in.count(mine)
	in.wait(t, other, in.count(other)+3)
	if after := in.count(mine); after != before {
		t.Errorf("told %d times more after somebody had acknowledged it", after-before)
	}

	for range 25 {
		s.minute(t, s.usual, s.usual)
	}
	s.complete(t)
	s.incident(t, "chaye", "resolved", "green")
	in.wait(t, "pager paid_orders_fall chaye orange resolved", 1)
	in.wait(t, "pager paid_orders_fall kiefer orange resolved", 1)
	for i := range c.run {
		c.silences(t, i, 0)
	}
	in.check(t)
}
