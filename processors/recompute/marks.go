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

// happened is the event time, at most, of a late event of a session that is marked at a window.
func happened(s *processors.Spec, start int64) int64 {
	return start + s.Window.SizeMS() - s.Sessions.Gap.Milliseconds()
}

// curable leaves out marks that no recompute can clear: of a live part whose raw events retention may have deleted, as of a
// sender whose clock is years behind, and of parts that cannot be counted. kept is the first window that is whole.
func curable(s *processors.Spec, marks []openMark, at standing, kept int64) []openMark {
	return slices.DeleteFunc(slices.Clone(marks), func(m openMark) bool {
		_, counted := at.upto[m.Part]
		return !counted || slices.Contains(at.live, m.Part) && extent(s, m.Start).from < kept
	})
}

// partsOf lists the parts of marks.
func partsOf(marks []openMark) (parts []uint64) {
	for _, m := range marks {
		if !slices.Contains(parts, m.Part) {
			parts = append(parts, m.Part)
		}
	}
	return parts
}

// near is how far apart two extents may lie to be one stretch, in windows: the windows between cost less than a stretch.
const near = 20

// corrections makes one job of the marks, which come in the order of time, whose extents are closed; done are those
// marks. The others wait.
func corrections(s *processors.Spec, marks []openMark, closedTo int64) (job Job, done []openMark) {
	job = Job{Metric: s.Name, noWait: true}
	for _, m := range marks {
		e := extent(s, m.Start)
		if e.to > closedTo {
			continue
		}
		n := len(job.stretches)
		if n == 0 || e.from > job.stretches[n-1].to+near*s.Window.StepMS() {
			job.stretches = append(job.stretches, stretch{slice: e})
			n++
		}
		last := &job.stretches[n-1]
		last.to = max(last.to, e.to)
		if s.Sessions != nil {
			last.settle = happened(s, m.Start)
		}
		done = append(done, m)
	}
	job.Parts = partsOf(done)
	if n := len(job.stretches); n > 0 {
		job.From, job.To = millis(job.stretches[0].from), millis(job.stretches[n-1].to)
	}
	return job, done
}
