// Package archive keeps raw events as Parquet files in a folder or in an S3-compatible store, and reads them back.
//
// What is kept comes in spans: unbroken stretches of one partition's log, cut at points that only the log decides. Each
// span is a set of files, one per shop and day, and a manifest that is written after them:
//
//	family=orders/shop=berlin/day=2026-03-01/<part>-<first>-<next>.parquet
//	_spans/<part>/<first>-<next>.json
//
// Guarantee: a span whose manifest exists is whole, and neither it nor its files are ever written again. Names and bytes
// are functions of the log, the cuts and the version of the program, so whoever else writes the same span, a worker that
// was declared dead for example, writes the same bytes; at worst it repeats a file, never another content. The manifest
// holds the checksum of every file and its own; the manifests of a part must join without a gap.
package archive
