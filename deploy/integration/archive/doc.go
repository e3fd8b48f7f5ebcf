// Package archive tests `tidemark archive` and `tidemark import --archive` on a real Kafka, real engines and a real S3
// service.
package archive
