//go:build integration

package alerting

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"tidemark/alerts/incident"
)

// TestPipelineAlertEases: of an alert of the pipeline with both tiers, as Prometheus sends it, the hub hears of orange
// alone, since that mutes yellow. When orange ends and yellow goes on, the incident eases and is not over.
func TestPipelineAlertEases(t *testing.T) {
	in, s := newInbox(t), newShop(t)
	s.api, s.admin = freeAddr(t), freeAddr(t)
	c := newCluster(t, in, s.api, "4h")
	s.judge(t)

	began := time.Now()
	c.tell(t, "orange", began, time.Hour)
	s.pipeline(t, "open", "orange", "opened")
	c.tell(t, "yellow", began, time.Hour) // muted
	c.tell(t, "orange", began, 0)
	s.pipeline(t, "open", "yellow", "opened eased")
	c.tell(t, "yellow", began, 0)
	s.pipeline(t, "resolved", "green", "opened eased resolved")
}

// tell sends a tier of an alert to both Alertmanagers; it ends so long from now.
func (c *cluster) tell(t *testing.T, tier string, began time.Time, ends time.Duration) {
	t.Helper()
	body, err := json.Marshal([]map[string]any{{
		"labels":   map[string]string{"alertname": "ConsumerLag", "rule": "consumer_lag", "series": "tidemark-fast/orders", "tier": tier, "severity": tier, "team": "platform"},
		"startsAt": began, "endsAt": time.Now().Add(ends),
	}})
	must(t, err)
	for i := range c.run {
		must(t, ask(http.MethodPost, c.url(i, "alerts"), http.Header{"Content-Type": {"application/json"}}, string(body), nil))
	}
}

// pipeline waits until the incident of the pipeline is as wanted, and compares what has happened to it.
func (s *shop) pipeline(t *testing.T, state, tier, events string) {
	t.Helper()
	var found incident.View
	until(t, fmt.Sprintf("the pipeline's incident is %s and %s", state, tier), func() (bool, string) {
		var views []incident.View
		err := ask("GET", "http://"+s.api+"/api/incidents?state=all", nil, "", &views)
		for _, v := range views {
			if v.Rule == "consumer_lag" {
				found = v
			}
		}
		return err == nil && found.State == state && found.Tier == tier, fmt.Sprint(views, err)
	}, s.hub)
	var full incident.View
	must(t, ask("GET", "http://"+s.api+"/api/incidents/"+found.ID, nil, "", &full))
	happened := ""
	for _, e := range full.Events {
		happened += " " + string(e.Kind)
	}
	if happened != " "+events {
		t.Errorf("happened:%s, want %s", happened, events)
	}
}
