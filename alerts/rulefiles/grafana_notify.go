package rulefiles

import (
	"time"

	"tidemark/alerts"
)

type (
	contactPoints struct {
		APIVersion int            `yaml:"apiVersion"`
		Points     []contactPoint `yaml:"contactPoints"`
	}
	contactPoint struct {
		OrgID     int               `yaml:"orgId"`
		Name      string            `yaml:"name"`
		Receivers []grafanaReceiver `yaml:"receivers"`
	}
	grafanaReceiver struct {
		UID            string            `yaml:"uid"`
		Type           string            `yaml:"type"`
		DisableResolve bool              `yaml:"disableResolveMessage"`
		Settings       map[string]string `yaml:"settings"`
	}
	policies struct {
		APIVersion int      `yaml:"apiVersion"`
		Policies   []policy `yaml:"policies"`
	}
	policy struct {
		OrgID          int         `yaml:"orgId,omitempty"`
		Receiver       string      `yaml:"receiver"`
		GroupBy        []string    `yaml:"group_by,omitempty"`
		Matchers       [][3]string `yaml:"object_matchers,omitempty"`
		GroupWait      string      `yaml:"group_wait,omitempty"`
		GroupInterval  string      `yaml:"group_interval,omitempty"`
		RepeatInterval string      `yaml:"repeat_interval,omitempty"`
		Routes         []policy    `yaml:"routes,omitempty"`
	}
)

// How often an alert that goes on is told again.
const (
	repeatYellow = 4 * time.Hour
	repeatOrange = 30 * time.Minute
)

const contactPointsComment = `# Grafana tells tidemark's hook, which keeps the incidents, mutes yellow under orange, and tells people. The address and
# the file with the token (tidemark alert run --hook-token-file) are read when Grafana starts.
`

const policiesComment = `# Caution: a policies file replaces the whole tree of the organisation. Where other alerts live in the same Grafana, leave this
# file out and add the route below the root by hand: receiver tidemark, for everything with the label rule.
`

const hookReceiver = "tidemark"

func grafanaContactPoints() contactPoints {
	return contactPoints{APIVersion: 1, Points: []contactPoint{{OrgID: 1, Name: hookReceiver, Receivers: []grafanaReceiver{{
		UID: "tidemark-hook", Type: "webhook", Settings: map[string]string{
			"url":                       "$__env{TIDEMARK_ALERTS_URL}/api/hooks/grafana",
			"httpMethod":                "POST",
			"authorization_scheme":      "Bearer",
			"authorization_credentials": "$__file{/etc/grafana/secrets/tidemark-hook-token}",
		},
	}}}}}
}

// grafanaPolicies sends at once: the hook groups and mutes, and needs to see each change.
func grafanaPolicies() policies {
	return policies{APIVersion: 1, Policies: []policy{{
		OrgID: 1, Receiver: hookReceiver, GroupBy: []string{"rule", "series"}, GroupWait: "0s", GroupInterval: "10s", RepeatInterval: period(repeatYellow),
		Routes: []policy{{
			Receiver: hookReceiver, Matchers: [][3]string{{"tier", "=", alerts.Orange.String()}}, RepeatInterval: period(repeatOrange),
		}},
	}}}
}
