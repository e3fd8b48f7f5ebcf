// Package chhttp serves ClickHouse's HTTP interface over an engine in this process (package chdb), for one machine:
// demo, development, tests. It serves what clickhouse-go, clickhouse-connect, Grafana's plugin and curl send: queries,
// parameters, settings, inserts in any format, users. Sessions, external tables, roles and transactions are refused with
// a ClickHouse error, so that nothing is silently ignored.
//
// Read-only users get what the engine's readonly=1 allows, less what would reach beyond the tables; see checkReadOnly.
//
// Output streams: the statement gets INTO OUTFILE with a pipe. Insert data is stored in an unlinked file first, so that a
// client that goes away leaves no half batch, and the engine reads it by FROM INFILE.
package chhttp
