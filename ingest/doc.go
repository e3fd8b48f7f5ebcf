// Package ingest is the collector: it takes events over HTTP, checks and cleans them, and puts them into Kafka.
//
//	request -> limits, key -> split into events -> per event: decode, check, map -> records
//	                                                  \-> cannot be read: dead letter with kind and reason
//	records and dead letters -> Kafka, acks=all -> 2xx
//
// Clients' calls, one file per vendor (segment.go, posthog.go and so on), become messages (message*.go), and messages
// become events. tidemark's own NDJSON batch (native*.go) and CloudEvents have the form of the events themselves.
// GET /t.js is the script for shops' pages, which speaks Segment's (script.go, docs/snippet.md).
//
// Guarantee: 2xx is answered only after every record of the request, dead letters included, is acknowledged by all
// in-sync replicas. 503 says that this could not be learnt in time; the sender repeats the request, and what Kafka had
// already taken arrives twice under the same event id and time. An event without an id gets a fresh one on every
// attempt, so for such senders a repeated request counts twice.
//
// Personal data: fields that no event type knows are dropped and counted. Traits, names, phone numbers and
// e-mail addresses are never read; one that serves as somebody's id becomes a pseudonym; of an IP address the network is
// kept; free text and dead letters are masked. Nothing a sender wrote is logged.
package ingest
