// Package incident keeps what happens to an alert from the moment it is raised: opened, escalated, acknowledged,
// handled, resolved, reviewed. Its state is a fold over events, so it is rebuilt from the stored ones after a crash.
package incident

import (
	"time"

	"tidemark/alerts"
	"tidemark/schemas"
)

// Kind is what an event says.
type Kind string

// The kinds of events.
const (
	Opened       Kind = "opened"    // for the first time, or again soon after it was resolved
	Escalated    Kind = "escalated" // yellow became orange
	Eased        Kind = "eased"     // orange became yellow; of an incident resolved by hand: the figure is back to normal
	Acknowledged Kind = "acknowledged"
	Handling     Kind = "handling"
	Resolved     Kind = "resolved"
	Reviewed     Kind = "reviewed"
	Noted        Kind = "noted"
	Delivered    Kind = "delivered" // a receiver has taken the message; Note names receiver and what
)

// Verdict is what a review found.
type Verdict string

// The verdicts; expected ones, such as promotions, count neither for nor against the rule.
const (
	Real       Verdict = "real"
	FalseAlarm Verdict = "false_alarm"
	Expected   Verdict = "expected"
)

// Event is one row of alert_events.
type Event struct {
	Incident string         `json:"incident"`
	ID       string         `json:"id"` // identity within the incident
	At       schemas.Millis `json:"at"`
	Kind     Kind           `json:"kind"`
	Rule     string         `json:"rule"`
	Key      alerts.Key     `json:"series"`
	Team     string         `json:"team"`
	Tier     alerts.Tier    `json:"-"`
	Actor    string         `json:"actor"`
	Note     string         `json:"note,omitempty"`
	Verdict  Verdict        `json:"verdict,omitempty"`
	Start    schemas.Millis `json:"window_start"`
	Actual   float64        `json:"actual"` // over the deciding span: a ratio, or a count per window
	Expected float64        `json:"expected"`
	Samples  float64        `json:"samples"`
	Span     int            `json:"span"`
	Sigma    float64        `json:"sigma"`
	Basis    alerts.Basis   `json:"basis"`
	Open     bool           `json:"open"`
}

// View is an incident as the API gives it.
type View struct {
	ID             string            `json:"id"`
	Rule           string            `json:"rule"`
	Title          map[string]string `json:"title"` // by language: en, zh
	Series         string            `json:"series"`
	Shop           string            `json:"shop"`
	Team           string            `json:"team"`
	Owner          string            `json:"owner"`
	State          string            `json:"state"` // open, acknowledged, handling, resolved, reviewed
	Tier           string            `json:"tier"`  // green once resolved
	WorstTier      string            `json:"worst_tier"`
	OpenedAt       time.Time         `json:"opened_at"`
	AcknowledgedAt *time.Time        `json:"acknowledged_at,omitempty"`
	AcknowledgedBy string            `json:"acknowledged_by,omitempty"`
	// AcknowledgedTier is the tier that somebody has taken note of: an incident that has risen above it may, and should,
	// be acknowledged again.
	AcknowledgedTier string     `json:"acknowledged_tier,omitempty"`
	ResolvedAt       *time.Time `json:"resolved_at,omitempty"`
	Verdict          Verdict    `json:"verdict,omitempty"`
	Unit             string     `json:"unit"`   // of actual and expected: "" (count) or ratio
	Actual           float64    `json:"actual"` // newest reading: a ratio, or a count per window
	Expected         float64    `json:"expected"`
	Samples          float64    `json:"samples"`
	Window           string     `json:"window"` // length of the deciding span, for example 5m
	Sigma            float64    `json:"sigma"`
	Basis            string     `json:"basis"`
	Provisional      bool       `json:"provisional"`
	Board            string     `json:"board"`   // id of the board
	Panel            uint32     `json:"panel"`   // id of the panel there
	Runbook          string     `json:"runbook"` // address of the page
	Events           []Event    `json:"events,omitempty"`
}

// Action is what somebody does to an incident; the body of POST /api/incidents/{id}/{acknowledge|handling|note|resolve|review}.
type Action struct {
	Actor   string  `json:"actor"` // a person's name; required
	Note    string  `json:"note"`
	Verdict Verdict `json:"verdict"` // of a review; required there
}

// Report is how a rule has done.
type Report struct {
	Rule                     string            `json:"rule"`
	Title                    map[string]string `json:"title"`
	Incidents                int               `json:"incidents"`
	Orange                   int               `json:"orange"`
	MeanSecondsToAcknowledge *float64          `json:"mean_seconds_to_acknowledge"`
	Reviewed                 int               `json:"reviewed"`
	Real                     int               `json:"real"`
	FalseAlarms              int               `json:"false_alarms"`
	Expected                 int               `json:"expected"`
	Precision                *float64          `json:"precision"` // real / (real + false alarms)
}
