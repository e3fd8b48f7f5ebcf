package incident

import (
	"cmp"
	"slices"

	"tidemark/alerts"
	"tidemark/schemas"
)

// record is one incident: its events in the order in which they happened, and what they add up to.
type record struct {
	id     string
	events []Event         // by At, then ID
	ids    map[string]bool // of the events
	state  state
	live   *alerts.Reading // the newest reading while active; nil after a restart until the next one
}

// of is the series that the incident belongs to.
func (r *record) of() series { return series{r.events[0].Rule, r.events[0].Key} }

func (r *record) has(id string) bool { return r.ids[id] }

// add takes an event in any order. Of two with one id, which only two processes at once can write, the earlier stays.
func (r *record) add(e Event) {
	known := r.has(e.ID)
	if known {
		i := slices.IndexFunc(r.events, func(o Event) bool { return o.ID == e.ID })
		if byTime(e, r.events[i]) >= 0 {
			return
		}
		r.events = slices.Delete(r.events, i, i+1)
	}
	if r.ids == nil {
		r.ids = map[string]bool{}
	}
	r.ids[e.ID] = true
	i, _ := slices.BinarySearchFunc(r.events, e, byTime)
	r.events = slices.Insert(r.events, i, e)
	if i == len(r.events)-1 && !known {
		r.state.fold(&e) // the usual case: an incident that flaps for days has thousands of events
		return
	}
	r.state = r.after(len(r.events))
}

// after is the state after the first n events.
func (r *record) after(n int) state {
	var s state
	for i := range r.events[:n] {
		s.fold(&r.events[i])
	}
	return s
}

// next is the time of an event that happens now. It is later than all before it, even where the clock went back, so that
// the order in which events are folded is the order in which they were made.
func (r *record) next(now schemas.Millis) schemas.Millis {
	if len(r.events) == 0 {
		return now
	}
	return max(now, r.events[len(r.events)-1].At+1)
}

// last is when the newest event happened.
func (r *record) last() schemas.Millis { return r.events[len(r.events)-1].At }

func byTime(a, b Event) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Actor, b.Actor), cmp.Compare(a.Note, b.Note), cmp.Compare(a.Actual, b.Actual))
}
