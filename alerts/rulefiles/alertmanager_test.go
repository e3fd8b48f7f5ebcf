package rulefiles

import (
	"slices"
	"strings"
	"testing"

	"tidemark/alerts"
	"tidemark/processors/metrics"
)

// TestAlertmanagerRoutes: every team has a way for each tier, every way a receiver, every receiver its token in a file.
func TestAlertmanagerRoutes(t *testing.T) {
	c := read[managerConfig](t, "alertmanager/alertmanager.yaml", strict)
	receivers := map[string]managerReceiver{}
	for _, r := range c.Receivers {
		receivers[r.Name] = r
		for _, w := range r.Webhooks {
			if !strings.HasPrefix(w.HTTP.Authorization.CredentialsFile, secretsDir) || !w.SendResolved || w.HTTP.FollowRedirects {
				t.Errorf("%s: %+v", r.Name, w)
			}
		}
	}
	routes := map[string]managerRoute{}
	for _, r := range c.Route.Routes {
		if len(receivers[r.Receiver].Webhooks) == 0 {
			t.Errorf("route to %s, which has no receiver", r.Receiver)
		}
		routes[strings.Join(r.Matchers, ",")] = r
	}
	if last := c.Route.Routes[len(c.Route.Routes)-1]; len(last.Matchers) > 0 {
		t.Errorf("an alert that nobody knows goes nowhere: the last route is %+v", last)
	}
	for _, rule := range append(alerts.Rules(metrics.All()), alerts.Rule{Team: platform}) {
		team := routes[`team="`+rule.Team+`"`]
		if rule.Team == platform {
			team = routes[""]
		}
		if team.Receiver != rule.Team+"-yellow" || len(team.Routes) != 1 || team.Routes[0].Receiver != rule.Team+"-orange" ||
			team.Routes[0].RepeatInterval != "30m" || !slices.Equal(team.Routes[0].Matchers, []string{`tier="orange"`}) {
			t.Errorf("team %s: %+v", rule.Team, team)
		}
		if len(receivers[rule.Team+"-orange"].Webhooks) == 0 {
			t.Errorf("team %s has no receiver for orange", rule.Team)
		}
	}
	if c.Route.RepeatInterval != "4h" || len(receivers[c.Route.Receiver].Webhooks) == 0 {
		t.Errorf("root %+v", c.Route)
	}
	hook := c.Route.Routes[0]
	if hook.Receiver != hookReceiver || !hook.Continue {
		t.Errorf("the hook must see everything and pass it on: %+v", hook)
	}
}

func TestOrangeMutesYellow(t *testing.T) {
	c := read[managerConfig](t, "alertmanager/alertmanager.yaml", strict)
	i := c.Inhibit[0]
	if len(c.Inhibit) != 1 || i.Source[0] != `tier="orange"` || i.Target[0] != `tier="yellow"` || !slices.Equal(i.Equal, []string{"rule", "series"}) {
		t.Errorf("%+v", c.Inhibit)
	}
}
