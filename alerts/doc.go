// Package alerts compares the figures of the catalogue with what their own history lets expect, and says which of them
// are off, how far, and at which tier. It is pure: history comes in through functions, time is an argument.
//
// Subpackages: incident keeps what happens to an alert once it is raised, deliver tells people, store reads and writes
// ClickHouse, hub runs them together and serves the API, rulefiles derives the files for Grafana, Prometheus and
// Alertmanager and the runbook pages.
package alerts
