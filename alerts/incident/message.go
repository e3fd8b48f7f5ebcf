package incident

import "time"

// Message is one change of an incident, as people are told of it.
type Message struct {
	// ID names the event within the incident. A message with the same Incident.ID and ID is a repeat.
	ID       string            `json:"id"`
	Kind     Kind              `json:"kind"`  // what changed: opened, escalated, eased, acknowledged or resolved
	Again    bool              `json:"again"` // opened: the same incident as before, which had been resolved minutes ago
	At       time.Time         `json:"at"`
	Actor    string            `json:"actor"` // who did it; Evaluator for the program itself
	Note     string            `json:"note,omitempty"`
	Incident View              `json:"incident"` // as the event left it, without its events
	Subject  map[string]string `json:"subject"`  // one line by language, en and zh: tier, what and where
	Text     map[string]string `json:"text"`     // some lines by language: the figures, since when, whose; no links
}
