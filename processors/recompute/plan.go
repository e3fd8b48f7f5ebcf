package recompute

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// slice is a stretch of event time: from <= t < to, milliseconds.
type slice struct{ from, to int64 }

// bucket is a stretch of event time with what lies in it.
type bucket struct {
	slice
	rows   int64 // raw rows
	weight int64 // raw rows and their lines, and rows of the metric's table
	hi     int64 // latest occurred_at of the raw rows
}

// plan is what lies where in the event time of a recompute: buckets in the order of time, empty ones left out.
type plan struct{ buckets []bucket }

// planRow is one bucket of a query.
type planRow struct {
	B      int64 `ch:"b"`
	Rows   int64 `ch:"n"`
	Hi     int64 `ch:"hi"`
	Weight int64 `ch:"weight"`
}

// rowLines is how many lines of an order weigh as much as a row without any.
const rowLines = 4

// plan counts what lies in [from, to) by hours, and by the grain where an hour holds more than a slice may; buckets begin
// at from and at multiples of the grain after it.
func (w *work) plan(ctx context.Context, from, to, grain int64, upto map[uint64]int64) (*plan, error) {
	const hour, minute = 3_600_000, 60_000
	p := &plan{}
	coarse, err := w.buckets(ctx, slice{from, to}, ceil(hour, grain), upto)
	if err != nil {
		return nil, err
	}
	fine := ceil(minute, grain)
	for _, b := range coarse {
		if b.weight <= w.r.SliceRows || fine >= b.to-b.from {
			p.buckets = append(p.buckets, b)
			continue
		}
		parts, err := w.buckets(ctx, b.slice, fine, upto)
		if err != nil {
			return nil, err
		}
		p.buckets = append(p.buckets, parts...)
	}
	return p, nil
}

// buckets counts by one width.
func (w *work) buckets(ctx context.Context, s slice, width int64, upto map[uint64]int64) ([]bucket, error) {
	of := func(time string) string { return fmt.Sprintf("intDiv(%s - %d, %d)", time, s.from, width) }
	during := fmt.Sprintf("%s >= %d AND %[1]s < %[3]d AND %[4]s", eventTime, s.from, s.to, before(upto))
	weight := fmt.Sprintf("toInt64(count() + intDiv(sum(%s), %d))", w.wire.Lines, rowLines)
	sql := fmt.Sprintf(`SELECT b, sum(n) AS n, max(hi) AS hi, sum(weight) AS weight FROM (
  SELECT %[1]s AS b, toInt64(count()) AS n, max(toUnixTimestamp64Milli(occurred_at)) AS hi, %[11]s AS weight FROM %[2]s
  WHERE toStartOfHour(occurred_at) >= toStartOfHour(%[3]s) AND occurred_at >= %[3]s AND occurred_at < '%[4]s' AND %[5]s GROUP BY b
  UNION ALL
  SELECT %[1]s AS b, toInt64(count()) AS n, max(toUnixTimestamp64Milli(occurred_at)) AS hi, %[11]s AS weight FROM %[2]s
  WHERE received_at >= %[6]s AND occurred_at >= '%[4]s' AND %[5]s GROUP BY b
  UNION ALL
  SELECT %[7]s AS b, toInt64(0) AS n, toInt64(0) AS hi, toInt64(count()) AS weight FROM %[8]s
  WHERE window_start >= %[3]s AND window_start < %[9]s AND %[10]s GROUP BY b
) GROUP BY b ORDER BY b`,
		of(eventTime), w.raw.table, stamp(s.from), lastHour, during, stamp(s.from-schemas.Underway.Milliseconds()),
		of("toUnixTimestamp64Milli(window_start)"), w.def.TableName(), stamp(s.to), inParts(upto), weight)
	rows, err := clickhouse.Select[planRow](ctx, w.r.Sink, sql)
	if err != nil {
		return nil, err
	}
	out := make([]bucket, 0, len(rows))
	for _, r := range rows {
		from := s.from + r.B*width
		out = append(out, bucket{slice: slice{from, min(from+width, s.to)}, rows: r.Rows, weight: r.Weight, hi: r.Hi})
	}
	return out, nil
}

// cut divides [from, to) into slices of at most so many rows, as far as buckets allow. Each begins and ends with a bucket.
func (p *plan) cut(from, to, most int64) (out []slice) {
	at, held := from, int64(0)
	for _, b := range p.buckets {
		if b.from >= to {
			break
		}
		if held > 0 && held+b.weight > most && b.from > at {
			out = append(out, slice{at, b.from})
			at, held = b.from, 0
		}
		held += b.weight
	}
	return append(out, slice{at, to})
}

// within is what may lie in a slice.
func (p *plan) within(s slice) bucket {
	in := bucket{slice: s}
	i, _ := slices.BinarySearchFunc(p.buckets, s.from, func(b bucket, t int64) int { return cmp.Compare(b.to, t+1) })
	for ; i < len(p.buckets) && p.buckets[i].from < s.to; i++ {
		b := &p.buckets[i]
		in.rows, in.weight, in.hi = in.rows+b.rows, in.weight+b.weight, max(in.hi, b.hi)
	}
	return in
}
