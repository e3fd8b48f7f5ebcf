package proctest

import (
	"cmp"
	"fmt"
	"math"

	"tidemark/processors"
)

// cut says from when on one metric must be exact, after all that has happened to catalogue and log.
type cut struct {
	from    int64 // windows that begin at or before it are cut; lowest integer where there is none
	tainted int64 // windows that begin at or before it may count sessions of a chain that was under way when its sessions began anew
	closed  int64 // windows that end at or before it were closed before the cut
	never   bool  // the metric has no rows of windows before the cut
}

func (s *sim) cutOf(d *processors.Definition, c *Counted, broken Rule) cut {
	k := cut{from: math.MinInt64, tainted: math.MinInt64, closed: math.MaxInt64}
	for _, f := range s.starts {
		isNew := f.edition == 1 && s.isNew(d.Name)
		if !f.all && !isNew {
			continue
		}
		m, from := f.m, f.m
		if f.all && f.known > 0 {
			m = f.known
		}
		late := lateBy(&d.Spec)
		if d.Sessions != nil {
			gap := d.Sessions.Gap.Milliseconds()
			from += gap
			if (f.all || d.Sessions.Name == "fresh") && broken != CutWithoutSpan {
				from += d.Sessions.MaxSpan.Milliseconds()
				for _, ch := range c.Chains {
					if ch.First <= f.m+gap {
						k.tainted = max(k.tainted, ch.Last+gap-1)
					}
				}
			}
		}
		k.from, k.closed, k.never = max(k.from, from), min(k.closed, m-late), k.never || isNew && d.Name != "money"
	}
	k.tainted = max(k.tainted, k.from)
	return k
}

// lateBy is by how much M must have passed a window's end for it to be complete.
func lateBy(s *processors.Spec) int64 {
	if s.Sessions != nil {
		return s.Sessions.Lateness.Milliseconds() + 1000
	}
	return s.Lateness.Milliseconds()
}

// isNew says whether a metric is new or changed in the second edition.
func (s *sim) isNew(metric string) bool {
	find := func(defs []processors.Definition) uint32 {
		for i := range defs {
			if defs[i].Name == metric {
				return defs[i].Fingerprint()
			}
		}
		return 0
	}
	return find(s.defs[0]) != find(s.defs[1])
}

// base is what the oracle counts: the log from where the group began anew for the last time.
func (s *sim) base(log []processors.Record) ([]processors.Record, Options) {
	var o Options
	for _, f := range s.starts {
		if f.all {
			log, o.M = log[min(f.offset-s.start, int64(len(log))):], f.m
		}
	}
	return log, o
}

// check compares everything that is left with the oracle.
func (s *sim) check(log []processors.Record, broken Rule) error {
	defs := s.defs[s.now]
	base, o := s.base(log)
	o.Broken, o.Cut = broken, s.cutsOfEvents()
	want, err := Batch(defs, base, o)
	if err != nil {
		return err
	}
	if err := s.checkAccounts(want, broken); err != nil || s.twist.accountsOnly {
		return err
	}
	cuts := map[string]cut{}
	for i := range defs {
		d := &defs[i]
		c := want.Metrics[d.Name]
		k := s.cutOf(d, c, broken)
		cuts[d.Name] = k
		if err := cmp.Or(s.checkRows(c, want.M, k), s.checkCut(d, k), s.checkLate(c, k)); err != nil {
			return err
		}
	}
	if s.twist.finalOnly {
		return nil
	}
	for _, c := range s.tables.clashes {
		if k, ok := cuts[c.metric]; ok && c.Start > k.tainted {
			return fmt.Errorf("%s: two rows for version %d: %s and %s", c.place, c.ver, c.a, c.b)
		}
	}
	if s.tables.m != want.M {
		return fmt.Errorf("watermarks table says M = %d, not %d", s.tables.m-begin, want.M-begin)
	}
	if len(s.starts) == 0 {
		if err := s.checkStats(want); err != nil {
			return err
		}
	}
	if s.IntN(4) == 0 {
		if err := checkLateness(defs, base, o, want, cuts); err != nil {
			return err
		}
	}
	return s.checkPrefix(log, cuts, broken)
}

// checkRows compares the final table of a metric, windows that are still open included.
func (s *sim) checkRows(want *Counted, m int64, k cut) error {
	metric := want.Spec.Name
	for key, r := range want.Rows {
		if key.Start <= k.tainted {
			continue
		}
		if complete := key.Start+want.Spec.Window.Size.Milliseconds()+lateBy(want.Spec) <= m; complete != r.Closed {
			return fmt.Errorf("%s at %d: complete is %v, closed is %v", metric, key.Start-begin, complete, r.Closed)
		}
		p := place{metric, key}
		if got := s.tables.newest[p]; got.text != r.Text() {
			return fmt.Errorf("%s (closed: %v): got %q in version %d, want %q", p, r.Closed, got.text, got.ver, r.Text())
		}
	}
	for p, got := range s.tables.newest {
		switch {
		case p.metric != metric:
		case p.Start > k.tainted && want.Rows[p.Key] == nil:
			return fmt.Errorf("%s: got %q, want no row", p, got.text)
		case p.Start <= k.from && k.never:
			return fmt.Errorf("%s: a row of a window that was cut", p)
		}
	}
	return nil
}

// checkCut wants every window that was cut to be marked, so that it is never complete, and no other.
func (s *sim) checkCut(d *processors.Definition, k cut) error {
	if len(s.starts) > 0 && k.from > 0 {
		size, step := d.Window.Size.Milliseconds(), d.Window.Step.Milliseconds()
		for start := k.from / step * step; start+size > k.closed; start -= step {
			if !s.tables.dirty[dirtyMark{d.Name, start, processors.DirtyCut}] {
				return fmt.Errorf("%s: window %d was cut by %d and is not marked", d.Name, start-begin, k.from-begin)
			}
		}
	}
	for m := range s.tables.dirty {
		if m.metric == d.Name && m.reason == processors.DirtyCut && m.start > k.from {
			return fmt.Errorf("%s: window %d is marked as cut, the cut is at %d", d.Name, m.start-begin, k.from-begin)
		}
	}
	return nil
}

// checkLate wants a mark for every window that a late event misses.
func (s *sim) checkLate(want *Counted, k cut) error {
	for start := range want.Dirty {
		if start > k.tainted && !s.tables.dirty[dirtyMark{want.Spec.Name, start, processors.DirtyLate}] {
			return fmt.Errorf("%s: window %d misses a late event and is not marked", want.Spec.Name, start-begin)
		}
	}
	for m := range s.tables.dirty {
		if m.metric == want.Spec.Name && m.reason == processors.DirtyLate && m.start > k.tainted && !want.Dirty[m.start] {
			return fmt.Errorf("%s: window %d is marked as late, but no event was", want.Spec.Name, m.start-begin)
		}
	}
	return nil
}

// checkStats compares the sums of what was committed: each record counts once, whoever read it.
func (s *sim) checkStats(want *Outcome) error {
	got := s.stats
	got.Replayed = 0
	if w := (processors.Stats{
		Records: want.Records, Heartbeats: want.Heartbeats, Duplicates: want.Duplicates, Late: want.Late,
		Quarantined: want.Quarantined, Other: want.Other,
	}); got != w {
		return fmt.Errorf("committed statistics are %+v, want %+v", got, w)
	}
	if s.buried != len(want.Dead) || len(s.dead) != len(want.Dead) {
		return fmt.Errorf("%d dead letters of %d records were committed, want %d", s.buried, len(s.dead), len(want.Dead))
	}
	for _, off := range want.Dead {
		if !s.dead[off] {
			return fmt.Errorf("record %d is no dead letter", off)
		}
	}
	return nil
}

// checkPrefix takes two of the rows ever written and compares all rows of their versions with what the log up to there
// amounts to.
func (s *sim) checkPrefix(log []processors.Record, cuts map[string]cut, broken Rule) error {
	for range 2 {
		if len(s.tables.order) == 0 {
			return nil
		}
		ver := s.tables.order[s.IntN(len(s.tables.order))].ver
		base, o := s.base(log[:min(int64(len(log)), int64(ver)-s.start+1)])
		o.Broken, o.Cut = broken, s.cutsOfEvents()
		want, err := Batch(s.defs[s.now], base, o)
		if err != nil {
			return err
		}
		for _, w := range s.tables.order {
			if w.ver == ver && w.metric == accounts {
				if err := s.checkAccount(w, want); err != nil {
					return err
				}
			}
			if k, ok := cuts[w.metric]; w.ver != ver || !ok || w.Start <= k.tainted {
				continue
			}
			r := want.Metrics[w.metric].Rows[w.Key]
			if r == nil {
				return fmt.Errorf("%s: version %d is %q, but nothing up to there counts", w.place, ver, s.tables.history[w])
			}
			if got := s.tables.history[w]; got != r.Text() {
				return fmt.Errorf("%s: version %d is %q, the log up to there gives %q", w.place, ver, got, r.Text())
			}
		}
	}
	return nil
}
