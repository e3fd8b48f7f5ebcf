package window

// A cap cuts a long visit into a chain of sessions. Where the cuts fall depends on where the chain began, so a replay
// that sees only the end of an earlier session would take it for a session of its own, and let it swallow the start of
// the next. A Link prevents that: it names the event at which the replay takes the chain up.

// Link is a session of a chain.
type Link struct {
	Key     uint64
	TS, Off int64 // event time and offset of its first event
	Low     Low   // its oldest record
	Before  int64 // newest offset among the records of the sessions that it continues; -1 where it is the chain's first
}

// Link returns the session as part of a chain; ok is false where no cap has cut it off from another.
func (s *Session[S]) Link() (l Link, ok bool) {
	return Link{Key: s.key, TS: s.First, Off: s.off, Low: s.Low, Before: s.before}, s.capped || s.before >= 0
}

// Links returns the open sessions that continue another.
func (s *Sessions[S]) Links() []Link {
	var links []Link
	for _, n := range s.open {
		if l, ok := n.Link(); ok {
			links = append(links, l)
		}
	}
	return links
}

// Resume begins the key's replay at l: its events before (l.TS, l.Off) belong to sessions that have been counted.
func (s *Sessions[S]) Resume(l Link) { s.resume[l.Key] = l }

// resumed reports whether the replay has dealt with the event.
func (s *Sessions[S]) resumed(h *hit[S]) bool {
	l, ok := s.resume[h.Key]
	switch {
	case !ok:
		return false
	case h.TS < l.TS || h.TS == l.TS && h.Low.Off < l.Off:
		return true
	}
	delete(s.resume, h.Key)
	s.start(h, l.Before, h.TS)
	return true
}
