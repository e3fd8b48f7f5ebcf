package processors

import (
	"context"
	"fmt"
)

// assignment works out where the group stands in a partition, and the offset that the client will fetch first.
func (s *session) assignment(ctx context.Context, c claim, b logBounds) (a Assignment, first int64, err error) {
	start, end, err := b.of(c.topicPartition)
	if err != nil {
		return a, 0, err
	}
	a = Assignment{Topic: c.topic, Partition: c.partition, Part: Part(b.ids[c.topic], c.partition), LogStart: start}
	if c.offset < 0 {
		a.Known, err = s.cfg.Sink.Watermark(ctx, s.cfg.Work.Group, a.Part)
		return a, start, err
	}
	a.Position = s.position(c)
	if err := s.checkEnd(c, a.Position, end); err != nil {
		return a, 0, unusable{err}
	}
	if a.Position == nil {
		// For the task, the log begins where the group begins to read it.
		a.LogStart = c.offset
		a.Known, err = s.cfg.Sink.Watermark(ctx, s.cfg.Work.Group, a.Part)
	}
	return a, c.offset, err
}

// position reads the commit's metadata. Metadata that is not ours counts as none: the windows under way at that point
// are then marked as cut, which is visible and can be recomputed.
func (s *session) position(c claim) *Position {
	p, err := DecodePosition(c.offset, c.metadata)
	if err != nil {
		s.meter.foreign.Inc()
		s.cfg.Log.Warn().Err(err).Str("group", s.cfg.Work.Group).Str("topic", c.topic).Int32("partition", c.partition).Int64("offset", c.offset).
			Msg("commit without a position: windows under way are cut and need a recompute")
		return nil
	}
	return &p
}

// checkStart refuses to read on from an offset that the log does not hold any more.
func (s *session) checkStart(c claim, first int64, b logBounds) error {
	start, _, err := b.of(c.topicPartition)
	if err == nil && first < start {
		err = fmt.Errorf("%s/%d: group %q must read on from offset %d, but the log starts at %d: retention is shorter than the span that the metrics need; "+
			"lengthen retention.ms, reset the group's offsets to earliest and recompute the gap from raw events", c.topic, c.partition, s.cfg.Work.Group, first, start)
	}
	return err
}

// checkEnd refuses a position that the log has not reached.
func (s *session) checkEnd(c claim, p *Position, end int64) error {
	next := c.offset
	if p != nil {
		next = p.P
	}
	if next > end {
		return fmt.Errorf("%s/%d: group %q stands at offset %d, but the log ends at %d: the log was truncated or the topic was made anew; "+
			"reset the group's offsets to earliest and recompute from raw events", c.topic, c.partition, s.cfg.Work.Group, next, end)
	}
	return nil
}
