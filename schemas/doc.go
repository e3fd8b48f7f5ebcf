// Package schemas defines every event that travels through Kafka: one Go struct per family is the source from
// which the wire format (JSON), the raw tables (ClickHouse), the JSON Schemas and the event dictionary are derived.
//
// Tags of a field: json is its name on the wire, ch its ClickHouse type, class its protection class
// (C1 public, C2 internal, C3 personal pseudonym, C4 sensitive), doc its meaning with units.
// The package is a leaf: it knows nothing of Kafka, ClickHouse connections or metrics.
package schemas
