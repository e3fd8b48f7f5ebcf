// Package rulefiles derives from the catalogue what other programs need to judge and tell: alert rules for Grafana,
// rules of pipeline health for Prometheus with their unit tests, the configuration of Alertmanager, and one runbook page
// per alert. Like every derived file they are committed, and a build fails where they are not up to date.
//
// The structs that are written as YAML are this package's own: Grafana's files differ from its HTTP API, which
// the published libraries describe.
package rulefiles
