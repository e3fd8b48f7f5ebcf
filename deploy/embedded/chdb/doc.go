// Package chdb calls libchdb, the ClickHouse engine as a shared library, without cgo.
//
// One process holds at most one engine with one data directory; the first connection boots it, the last Close
// shuts it down. Each connection is a session of its own and runs one statement at a time. The engine can
// exhaust memory or abort, and takes its process along: run it in a child process.
package chdb
