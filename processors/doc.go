// Package processors turns the event streams into metrics: the definition type, the catalogue, the task that works
// on one partition, and Run, which ties tasks to Kafka and to a sink.
//
// Everything rests on one sentence: a row is a pure function of the partition's log up to its version, and the
// highest version wins. A task therefore has no clock, no randomness and no I/O; Run has all of them.
package processors
