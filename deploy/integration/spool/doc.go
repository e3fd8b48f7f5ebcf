// Package spool stops a real Kafka beneath a collector with a spool, under load, and holds what is stored afterwards to
// what the senders were told.
package spool
