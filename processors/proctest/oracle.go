package proctest

import (
	"fmt"
	"math"
	"strings"

	"tidemark/processors"
)

// Options say how the oracle reads a log.
type Options struct {
	// End closes every window at the end of the log, as a bounded run does.
	End bool
	// NoLateness counts every event, however late: what a recompute from raw events would give.
	NoLateness bool
	// Recompute reads the log as a recompute from raw events does: without lateness, and a copy is what lies within the
	// horizon of an earlier sighting, or has the event time of one that is no copy.
	Recompute bool
	// M is the highest event time seen before the log.
	M int64
	// Cut says of metrics of single events that windows which begin at or before a time were cut. It matters to accounts only.
	Cut map[string]int64
	// Broken is a rule to break, for negative controls.
	Broken Rule
}

// Outcome is what a whole log amounts to.
type Outcome struct {
	M           int64 // highest event time seen
	Records     int64 // heartbeats apart
	Heartbeats  int64
	Duplicates  int64
	Quarantined int64
	Late        int64   // per metric of single events, and per definition of sessions
	Other       int64   // per metric
	Dead        []int64 // offsets of records that could not be read
	Metrics     map[string]*Counted
	Accounts    map[AccountKey]*Account
}

// Counted is one metric's share of an Outcome.
type Counted struct {
	Spec     *processors.Spec
	Rows     map[Key]*Row
	Dirty    map[int64]bool // starts of windows that miss a late event
	Sessions []Visit        // of metrics on sessions: those that have ended
	Chains   []Chain        // of metrics on sessions
	Open     []Visit        // of metrics on sessions: those that have not ended; their Close is not known
	Held     []int64        // of metrics on sessions: offsets of the events that wait for the watermark
	fates    []Fate         // of the records of the log
	LateAt   []int64        // of metrics on sessions: event times of late events
}

// Chain is events of one key without a gap between them, whatever caps cut; held ones and open sessions included.
type Chain struct {
	Key         string
	First, Last int64 // event times
}

// Key names a row among those of a metric in one partition.
type Key struct {
	Start int64  // of the window, milliseconds
	Dims  string // joined by DimSeparator
}

// DimSeparator stands between the dimensions of a Key.
const DimSeparator = "\x1f"

// Row is a row as the log's end leaves it: final where the window is closed, provisional otherwise.
type Row struct {
	Dims   []string
	Closed bool
	Cells  []Cell // one per measure
}

// seen is a record of the log after everything that all metrics share.
type seen struct {
	off     int64
	minute  int64 // of append time, as far as it has come
	at      int64 // append time
	before  int64 // M before it
	after   int64 // M after it
	ts      int64 // event time
	event   any   // nil for heartbeats and records that cannot be read
	dup     bool
	isEvent bool
	dead    bool // cannot be read
}

// Batch counts a partition's log, offsets rising, for metrics of one topic. It works on the whole log at once, with
// maps and sorts, straight from the rules.
func Batch(defs []processors.Definition, log []processors.Record, o Options) (*Outcome, error) {
	o.NoLateness = o.NoLateness || o.Recompute && o.Broken != LatenessKept
	out := &Outcome{M: o.M, Metrics: map[string]*Counted{}, Accounts: map[AccountKey]*Account{}}
	if len(defs) == 0 {
		return out, nil
	}
	first, err := defs[0].Plain()
	if err != nil {
		return nil, err
	}
	all := read(first, log, o, out)
	stages := map[string]*folded{}
	for i := range defs {
		d := &defs[i]
		if d.Topic != defs[0].Topic {
			return nil, fmt.Errorf("metric %q reads topic %q, not %q", d.Name, d.Topic, defs[0].Topic)
		}
		p, err := d.Plain()
		if err != nil {
			return nil, err
		}
		c := &Counted{Spec: &d.Spec, Dirty: map[int64]bool{}}
		out.Metrics[d.Name] = c
		if d.Sessions == nil {
			countEvents(c, p, all, o, out)
			out.account(d.Name, all, c.fates, o)
			continue
		}
		f := stages[d.Sessions.Name]
		if f == nil {
			f = foldAll(p.Sessions, d.Spec.Sessions, d.Dedupe, all, o)
			stages[d.Sessions.Name] = f
			out.Late += int64(len(f.late))
		}
		countSessions(c, p, f, out)
		out.account(d.Name, all, f.fates, o)
	}
	return out, nil
}

// read decodes the log, marks duplicates and follows M.
func read(p processors.Plain, log []processors.Record, o Options, out *Outcome) []seen {
	all := make([]seen, 0, len(log))
	before := sightings{p: p, o: o, last: map[string]int64{}, counted: map[sighting]bool{}}
	minute := int64(0)
	for i := range log {
		r := &log[i]
		minute = max(minute, int64(r.Time)/60_000*60_000)
		s := seen{off: r.Offset, minute: minute, at: int64(r.Time), ts: int64(r.Time), before: out.M}
		switch e, ok := decode(p, r); {
		case r.Heartbeat:
			out.Heartbeats++
			if o.Broken == HeartbeatsIgnored {
				s.ts = 0
			}
		case !ok:
			out.Records++
			out.Quarantined++
			s.dead = true
			out.Dead = append(out.Dead, r.Offset)
			if o.Broken != UnreadableMovesM {
				s.ts = 0
			}
		default:
			out.Records++
			s.event, s.isEvent = e, true
			if occurred := int64(p.At(e)); occurred < s.ts || o.Broken == EventTimeUncapped {
				s.ts = occurred
			}
			if s.dup = before.duplicate(&s); s.dup {
				out.Duplicates++
			}
		}
		out.M = max(out.M, s.ts)
		s.after = out.M
		if o.Broken == LateTestAhead && i > 0 {
			all[i-1].before = s.after
		}
		all = append(all, s)
	}
	if o.End {
		out.M = math.MaxInt64 / 2
		all = append(all, seen{off: int64(len(log)), ts: out.M, before: out.M, after: out.M})
	}
	return all
}

// sightings are the events seen so far.
type sightings struct {
	p       processors.Plain
	o       Options
	last    map[string]int64 // event id to append time of its last sighting
	counted map[sighting]bool
}

// sighting is what a recompute knows a copy by.
type sighting struct {
	id string
	ts int64
}

// duplicate says whether the event was seen before, and remembers it.
func (b *sightings) duplicate(s *seen) bool {
	id := b.p.ID(s.event)
	before, known := b.last[id]
	dup := known && s.at-before <= b.p.Horizon.Milliseconds() && b.o.Broken != NothingIsDuplicate || known && b.o.Broken == EndlessHorizon
	if !dup || b.o.Broken != HorizonNotRefreshed {
		b.last[id] = s.at
	}
	if b.o.Recompute && !dup {
		at := sighting{strings.Clone(id), s.ts}
		dup, b.counted[at] = b.counted[at] && b.o.Broken != CopiesBeyondHorizon, true
	}
	return dup
}

func decode(p processors.Plain, r *processors.Record) (e any, ok bool) {
	if r.Heartbeat {
		return nil, false
	}
	defer func() {
		if recover() != nil {
			e, ok = nil, false
		}
	}()
	e, err := p.Decode(r.Value)
	return e, err == nil
}

// windows lists the starts of the windows that hold ts, by trying.
func windows(s *processors.Spec, ts int64) []int64 {
	size, step := s.Window.Size.Milliseconds(), s.Window.Step.Milliseconds()
	var starts []int64
	for k := (ts-size)/step - 2; k*step <= ts; k++ {
		if k*step+size > ts {
			starts = append(starts, k*step)
		}
	}
	return starts
}
