// Package audit compares what every consumer group says it did with the events of each minute of append time: group with
// group, accounts with raw rows, and both with Kafka's log. It names the first difference.
package audit
