// Package history turns files of orders, payments, shipments and other events into tidemark's events, and puts those into
// the history topics, which only land reads.
//
//	file -> rows of cells -> rule of each row -> documents -> events -> what is not stored yet -> <family>.history
//
// A mapping (YAML, docs/import.md) says what the columns mean. Every line of the file is used, ignored by a rule, or refused
// with a reason, and the report's numbers add up.
//
// Guarantee: an event's id follows from shop, source, document and type, so a file can be imported again, whole or after
// an interruption, and changes nothing. Events that are stored already are left as they are, also where the file now says
// something else.
//
// Personal data: columns that the mapping does not name are not read. Fields are cleaned by the collectors' rules
// (ingest.Adopt). Logs, errors and reports name columns, lines and reasons, never what a cell holds.
package history
