// Package ingest is the collector: it takes events over HTTP, checks and cleans them, and puts them into Kafka.
//
//	request -> limits, key -> split into events -> per event: decode, check, map -> records
//	                                                  \-> cannot be read: dead letter with kind and reason
//	records and dead letters -> Kafka, acks=all -> 2xx
//	dead letter, mended or not -> the same decode, check, map -> records (Replay)
//
// Clients' calls, one file per vendor (segment.go, posthog.go and so on), become messages (message*.go), and messages
// become events. tidemark's own NDJSON batch (native*.go) and CloudEvents have the form of the events themselves.
// GET /t.js is the script for shops' pages, which speaks Segment's (script.go, docs/snippet.md).
// Signed webhooks of shop systems, parcel trackers and payment providers come in beside them (webhooks.go, package webhook).
//
// Guarantee: 2xx is answered only after every record of the request, dead letters included, is acknowledged by all
// in-sync replicas. 503 says that this could not be learnt in time; the sender repeats the request, and what Kafka had
// already taken arrives twice under the same event id and time. An event without an id gets a fresh one on every
// attempt, so for such senders a repeated request counts twice.
//
// With a spool (Spooling) this holds for orders and all else, which are answered 503 while Kafka is away. A request of
// clickstream only, whose dead letters may go with it, is then answered 2xx once it is fsynced on this machine's disk, and
// sent on in order when Kafka is back; the loss of that disk before then loses it. The spool is bounded, and a full one
// means 503; sampling in its place is left out. What Kafka had taken without the collector learning of it is sent again
// from the spool, as is a batch of it whose acknowledgement a crash cut off: copies under the same id, time and key.
//
// Personal data: fields that no event type knows are dropped and counted. Traits, names, phone numbers and
// e-mail addresses are never read; one that serves as somebody's id becomes a pseudonym; of an IP address the network is
// kept; free text and dead letters are masked, in the spool as well. Nothing a sender wrote is logged.
package ingest
