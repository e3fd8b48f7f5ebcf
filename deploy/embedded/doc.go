// Package embedded runs tidemark on one machine without servers: Kafka in this process (kfake, on disk) and the ClickHouse
// engine (libchdb) in a supervised child process behind ClickHouse's HTTP interface.
package embedded
