package recompute

import (
	"context"
	"time"

	"tidemark/processors"
)

// countEvents rebuilds a metric of single events, slice by slice. A slice is a count of its own: it reads every event of
// its windows, so nothing is carried over, and within a window tuples come in the order of the log.
func (w *work) countEvents(ctx context.Context, from, to int64, upto map[uint64]int64) error {
	plan, err := w.plan(ctx, from, w.def.Need(to), w.def.Window.StepMS(), upto)
	if err != nil {
		return err
	}
	for _, s := range plan.cut(from, to, w.r.SliceRows) {
		c, err := w.def.NewRecount(s.from, s.to, s.from, upto, w.claim.row.Revision)
		if err != nil {
			return err
		}
		end := w.def.Need(s.to)
		if err := w.give(ctx, c, slice{s.from, end}, plan, upto); err != nil {
			return err
		}
		c.Advance(end)
		if err := w.store(ctx, c); err != nil {
			return err
		}
		w.add(c.Stats())
		w.report(from, to, s.to, false)
	}
	return nil
}

// longestLead bounds how far before its first window a recount of sessions looks for the beginning of chains that caps
// have cut. Chains that are longer, which robots make, are counted in the report.
const longestLead = 4 * 24 * time.Hour

// countSessions rebuilds a metric of sessions. Sessions go on from slice to slice. What is read before the first window
// is lengthened until it holds the beginning of every chain of sessions that is under way there.
func (w *work) countSessions(ctx context.Context, from, to int64, upto map[uint64]int64) error {
	gap := w.def.Sessions.Gap.Milliseconds()
	var c *processors.Recount
	for lead := w.def.Lead(); ; lead = min(2*lead, longestLead.Milliseconds()) {
		since := from - lead
		var err error
		if c, err = w.def.NewRecount(from, to, since, upto, w.claim.row.Revision); err != nil {
			return err
		}
		if err := w.fold(ctx, c, since, from-gap, upto, true); err != nil {
			return err
		}
		if len(c.OpenSince(since+gap-1)) == 0 || lead >= longestLead.Milliseconds() {
			break
		}
	}
	if err := w.fold(ctx, c, from-gap, w.def.Need(to), upto, false); err != nil {
		return err
	}
	w.add(c.Stats())
	return w.markChains(ctx, c, to)
}

// fold gives the events of a time to a recount of sessions and stores the windows that close.
func (w *work) fold(ctx context.Context, c *processors.Recount, from, to int64, upto map[uint64]int64, lead bool) error {
	const grain = 60_000
	from, to = floorSecond(from), ceil(to, 1000)
	plan, err := w.plan(ctx, from, to, grain, upto)
	if err != nil {
		return err
	}
	for _, s := range plan.cut(from, to, w.r.SliceRows) {
		if err := w.give(ctx, c, s, plan, upto); err != nil {
			return err
		}
		c.Advance(s.to)
		if err := w.store(ctx, c); err != nil {
			return err
		}
		w.report(from, to, s.to, lead)
	}
	return nil
}

func floorSecond(ms int64) int64 { return ms - ((ms%1000)+1000)%1000 }

// markChains marks the window behind a recompute for every part in which a chain of sessions may hold a late event whose mark
// was cleared, and goes on: where the chain is cut from there on depends on that event too.
func (w *work) markChains(ctx context.Context, c *processors.Recount, to int64) error {
	if w.settle == 0 {
		return nil
	}
	for _, part := range c.OpenSince(w.settle + w.def.Sessions.Gap.Milliseconds()) {
		mark := processors.MarkBlock(w.def.Name, processors.WindowPart{Start: to, Part: part}, processors.DirtyLate, w.at.upto[part], w.r.now())
		if err := w.insert(ctx, mark); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) add(s processors.RecountStats) {
	w.rep.Events += s.Events
	w.rep.Copies += s.Copies
	w.rep.Unreadable += s.Unreadable
	w.rep.Doubtful += s.Doubtful
}

func (w *work) report(from, to, done int64, lead bool) {
	w.r.Progress(Progress{
		Metric: w.def.Name, From: millis(from), To: millis(to), Done: millis(done), Lead: lead,
		Events: w.read, Rows: w.rep.Rows, Revision: w.rep.Revision,
	})
}
