package processors

import (
	"context"
	"time"

	"tidemark/schemas"
)

// mark is the row of the watermarks table that an assignment alone justifies: it repeats what was stored before, or
// names a partition that nothing is known of yet.
func (w *worker) mark() Mark {
	m, offset := w.a.Known, w.next.Load()
	if p := w.a.Position; p != nil {
		m, offset = p.MAtP, p.P
	}
	return w.markAt(m, Version(w.a.Revision, offset))
}

func (w *worker) markAt(m schemas.Millis, ver uint64) Mark {
	return Mark{
		Group: w.s.cfg.Work.Group, Topic: w.a.Topic, Partition: w.a.Partition, Part: w.a.Part,
		M: m, Ver: ver, At: schemas.Millis(time.Now().UnixMilli()),
	}
}

func (s *session) storeMarks(ctx context.Context, marks []Mark) error {
	if len(marks) == 0 {
		return nil
	}
	return s.cfg.Sink.Insert(ctx, []schemas.Block{WatermarkBlock(marks)})
}
