// Package demo runs all of tidemark on one machine: broker, engine, collector, processors and landing, fed by simulated
// shops, with boards, alerts, a live line, and a check of what the tables say against what the simulator knows. It can
// stage an incident.
package demo
