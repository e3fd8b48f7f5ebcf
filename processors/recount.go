package processors

import (
	"fmt"
	"math"
	"slices"

	"tidemark/processors/window"
	"tidemark/schemas"
)

// RawEvent is a row of a raw table.
type RawEvent struct {
	Part   uint64
	Offset int64
	Time   schemas.Millis // append time
	// Duplicate says that land had seen the event id in the part within the horizon before.
	Duplicate bool
	Value     []byte // the event as it lay in the log, as far as its meaning goes
}

// Recount counts windows of one metric anew, per part, by the stream's own code, from raw events that come in slices of
// event time. Nothing is late: what has landed counts. A slice must hold every event of its time, and within it the events
// of a part must come in the order of their offsets: bounds on tuples are decided in the order of the log, so a slice of a
// metric of single events must hold its windows whole (Need says which events that takes).
//
// An event counts once: rows that land marked as copies are left out, and so are rows whose id and event time equal those
// of an earlier row of the part. That finds copies at any distance, for copies have the same event time, but for one case:
// the sender's clock ran ahead when the event came first, so that its append time capped it, and the copy came later
// than the horizon; then both count, as in the stream.
type Recount struct {
	def      *Definition
	from, to int64 // starts of windows
	revision uint32
	upto     map[uint64]int64
	parts    map[uint64]*recountPart
	taken    int64 // windows that begin before it have been handed over
	done     int64 // every event before it has been given
	stats    RecountStats
}

// RecountStats counts what happened to the raw events.
type RecountStats struct {
	Events     int64 // given
	Copies     int64 // of events given before; a metric that counts events once leaves them out
	Unreadable int64 // of types or values that this version refuses, or on which counting panicked
	// Doubtful counts sessions handed over whose chain may have begun before the first event given: they may be cut
	// elsewhere than the stream cut them.
	Doubtful int64
}

type recountPart struct {
	s     stream
	again recounter
	store *store
}

// recounter is what a recompute needs of a stream beside its windows.
type recounter interface {
	prepareRecount()
	recount(r *Record, marked bool, st *RecountStats) error
	forgetCopies()
	doubts() []*doubt
	openRoots(f func(root int64))
}

// NewRecount begins a count of the windows that begin in [from, to), up to the offsets given, one for each part. since is
// the event time from which on events will be given: see Lead.
func (d *Definition) NewRecount(from, to, since int64, upto map[uint64]int64, revision uint32) (*Recount, error) {
	c := &Recount{def: d, from: from, to: to, taken: from, revision: revision, upto: upto, parts: map[uint64]*recountPart{}}
	for part := range upto {
		s, err := d.newStream()
		if err != nil {
			return nil, err
		}
		if err := d.attach(s); err != nil {
			return nil, err
		}
		again, ok := s.(recounter)
		if !ok {
			return nil, fmt.Errorf("metric %q: its stream cannot be counted anew", d.Name)
		}
		again.prepareRecount()
		for _, b := range again.doubts() {
			b.since, b.from, b.to = since, from, to-d.Window.StepMS()+d.Window.SizeMS()
		}
		c.parts[part] = &recountPart{s: s, again: again, store: s.stores()[0]}
	}
	return c, nil
}

// Lead is how long before its first window a recount must be given events, in milliseconds: 0 for metrics of single
// events; for sessions as long as one can reach back, and two gaps more, so that only chains that caps have cut can have
// begun earlier.
func (s *Spec) Lead() int64 {
	if s.Sessions == nil {
		return 0
	}
	return (s.Sessions.MaxSpan + 3*s.Sessions.Gap).Milliseconds() + 1000
}

// Need is the event time before which events count for windows that begin before to, which is a window's start.
func (s *Spec) Need(to int64) int64 {
	end := to - s.Window.StepMS() + s.Window.SizeMS()
	if s.Sessions != nil {
		end += 1000 // see lateBy
	}
	return end
}

// Affected is the range of starts of windows, from <= start < to, that events between first and last may count in or
// change, all in milliseconds of event time. It is generous: a recompute of a window that nothing has changed in changes
// nothing. An event may prolong a session that ended up to a gap earlier, and tie it to one that ends a whole span later.
func (s *Spec) Affected(first, last int64) (from, to int64) {
	from, to = first-s.Window.SizeMS(), last+s.Window.SizeMS()
	if s.Sessions != nil {
		to += (s.Sessions.MaxSpan + 2*s.Sessions.Gap).Milliseconds()
	}
	return from, to
}

// Apply counts one event of the slice under way. The event is only read during the call.
func (c *Recount) Apply(e *RawEvent) {
	p := c.parts[e.Part]
	if p == nil || e.Offset >= c.upto[e.Part] {
		return
	}
	c.stats.Events++
	if p.apply(&Record{Offset: e.Offset, Time: e.Time, Value: e.Value}, e.Duplicate, &c.stats) != nil {
		c.stats.Unreadable++
	}
}

// apply turns a panic into an error, as the task of the stream does: the event is left out.
func (p *recountPart) apply(r *Record, marked bool, st *RecountStats) (err error) {
	defer func() {
		if recover() != nil {
			err = ReasonPanic
		}
	}()
	return p.again.recount(r, marked, st)
}

// Advance ends a slice: every event before to, a whole second, has been given.
func (c *Recount) Advance(to int64) {
	lateness := c.def.Lateness.Milliseconds()
	if c.def.Sessions != nil {
		lateness = c.def.Sessions.Lateness.Milliseconds()
	}
	for part, p := range c.parts {
		var st Stats
		p.s.advance(to+lateness, c.upto[part], &st)
		p.again.forgetCopies()
	}
	c.done = to
}

// Closed are the starts of the windows that Take would hand over now: those from first on and before end.
func (c *Recount) Closed() (first, end int64) {
	last := c.done - c.def.Window.SizeMS()
	if c.def.Sessions != nil {
		last--
	}
	end = c.def.Window.Last(last) + c.def.Window.StepMS()
	return c.taken, min(max(end, c.taken), c.to)
}

// Stats are the counts so far.
func (c *Recount) Stats() RecountStats {
	st := c.stats
	for _, p := range c.parts {
		for _, d := range p.again.doubts() {
			st.Doubtful += d.n
		}
	}
	return st
}

// OpenSince are the parts that hold sessions which go on and whose chain began at or before root, an event time.
func (c *Recount) OpenSince(root int64) (parts []uint64) {
	for _, part := range c.Parts() {
		found := false
		c.parts[part].again.openRoots(func(r int64) { found = found || r <= root })
		if found {
			parts = append(parts, part)
		}
	}
	return parts
}

// Parts are the parts that are counted, in rising order.
func (c *Recount) Parts() []uint64 {
	parts := make([]uint64, 0, len(c.parts))
	for p := range c.parts {
		parts = append(parts, p)
	}
	slices.Sort(parts)
	return parts
}

// Bytes estimates the memory held.
func (c *Recount) Bytes() (n int64) {
	for _, p := range c.parts {
		n += p.s.bytes()
	}
	return n
}

// neverLate is an M before every event.
const neverLate = math.MinInt64 / 2

func (t *typedStream[E]) recount(r *Record, marked bool, st *RecountStats) error {
	if err := t.decode(r.Value, &t.e); err != nil {
		return err
	}
	ts := window.EventTime(int64(t.src.At(&t.e)), int64(r.Time))
	copied := marked || t.copies.seen(t.src.hash(&t.e, t.src.ID(&t.e)), ts)
	if copied {
		st.Copies++
	}
	var ignored Stats
	t.unaccounted.settled = 0
	t.count(copied, ts, window.Low{Off: r.Offset, At: int64(r.Time), M: neverLate}, neverLate, &ignored, &t.unaccounted)
	return nil
}

// prepareRecount makes the ledger that nobody reads: accounts are of the log, not of what is counted anew.
func (t *typedStream[E]) prepareRecount() { t.unaccounted = newLedger(len(t.accounts())) }

func (t *typedStream[E]) forgetCopies() { clear(t.copies) }

func (t *typedStream[E]) doubts() (all []*doubt) {
	for _, s := range t.stages {
		if d, ok := s.(interface{ doubted() *doubt }); ok {
			all = append(all, d.doubted())
		}
	}
	return all
}

func (t *typedStream[E]) openRoots(f func(root int64)) {
	for _, s := range t.stages {
		if o, ok := s.(interface{ roots(func(int64)) }); ok {
			o.roots(f)
		}
	}
}

// copies are the events of a slice by identity and event time.
type copies map[copyKey]struct{}

type copyKey struct {
	id uint64
	ts int64
}

func (c *copies) seen(id uint64, ts int64) bool {
	if *c == nil {
		*c = copies{}
	}
	k := copyKey{id, ts}
	_, dup := (*c)[k]
	(*c)[k] = struct{}{}
	return dup
}

// doubt counts sessions that close in [from, to) and whose chain may have begun before since. The zero value, which the
// stream has, doubts nothing.
type doubt struct {
	since, from, to int64
	n               int64
}

func (d *doubt) note(root, closed, gap int64) {
	if root-gap < d.since && closed >= d.from && closed < d.to {
		d.n++
	}
}

func (s *sessionStage[E, S]) doubted() *doubt { return &s.doubt }

func (s *sessionStage[E, S]) roots(f func(root int64)) {
	s.set.OpenSessions(func(v *window.Session[S]) { f(v.Root()) })
}
