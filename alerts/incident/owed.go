package incident

import (
	"cmp"
	"slices"
	"time"

	"tidemark/schemas"
)

// Stale is the age at which a message that could not be delivered is no longer worth sending.
const Stale = 24 * time.Hour

// told says whether people are told of the event: of what changes for them, not of what they write themselves.
func (e *Event) told() bool {
	switch e.Kind {
	case Opened, Escalated, Acknowledged, Resolved:
		return true
	case Eased:
		return e.Tier > 0 // back to normal after a resolution by hand is no news
	case Handling, Reviewed, Noted, Delivered:
	}
	return false
}

// Owed lists the messages that the receiver has not taken yet, oldest first.
func (b *Book) Owed(receiver string, now schemas.Millis) []Message {
	var out []Message
	since := now - schemas.Millis(Stale.Milliseconds())
	for _, r := range b.sorted() {
		if r.last() < since {
			continue
		}
		for i := range r.events {
			e := &r.events[i]
			if e.At >= since && e.told() && !r.has(deliveredID(receiver, e.ID)) {
				out = append(out, b.message(r, i))
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Message) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Incident.ID, y.Incident.ID)) })
	return out
}

// Take notes that a receiver has taken messages and returns the events that say so, which the book has taken already.
func (b *Book) Take(receiver string, messages []Message, now schemas.Millis) []Event {
	var out []Event
	for i := range messages {
		m := &messages[i]
		r := b.records[m.Incident.ID]
		id := deliveredID(receiver, m.ID)
		if r == nil || r.state.opened == 0 || r.has(id) {
			continue
		}
		e := Event{
			Incident: r.id, ID: id, At: r.next(now), Kind: Delivered, Rule: r.of().rule, Key: r.of().key,
			Team: r.state.newest.Team, Tier: r.state.tier, Actor: Evaluator, Note: receiver + " " + m.ID,
		}
		b.add(e)
		out = append(out, e)
	}
	return out
}

// message tells of the i-th event of an incident.
func (b *Book) message(r *record, i int) Message {
	e, s := &r.events[i], r.after(i+1)
	m := Message{
		ID: e.ID, Kind: e.Kind, At: e.At.Time(), Actor: e.Actor, Note: e.Note, Incident: b.view(r, &s, *e),
		Again: e.Kind == Opened && s.opened != e.At,
	}
	b.write(&m)
	return m
}
