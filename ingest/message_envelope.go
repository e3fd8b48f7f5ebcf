package ingest

import (
	"cmp"

	"tidemark/schemas"
)

// messageEnvelope checks the fields that every call has, and fills the envelope apart from its type.
func (in *intake) messageEnvelope(m *message, e *schemas.Envelope) *fault {
	if m.kind == callAlias {
		m.anonymousID = cmp.Or(m.anonymousID, m.prevID)
	}
	if f := cleanIDs(idField{"messageId", &m.messageID}, idField{"userId", &m.userID}, idField{"anonymousId", &m.anonymousID}); f != nil {
		return f
	}
	switch {
	case m.userID == "" && m.anonymousID == "":
		return &fault{KindMissingField, "neither userId nor anonymousId"}
	case m.kind == callTrack && m.event == "":
		return &fault{KindMissingField, "track without event"}
	}
	if e.EventID = m.messageID; e.EventID == "" {
		e.EventID = in.freshID()
		in.counts.generated++
	}
	if f := in.messageTime(m, e); f != nil {
		return f
	}
	return in.people(e.OccurredAt, &m.userID, &m.anonymousID)
}

// messageTime settles when the call happened. A call without a time happened when it came; a sentAt that cannot be read
// is as good as none.
func (in *intake) messageTime(m *message, e *schemas.Envelope) *fault {
	e.OccurredAt = in.received
	if text := cmp.Or(m.original, m.timestamp); text != "" {
		at, err := schemas.ParseTime(text)
		if err != nil {
			return &fault{KindBadTime, "timestamp is no time in RFC 3339"}
		}
		e.OriginalAt, e.OccurredAt = at, at
	}
	if e.OriginalAt == 0 && m.age.set && !m.age.bad && m.age.value >= 0 && m.age.value < float64(maxAge) {
		e.OccurredAt = in.received - schemas.Millis(m.age.value)
	}
	if m.at.set {
		e.OriginalAt, e.OccurredAt = m.at.time, m.at.time
	}
	if sent, err := schemas.ParseTime(m.sent); err == nil {
		m.sentAt = sent
	}
	if plausible(m.sentAt) {
		e.SentAt = m.sentAt
	}
	corrected := false
	if e.OriginalAt != 0 {
		e.OccurredAt, corrected = occurredAt(in.received, e.SentAt, e.OriginalAt)
	}
	if corrected {
		in.counts.skewed++
	}
	return checkTime(in.received, e.OccurredAt)
}
