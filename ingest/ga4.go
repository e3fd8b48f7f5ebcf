package ingest

import (
	"net/http"
	"strconv"

	"tidemark/schemas"
)

// ga4 is the Measurement Protocol of Google Analytics 4. The API secret in the query is the write key. Its events have no
// ids: one with a time gets an id that follows from what it says, so that a repetition counts once; one without gets a
// fresh id and the time of its arrival.
func ga4() *api {
	max := limits{body: 130 << 10, event: 130 << 10, events: 25, status: http.StatusRequestEntityTooLarge}
	in := shape{batch: "events", common: []string{"client_id", "user_id", "timestamp_micros"}}
	return &api{
		dialect: dialectGA4,
		route:   "collect",
		media:   []string{"application/json", "text/plain"},
		limits:  max,
		key: func(r *http.Request) (string, *refusal) {
			if key := r.URL.Query().Get("api_secret"); key != "" {
				return key, nil
			}
			return headerKey(r)
		},
		split:   func(_ *http.Request, body []byte) (envelope, *refusal) { return in.split(body, max) },
		context: (*reader).ga4Context,
		read:    (*reader).ga4,
		done:    func(*intake) answer { return answer{status: http.StatusNoContent} },
	}
}

// ga4Context reads what a request says of all its events.
func (r *reader) ga4Context(m *message) error {
	return r.object(func(name []byte) error {
		switch string(name) {
		case "client_id":
			return r.text(&m.anonymousID)
		case "user_id":
			return r.text(&m.userID)
		case "timestamp_micros":
			return r.microseconds(&m.at)
		}
		return r.drop(name)
	})
}

// microseconds reads a whole number of microseconds since 1970. What is none is a time that cannot be true, so that the
// event is refused instead of counted at another time.
func (r *reader) microseconds(dst *moment) error {
	var text string
	if r.dec.PeekKind() == 'n' {
		return r.dec.SkipValue()
	}
	if err := r.text(&text); err != nil {
		return err
	}
	us, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		us = 0
	}
	*dst = moment{time: schemas.Millis(us / 1000), set: true}
	return nil
}

func (r *reader) ga4(m *message) error {
	text := r.buf.String() // before it is read
	err := r.object(func(name []byte) error {
		switch string(name) {
		case "name":
			return r.text(&m.event)
		case "params":
			return r.object(func(name []byte) error { return r.ga4Param(m, name) })
		case "timestamp_micros":
			return r.microseconds(&m.at)
		}
		return r.drop(name)
	})
	m.kind, m.properties.netValue = callTrack, true
	switch m.event {
	case "page_view", "screen_view":
		m.kind, m.event = callPage, ""
	case "user_engagement":
		m.event = pageEngaged
	case "exception":
		m.event = jsError
	}
	if m.at.set {
		m.messageID = stableID(m.anonymousID, m.userID, strconv.FormatInt(int64(m.at.time), 10), strconv.Itoa(r.index), text)
	}
	return err
}

func (r *reader) ga4Param(m *message, name []byte) error {
	p, c := &m.properties, &m.context
	switch string(name) {
	case "page_location":
		return r.text(&c.url)
	case "page_path":
		return r.text(&c.path)
	case "page_referrer":
		return r.text(&c.referrer)
	case "language":
		return r.text(&c.locale)
	case "session_id", "ga_session_id":
		return r.text(&p.sessionID)
	case "engagement_time_msec":
		return r.measure(&p.measures.engaged)
	case "description":
		return r.text(&p.message)
	case "campaign":
		return r.text(&c.campaign)
	case "source":
		return r.text(&c.source)
	case "medium":
		return r.text(&c.medium)
	case "term":
		return r.text(&c.term)
	case "content":
		return r.text(&c.content)
	case "debug_mode", "page_title", "screen_resolution", "ignore_referrer":
		return r.dec.SkipValue()
	}
	return r.property(p, name)
}
