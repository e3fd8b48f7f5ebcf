// Package rollup brings the catalogue's rollups up to date, in the order of their dependencies and in every shop's own
// calendar.
//
// A pass over a rollup and a shop finds the periods that are due: the open one, those that new events touch, however old,
// those of another definition, and those whose rollups before have been rebuilt. It computes them, some hundred per
// statement, under a fresh version, and then writes which version is to be read: a period changes at once, and a pass that
// breaks off has changed nothing or whole periods. What is due is read from ClickHouse each time, so the next pass, in
// this process or another, goes on. Run one: a second does the same work again, and may leave a rollup on an older state of
// the one that it rests on until that is touched again.
//
// New events are found by offset, per partition, not by time: a group that lands late is no different. Two things are not
// found: rows that were removed from a raw table, and rows put back below offsets that were seen. Rebuild what they
// concern by hand: tidemark rollup --only NAME --from DAY --to DAY.
package rollup
