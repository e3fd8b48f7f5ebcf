package recompute

import (
	"context"
	"slices"

	"tidemark/processors"
	"tidemark/sinks/clickhouse"
)

// openMark is a mark that no recompute has reached.
type openMark struct {
	Start int64  `ch:"start"`
	Part  uint64 `ch:"part"`
	At    int64  `ch:"at"` // append time
}

// openMarks lists what is dirty, by metric.
func (r *Recompute) openMarks(ctx context.Context) (map[string][]openMark, error) {
	type row struct {
		Metric string `ch:"metric"`
		openMark
	}
	rows, err := clickhouse.Select[row](ctx, r.Sink, "SELECT d.metric AS metric, toUnixTimestamp64Milli(d.window_start) AS start, d.part AS part, toUnixTimestamp64Milli(d.at) AS at FROM v_dirty AS d ORDER BY metric, start, part")
	out := map[string][]openMark{}
	for _, row := range rows {
		out[row.Metric] = append(out[row.Metric], row.openMark)
	}
	return out, err
}

// extent is the windows that an event may change which is missing in the window that begins at start: that window alone,
// for a metric of single events. A late event of a session is marked at the window in which it would have ended a session
// of its own. It may have ended up to a gap earlier before, as the session that the event prolongs; and it may end later
// by as much as a session can be long, where the event ties two together.
func extent(s *processors.Spec, start int64) slice {
	step := s.Window.StepMS()
	if s.Sessions == nil {
		return slice{start, start + step}
	}
	gap, span := s.Sessions.Gap.Milliseconds(), s.Sessions.MaxSpan.Milliseconds()
	return slice{s.Window.Last(start - gap), ceil(start+s.Window.SizeMS()+gap+span, step)}
}

// near is how far apart two extents may lie for one job to do both, in windows: the windows between cost less than a job.
const near = 10

// correction is a job and the marks that it clears.
type correction struct {
	Job
	marks []openMark
}

// corrections groups marks, which come in the order of time, into jobs. Marks whose extent is not closed wait.
func corrections(s *processors.Spec, marks []openMark, closedTo int64) []correction {
	var out []correction
	var end int64
	for _, m := range marks {
		e := extent(s, m.Start)
		if e.to > closedTo {
			continue
		}
		if n := len(out); n == 0 || e.from > end+near*s.Window.StepMS() {
			out = append(out, correction{Job: Job{Metric: s.Name, From: millis(e.from), noWait: true}})
		}
		c := &out[len(out)-1]
		end = max(end, e.to)
		c.To = millis(end)
		c.marks = append(c.marks, m)
		if !slices.Contains(c.Parts, m.Part) {
			c.Parts = append(c.Parts, m.Part)
		}
		if s.Sessions != nil {
			c.settle = m.Start + s.Window.SizeMS() - s.Sessions.Gap.Milliseconds()
		}
	}
	return out
}
