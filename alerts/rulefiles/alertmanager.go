package rulefiles

import (
	"slices"

	"tidemark/alerts"
)

// The shape of Alertmanager's configuration, as far as it is used here.
type (
	managerConfig struct {
		Global    map[string]string `yaml:"global"`
		Route     managerRoute      `yaml:"route"`
		Inhibit   []inhibition      `yaml:"inhibit_rules"`
		Receivers []managerReceiver `yaml:"receivers"`
	}
	managerRoute struct {
		Receiver       string         `yaml:"receiver"`
		Matchers       []string       `yaml:"matchers,omitempty"`
		GroupBy        []string       `yaml:"group_by,omitempty"`
		GroupWait      string         `yaml:"group_wait,omitempty"`
		GroupInterval  string         `yaml:"group_interval,omitempty"`
		RepeatInterval string         `yaml:"repeat_interval,omitempty"`
		Continue       bool           `yaml:"continue,omitempty"`
		Routes         []managerRoute `yaml:"routes,omitempty"`
	}
	inhibition struct {
		Source []string `yaml:"source_matchers"`
		Target []string `yaml:"target_matchers"`
		Equal  []string `yaml:"equal"`
	}
	managerReceiver struct {
		Name     string           `yaml:"name"`
		Webhooks []managerWebhook `yaml:"webhook_configs"`
	}
	managerWebhook struct {
		URL          string      `yaml:"url"`
		SendResolved bool        `yaml:"send_resolved"`
		HTTP         managerHTTP `yaml:"http_config"`
	}
	managerHTTP struct {
		Authorization struct {
			CredentialsFile string `yaml:"credentials_file"`
		} `yaml:"authorization"`
		FollowRedirects bool `yaml:"follow_redirects"`
	}
)

// Addresses in the configuration that have to be replaced.
const (
	hookURL    = "http://127.0.0.1:8005/api/hooks/alertmanager"
	chatURL    = "https://chat.example/hooks/"  // + team: where yellow goes
	pagerURL   = "https://pager.example/hooks/" // + team: where orange goes
	secretsDir = "/etc/alertmanager/secrets/"
)

const managerComment = `# Alertmanager 0.25 or newer. tidemark pushes its alerts to every instance of the cluster, Prometheus those of the pipeline.
#
# Each team has a receiver per tier: a chat for yellow, which can wait for the morning, a pager for orange. The addresses
# are placeholders; what is secret is read from files below ` + secretsDir + ` (since 0.26 also the address itself: url_file).
# Orange mutes yellow of the same rule and series. Alerts whose team has no route go to the last one, the platform's.
# tidemark's own hook is told of everything, so that the alerts of the pipeline stand in its list of incidents too.
`

func alertmanagerFile(rules []alerts.Rule) document {
	return document{path: "alertmanager/alertmanager.yaml", comment: managerComment, content: managerConfigOf(rules)}
}

func managerConfigOf(rules []alerts.Rule) managerConfig {
	c := managerConfig{
		Global: map[string]string{"resolve_timeout": "5m"},
		Route: managerRoute{
			// Grouped by what one incident is: one message for each, and one when it is over.
			Receiver: receiverName(platform, alerts.Yellow), GroupBy: []string{"rule", "series"},
			GroupWait: "30s", GroupInterval: "1m", RepeatInterval: period(repeatYellow),
			Routes: []managerRoute{{Receiver: hookReceiver, Matchers: []string{`rule!=""`}, GroupWait: "0s", GroupInterval: "10s", Continue: true}},
		},
		Inhibit: []inhibition{{
			Source: []string{tierIs(alerts.Orange)}, Target: []string{tierIs(alerts.Yellow)}, Equal: []string{"rule", "series"},
		}},
		Receivers: []managerReceiver{webhookReceiver(hookReceiver, hookURL, "tidemark-hook-token")},
	}
	for _, team := range teams(rules) {
		c.Route.Routes = append(c.Route.Routes, teamRoute(team, `team="`+team+`"`))
		c.Receivers = append(c.Receivers, teamReceivers(team)...)
	}
	c.Route.Routes = append(c.Route.Routes, teamRoute(platform)) // whatever is left
	c.Receivers = append(c.Receivers, teamReceivers(platform)...)
	return c
}

// teamRoute leads to a team's receivers. Yellow waits, so that the orange which may follow mutes it; orange does not.
func teamRoute(team string, matchers ...string) managerRoute {
	return managerRoute{
		Receiver: receiverName(team, alerts.Yellow), Matchers: matchers,
		Routes: []managerRoute{{
			Receiver: receiverName(team, alerts.Orange), Matchers: []string{tierIs(alerts.Orange)}, GroupWait: "5s", RepeatInterval: period(repeatOrange),
		}},
	}
}

func teamReceivers(team string) []managerReceiver {
	return []managerReceiver{
		webhookReceiver(receiverName(team, alerts.Yellow), chatURL+team, team+"-chat-token"),
		webhookReceiver(receiverName(team, alerts.Orange), pagerURL+team, team+"-pager-token"),
	}
}

// teams are those of the rules, each once, without the platform's.
func teams(rules []alerts.Rule) []string {
	var out []string
	for i := range rules {
		if rules[i].Team != platform {
			out = append(out, rules[i].Team)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func tierIs(t alerts.Tier) string { return `tier="` + t.String() + `"` }

func receiverName(team string, tier alerts.Tier) string { return team + "-" + tier.String() }

// webhookReceiver sends to an address with the token that a file holds. It follows no redirect: the token would go along.
func webhookReceiver(name, url, secret string) managerReceiver {
	w := managerWebhook{URL: url, SendResolved: true}
	w.HTTP.Authorization.CredentialsFile = secretsDir + secret
	return managerReceiver{Name: name, Webhooks: []managerWebhook{w}}
}
