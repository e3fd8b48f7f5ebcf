package window

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// SessionSpec describes sessions: events of one key at most Gap apart, cut after MaxSpan or MaxEvents.
type SessionSpec struct {
	Gap       time.Duration
	MaxSpan   time.Duration
	MaxEvents int
}

// Check refuses what cannot work.
func (s SessionSpec) Check() error {
	if s.Gap < time.Second || s.MaxSpan < s.Gap || s.MaxEvents < 1 {
		return fmt.Errorf("session gap %v, longest span %v, most events %d: gap must be at least 1 s, span at least the gap, events at least 1",
			s.Gap, s.MaxSpan, s.MaxEvents)
	}
	return nil
}

// Session is a run of events of one key. S is what the metrics read of it.
type Session[S any] struct {
	First, Last int64 // event times of the first and last event that count, milliseconds
	Events      int   // events that count; joined ones are not among them
	State       S
	Low         Low // its oldest record

	key    uint64
	off    int64 // offset of its first event
	newest int64 // newest offset among its records and those of the sessions that it continues
	before int64 // newest offset among those of the sessions that it continues after a cap; -1 where it continues none
	root   int64 // event time at which the chain that it belongs to began; its own First where no cap came before
	passed int64 // event time beyond which it cannot go on; of a session that has ended
	capped bool  // a cap has ended it
	closed bool
}

// Close is the session's close time: its last event plus the gap, less a millisecond.
func (s *Session[S]) Close(gap int64) int64 { return s.Last + gap - 1 }

// Root is the event time at which the session's chain began: caps cut where they do because of it. In a replay that took
// the chain up in its middle, it is that event's.
func (s *Session[S]) Root() int64 { return s.root }

// Event is what Sessions is given of a record.
type Event struct {
	Key  uint64
	TS   int64 // event time, milliseconds
	Low  Low   // the record itself
	Join bool  // joins an open session, but never opens or extends one
}

// Sessions groups one partition's events into sessions. It holds events until the watermark has passed them and folds
// them in (time, offset) order, so what comes out does not depend on the order of arrival.
type Sessions[S any] struct {
	gap, span int64
	most      int
	merge     func(into, next *S)

	upTo   int64 // everything before it has been folded; a whole second
	held   map[int64]*bucket[S]
	open   map[uint64]*Session[S]
	expiry map[int64][]*Session[S] // by the second in which a session was last seen to expire
	ended  []*Session[S]
	nHeld  int
	resume map[uint64]Link // keys whose records before a link must not count again
}

type bucket[S any] struct {
	low  Low
	hits []hit[S]
}

type hit[S any] struct {
	Event
	state S
}

// NewSessions makes an empty set. merge adds the state of a later event to that of its session.
func NewSessions[S any](spec SessionSpec, merge func(into, next *S)) *Sessions[S] {
	return &Sessions[S]{
		gap: spec.Gap.Milliseconds(), span: spec.MaxSpan.Milliseconds(), most: spec.MaxEvents, merge: merge,
		held: map[int64]*bucket[S]{}, open: map[uint64]*Session[S]{}, expiry: map[int64][]*Session[S]{},
		resume: map[uint64]Link{},
	}
}

// Hold takes an event that is not late. state is its own contribution.
func (s *Sessions[S]) Hold(e Event, state S) {
	sec := Floor(e.TS, 1000)
	b := s.held[sec]
	if b == nil {
		b = &bucket[S]{low: NoLow()}
		s.held[sec] = b
	}
	b.low = b.low.Min(e.Low)
	b.hits = append(b.hits, hit[S]{e, state})
	s.nHeld++
}

// FoldedUpTo is the time before which every event has been folded, given the watermark.
func FoldedUpTo(watermark int64) int64 { return Floor(watermark, 1000) }

// Advance folds what lies before the watermark's whole second and hands every session that ended to done, in the order
// of (second in which the end was certain, last event, first offset), which no pace of the watermark changes. The session
// is only valid during the call.
func (s *Sessions[S]) Advance(watermark int64, done func(*Session[S])) {
	to := FoldedUpTo(watermark)
	if to <= s.upTo {
		return
	}
	s.upTo = to
	for _, sec := range secondsBefore(s.held, to) {
		b := s.held[sec]
		delete(s.held, sec)
		s.nHeld -= len(b.hits)
		slices.SortFunc(b.hits, func(a, b hit[S]) int {
			return cmp.Or(cmp.Compare(a.TS, b.TS), cmp.Compare(a.Low.Off, b.Low.Off))
		})
		for i := range b.hits {
			s.fold(&b.hits[i])
		}
	}
	for _, sec := range secondsBefore(s.expiry, to) {
		s.expire(sec, to)
	}
	s.hand(done)
}

// fold puts one event into the session of its key; calls come in (time, offset) order.
func (s *Sessions[S]) fold(h *hit[S]) {
	if len(s.resume) > 0 && s.resumed(h) {
		return
	}
	cur := s.open[h.Key]
	if cur != nil && h.TS > cur.Last+s.gap {
		s.end(cur, cur.Last+s.gap)
		cur = nil
	}
	switch {
	case cur == nil && h.Join:
		return
	case cur == nil:
		s.start(h, -1, h.TS)
		return
	case h.Join:
	case cur.Events >= s.most || h.TS-cur.First > s.span:
		cur.capped = true
		s.end(cur, h.TS)
		s.start(h, cur.newest, cur.root)
		return
	default:
		cur.Events++
		cur.Last = h.TS
	}
	cur.Low = cur.Low.Min(h.Low)
	cur.newest = max(cur.newest, h.Low.Off)
	s.merge(&cur.State, &h.state)
}

func (s *Sessions[S]) start(h *hit[S], before, root int64) {
	n := &Session[S]{
		First: h.TS, Last: h.TS, Events: 1, State: h.state, Low: h.Low,
		key: h.Key, off: h.Low.Off, newest: max(h.Low.Off, before), before: before, root: root,
	}
	s.open[h.Key] = n
	s.expireAt(n)
}

func (s *Sessions[S]) end(n *Session[S], passed int64) {
	n.closed, n.passed = true, passed
	delete(s.open, n.key)
	s.ended = append(s.ended, n)
}

func (s *Sessions[S]) expireAt(n *Session[S]) {
	sec := Floor(n.Last+s.gap, 1000)
	s.expiry[sec] = append(s.expiry[sec], n)
}

// expire looks again at the sessions that were due in one second. Each session stands in exactly one slot, so one that
// has gone on is put off, and one that ended meanwhile leaves here.
func (s *Sessions[S]) expire(sec, to int64) {
	due := s.expiry[sec]
	delete(s.expiry, sec)
	for _, n := range due {
		switch {
		case n.closed:
		case n.Last+s.gap < to:
			s.end(n, n.Last+s.gap)
		default:
			s.expireAt(n)
		}
	}
}

func (s *Sessions[S]) hand(done func(*Session[S])) {
	slices.SortFunc(s.ended, func(a, b *Session[S]) int {
		return cmp.Or(cmp.Compare(Floor(a.passed, 1000), Floor(b.passed, 1000)), cmp.Compare(a.Last, b.Last), cmp.Compare(a.Low.Off, b.Low.Off))
	})
	all := s.ended
	for len(s.ended) > 0 { // each leaves first, so that none is handed over twice should done panic
		n := s.ended[0]
		s.ended = s.ended[1:]
		done(n)
	}
	clear(all)
	s.ended = all[:0]
}

// Low is the oldest point of the log that held events and open sessions need.
func (s *Sessions[S]) Low() Low {
	l := NoLow()
	for _, b := range s.held {
		l = l.Min(b.low)
	}
	for _, n := range s.open {
		l = l.Min(n.Low)
	}
	return l
}

// OpenSessions calls f for every open session, in no order; it is only valid during the call.
func (s *Sessions[S]) OpenSessions(f func(*Session[S])) {
	for _, n := range s.open {
		f(n)
	}
}

// Open is the number of open sessions.
func (s *Sessions[S]) Open() int { return len(s.open) }

// Held is the number of events waiting for the watermark.
func (s *Sessions[S]) Held() int { return s.nHeld }

func secondsBefore[V any](m map[int64]V, to int64) []int64 {
	var secs []int64
	for sec := range m {
		if sec < to {
			secs = append(secs, sec)
		}
	}
	slices.Sort(secs)
	return secs
}
