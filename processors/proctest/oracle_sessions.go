package proctest

import (
	"sort"
	"strings"

	"tidemark/processors"
)

// Visit is a session that has ended.
type Visit struct {
	Key         string
	First, Last int64 // event times of its first and last event
	Close       int64 // its close time
	Min         int64 // its oldest record's offset
	value       any
	handed      int64 // whole second at which its end was certain
}

// folded is all sessions of one definition.
type folded struct {
	ended  []Visit
	open   []Visit
	held   []int64 // offsets
	chains []Chain
	late   []int64 // event times of events that came too late
	fates  []Fate  // of the records of the log
	to     int64   // everything before it has been folded
	gap    int64
	span   int64
	o      Options
}

type joined struct {
	*seen
	join bool
}

// foldAll makes sessions of the whole log: every key's events in the order of (time, offset), as far as the watermark
// has passed them.
func foldAll(p *processors.PlainSessions, spec *processors.SessionsSpec, dedupe bool, all []seen, o Options) *folded {
	f := &folded{gap: spec.Gap.Milliseconds(), span: spec.MaxSpan.Milliseconds(), o: o, fates: make([]Fate, len(all))}
	late := spec.Lateness.Milliseconds()
	byKey := map[string][]joined{}
	for i := range all {
		s := &all[i]
		f.to = max(f.to, wholeSecond(s.after-late))
		if f.fates[i] = s.fate(dedupe); f.fates[i] != Counts {
			continue
		}
		if !p.Where(s.event) || p.Key(s.event) == "" {
			f.fates[i] = Skipped
			continue
		}
		if w := s.before - late; !o.NoLateness && (s.ts < w || o.Broken == SessionsLateInclusive && s.ts == w) {
			f.late = append(f.late, s.ts)
			f.fates[i] = Late
			continue
		}
		key := strings.Clone(p.Key(s.event))
		byKey[key] = append(byKey[key], joined{s, p.Join(s.event) && o.Broken != JoinedEventsOpen})
	}
	for key, events := range byKey {
		sort.Slice(events, func(i, j int) bool {
			a, b := events[i], events[j]
			if a.ts != b.ts && o.Broken != SessionsByArrival {
				return a.ts < b.ts
			}
			return a.off < b.off
		})
		f.fold(key, p, spec.MaxEvents, events)
		f.chain(key, events)
	}
	sort.Slice(f.ended, func(i, j int) bool {
		a, b := &f.ended[i], &f.ended[j]
		if a.handed != b.handed && o.Broken != SessionsByEnd {
			return a.handed < b.handed
		}
		if a.Last != b.Last {
			return a.Last < b.Last
		}
		return a.Min < b.Min
	})
	return f
}

func wholeSecond(t int64) int64 {
	n := t / 1000
	if t < 0 && n*1000 != t {
		n--
	}
	return n * 1000
}

// fold walks through one key's events.
func (f *folded) fold(key string, p *processors.PlainSessions, most int, events []joined) {
	var cur *Visit
	var state any
	n := 0
	end := func(passed int64) {
		cur.value, cur.Close = p.Session(cur.First, cur.Last, n, state), cur.Last+f.gap-1
		cur.handed = wholeSecond(passed) + 1000
		f.ended = append(f.ended, *cur)
		cur = nil
	}
	for _, e := range events {
		if e.ts >= f.to {
			f.held = append(f.held, e.off)
			continue
		}
		if cur != nil && (e.ts > cur.Last+f.gap || f.o.Broken == GapExclusive && e.ts == cur.Last+f.gap) {
			end(cur.Last + f.gap)
		}
		if cur != nil && !e.join && (n >= most || e.ts-cur.First > f.span) && f.o.Broken != SessionsUncapped {
			end(e.ts)
		}
		switch contribution := p.Of(e.event, millis(e.ts)); {
		case cur == nil && e.join:
		case cur == nil:
			cur = &Visit{Key: key, First: e.ts, Last: e.ts, Min: e.off}
			state, n = contribution, 1
		default:
			if !e.join {
				cur.Last = e.ts
				n++
			}
			cur.Min = min(cur.Min, e.off)
			p.Merge(state, contribution)
		}
	}
	switch {
	case cur == nil:
	case cur.Last+f.gap < f.to:
		end(cur.Last + f.gap)
	default:
		f.open = append(f.open, *cur)
	}
}

func (f *folded) chain(key string, events []joined) {
	var cur *Chain
	for _, e := range events {
		switch {
		case e.join:
		case cur == nil || e.ts > cur.Last+f.gap:
			f.chains = append(f.chains, Chain{key, e.ts, e.ts})
			cur = &f.chains[len(f.chains)-1]
		default:
			cur.Last = e.ts
		}
	}
}

// countSessions sorts the sessions that have ended into the windows of one metric, by their close times.
func countSessions(c *Counted, p processors.Plain, f *folded, out *Outcome) {
	size := c.Spec.Window.Size.Milliseconds()
	for _, ts := range f.late {
		for _, start := range windows(c.Spec, ts+f.gap-1) {
			c.Dirty[start] = true
		}
	}
	c.Chains, c.Open, c.Held, c.LateAt = f.chains, f.open, f.held, f.late
	in := map[int64][]item{}
	for i := range f.ended {
		v := &f.ended[i]
		c.Sessions = append(c.Sessions, *v)
		if !p.Where(v.value) {
			continue
		}
		for _, start := range windows(c.Spec, v.Close) {
			in[start] = append(in[start], item{v.value, v.Close, v.Min})
		}
	}
	c.Rows = map[Key]*Row{}
	for start, items := range in {
		// A session that ends exactly with the window can grow until the second after it has been folded.
		out.Other += int64(len(fill(c, p, start, items, start+size < f.to, f.o)))
	}
}
