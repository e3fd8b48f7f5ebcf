package processors

import (
	"tidemark/processors/window"
	"tidemark/schemas"
)

// Infinity is the M of a partition whose bounded run has ended: later than any event, and still a valid DateTime64.
const Infinity schemas.Millis = 9_000_000_000_000

// phase says how much of the log a task has taken up again.
type phase uint8

const (
	filling   phase = iota + 1 // [C, L): only the ids are remembered
	replaying                  // [L, P): everything runs as it did, nothing is handed over
	live                       // from P on
)

// metricTask is the Task of a group of metrics on one partition.
type metricTask struct {
	reading
	a      Assignment
	s      stream
	clock  window.Clock
	phase  phase
	ledger ledger
	anchor bool // what was read before is unknown: the first record sets M, and windows begun before it are cut
	cut    []*store
	held   int64 // bytes of the stream as of the last Apply
}

// newMetricTask takes up the work of the definitions on one partition.
func newMetricTask(defs []Definition, a Assignment) (Task, error) {
	s, err := defs[0].newStream()
	if err != nil {
		return nil, err
	}
	for _, d := range defs {
		if err := d.attach(s); err != nil {
			return nil, err
		}
	}
	t := &metricTask{reading: reading{next: a.LogStart, horizon: s.deduplicate()}, a: a, s: s, phase: live, ledger: newLedger(len(s.accounts()))}
	switch p := a.Position; {
	case p != nil:
		t.restore(p)
	case a.LogStart > 0:
		t.clock.M, t.anchor = int64(a.Known), true
	}
	return t, nil
}

// restore starts the silent replay that a committed position asks for.
func (t *metricTask) restore(p *Position) {
	t.next, t.phase = p.C, filling
	known := map[uint32]bool{}
	from := map[uint32]schemas.Millis{}
	for _, m := range p.Metrics {
		known[m.Hash] = true
		from[m.Hash] = m.From
	}
	for _, s := range t.s.stores() {
		h := s.spec.Fingerprint()
		s.from = int64(from[h])
		if !known[h] {
			s.from = int64(p.MAtP) + s.spec.reach()
			t.cut = append(t.cut, s)
		}
	}
	t.s.cutStages(known, int64(p.MAtP))
	t.s.resume(p)
	t.ledger.resume(p)
	t.turn(p.C)
}

// begin takes up a log from which records are missing, at the append time of its first record: those records may have
// counted for any window that had not closed at the M that the store knows and that begins before the first record.
func (t *metricTask) begin(at int64) {
	known := t.clock.M
	if known == 0 {
		known = at
	}
	t.anchor, t.clock.M = false, max(known, at)
	for _, s := range t.s.stores() {
		s.from = t.clock.M
	}
	t.s.cutStages(nil, t.clock.M)
	for _, s := range t.s.stores() {
		s.markCut(known - s.spec.lateBy())
	}
}

// turn changes the phase when the record at off is next.
func (t *metricTask) turn(off int64) {
	p := t.a.Position
	if t.phase == filling && off >= p.L {
		t.phase = replaying
		t.clock.M = int64(p.MAtL)
	}
	if t.phase == replaying && off >= p.P {
		t.phase = live
		t.clock.See(int64(p.MAtP))
		t.stats.settle()
		t.ledger.settle()
		for _, s := range t.s.stores() {
			s.settle()
		}
		for _, s := range t.cut {
			s.markCut(t.clock.Watermark(s.spec.lateBy()))
		}
		t.cut = nil
	}
}

// Apply takes records in offset order.
func (t *metricTask) Apply(recs []Record) {
	t.apply(recs, t.one, t.bury)
	t.held = t.s.bytes()
}

func (t *metricTask) one(r *Record) {
	if t.phase != live {
		t.turn(r.Offset)
	}
	t.see(r)
	if t.phase == filling {
		t.stats.Replayed++
		if !r.Heartbeat && t.horizon > 0 {
			t.s.remember(r)
		}
		return
	}
	partial := t.anchor
	if partial {
		t.begin(int64(r.Time))
	}
	t.ledger.see(r, t.clock.M, partial)
	ts := int64(r.Time)
	if r.Heartbeat {
		t.stats.Heartbeats++
	} else {
		t.stats.Records++
		var err error
		if ts, err = t.s.apply(r, t.clock.M, &t.stats, &t.ledger); err != nil {
			t.bury(r, err)
			return
		}
	}
	if ts > t.clock.M {
		t.clock.M = ts
		t.s.advance(ts, r.Offset, &t.stats)
	}
}

// bury keeps a record that cannot be counted for the dead letters, unless an owner before has done so.
func (t *metricTask) bury(r *Record, cause error) {
	t.ledger.bury()
	if t.phase == live {
		t.reading.bury(r, cause)
	}
}

// Close ends a bounded run.
func (t *metricTask) Close() {
	t.anchor = false
	t.clock.M = int64(Infinity)
	t.s.advance(t.clock.M, t.next, &t.stats)
}

// Bytes estimates the memory held.
func (t *metricTask) Bytes() int64 { return t.held + t.reading.bytes() }

// Flush hands over what changed. During the silent replay, and before the first record of a log from which records are
// missing, it hands over nothing.
func (t *metricTask) Flush(headline bool) Flush {
	if t.anchor {
		return Flush{M: t.a.Known, Replaying: true}
	}
	if t.phase != live {
		t.stats.settle()
		f := Flush{Position: *t.a.Position, M: t.a.Position.MAtP, Replaying: true}
		t.handOver(&f)
		return f
	}
	f := Flush{M: schemas.Millis(t.clock.M), Ver: t.ver(t.next)}
	if headline {
		f.Blocks = t.headlineBlocks()
		return f
	}
	f.Blocks = append(t.blocks(), t.a.accounts(t.ledger.take(), t.s.accounts())...)
	f.Position, f.ChainsLeft = t.position()
	t.handOver(&f)
	return f
}

func (t *metricTask) ver(off int64) uint64 { return Version(t.a.Revision, off) }

func (t *metricTask) headlineBlocks() (blocks []schemas.Block) {
	for _, s := range t.s.stores() {
		if !s.spec.Headline {
			continue
		}
		r := newRows(s, t.a.Part)
		r.headline(t.ver(t.next - 1))
		blocks = append(blocks, r.block()...)
		for _, p := range s.open {
			p.settleHeadline()
		}
	}
	return blocks
}

func (t *metricTask) blocks() (blocks []schemas.Block) {
	var metric, reason []string
	var start []schemas.Millis
	for _, s := range t.s.stores() {
		r := newRows(s, t.a.Part)
		r.changed(t.ver, t.next-1)
		blocks = append(blocks, r.block()...)
		for w, why := range s.dirty {
			metric, start, reason = append(metric, s.spec.Name), append(start, schemas.Millis(w)), append(reason, why)
		}
		s.settle()
	}
	return append(blocks, dirtyBlock(metric, start, reason, t.a.Part, t.ver(t.next), t.dirtyAt())...)
}

// dirtyAt is the time of the marks of a flush: the log's, so that a mark that is written twice is the same row.
func (t *metricTask) dirtyAt() schemas.Millis {
	if t.lastAt == 0 { // nothing read yet: a change of the catalogue has cut windows
		return schemas.Millis(t.clock.M)
	}
	return schemas.Millis(t.lastAt)
}

// position is where the next owner must take up the work so that it comes to the same rows; left is the number of
// chains that there was no room for.
func (t *metricTask) position() (p Position, left int) {
	p = Position{L: t.next, P: t.next, MAtL: schemas.Millis(t.clock.M), MAtP: schemas.Millis(t.clock.M)}
	at := t.lastAt
	if low := t.s.low().Min(t.ledger.low); !low.None() {
		p.L, p.MAtL, at = low.Off, schemas.Millis(low.M), low.At
	}
	p.C = t.horizonBefore(p.L, at)
	for _, s := range t.s.stores() {
		p.Metrics = append(p.Metrics, s.start(int64(p.MAtL)-s.spec.lateBy()))
	}
	p.Metrics = append(p.Metrics, t.s.stageStarts()...)
	p.Metrics = append(p.Metrics, t.ledger.start()...)
	chains := t.s.chains(p.L)
	p.Chains = chains[:min(len(chains), maxChains)]
	return p, len(chains) - len(p.Chains)
}

func (s *Stats) settle() {
	*s = Stats{Replayed: s.Replayed + s.Records + s.Heartbeats}
}
