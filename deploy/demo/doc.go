// Package demo runs all of tidemark on one machine: broker, engine, collector, processors and landing, fed by simulated
// shops, with a live page, a live line, and a check of what the tables say against what the simulator knows.
package demo
