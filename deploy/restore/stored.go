package restore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks"
	"tidemark/sinks/archive"
	"tidemark/sinks/clickhouse"
)

// chunk is how many spans one query counts the rows of.
const chunk = 1000

// stored counts the rows of each span that ClickHouse has, by the span's first offset.
func (r *run) stored(ctx context.Context, family string, p *archive.Part) (map[int64]int64, error) {
	out := map[int64]int64{}
	if r.Sink == nil {
		return out, nil
	}
	type row struct {
		First uint64 `ch:"first"`
		Rows  uint64 `ch:"rows"`
	}
	table := schemas.Family[struct{}]{Name: family}.RawTable()
	firsts := p.Firsts()
	for len(firsts) > 0 {
		some := firsts[:min(chunk, len(firsts))]
		firsts = firsts[len(some):]
		end := "1"
		if len(firsts) > 0 {
			end = fmt.Sprintf("offset < %d", firsts[0])
		}
		list := strings.Trim(strings.ReplaceAll(fmt.Sprint(some), " ", ","), "[]")
		rows, err := clickhouse.Select[row](ctx, r.Sink, fmt.Sprintf(
			"SELECT roundDown(offset, [%s]::Array(UInt64)) AS first, uniqExact(offset) AS rows FROM %s WHERE part = %d AND offset >= %d AND %s GROUP BY first",
			list, table, p.Part, some[0], end))
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			out[int64(row.First)] = int64(row.Rows)
		}
	}
	return out, nil
}

// mark notes how far every group that reads the topic had come by the end of a span. Only land reads imported events.
func (r *run) mark(s *schemas.Span) {
	groups := []string{processors.ConsumerGroup("land")}
	for _, g := range []string{processors.GroupFast, processors.GroupSlow} {
		group := processors.ConsumerGroup(g)
		if work, err := r.Catalogue.Work(g, group); err == nil && slices.Contains(work.Topics, s.Topic) {
			groups = append(groups, group)
		}
	}
	for _, g := range groups {
		r.marks = append(r.marks, processors.Mark{Group: g, Topic: s.Topic, Partition: s.Partition, Part: s.Part,
			M: s.M, Ver: processors.Version(0, s.Next), At: schemas.MillisOf(time.Now())})
	}
}

// storeMarks writes the marks. Where a group has gone on, its own are of a higher version and hold.
func (r *run) storeMarks(ctx context.Context) error {
	if r.Marks = len(r.marks); r.Marks == 0 {
		return nil
	}
	return again(ctx, func() error { return r.Sink.Insert(ctx, []schemas.Block{processors.WatermarkBlock(r.marks)}) })
}

// again repeats what may be repeated, with growing pauses.
func again(ctx context.Context, do func() error) (err error) {
	wait := pause
	for try := 1; ; try++ {
		if err = do(); err == nil || sinks.Permanent(err) || try == tries || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
			wait *= 2
		}
	}
}
