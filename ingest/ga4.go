package ingest

import (
	"net/http"
	"strconv"
	"strings"

	"tidemark/schemas"
)

// ga4 is the Measurement Protocol of Google Analytics 4. The API secret in the query is the write key. Its events have no
// ids: one with a time gets an id that follows from what it says, so that a repetition counts once; one without gets a
// fresh id and the time of its arrival.
func ga4() *api {
	max := limits{body: 130 << 10, event: 130 << 10, events: 25, status: http.StatusRequestEntityTooLarge}
	in := shape{batch: "events", rest: ga4Member}
	return &api{
		dialect: dialectGA4,
		media:   []string{"application/json", "text/plain"},
		limits:  max,
		key: func(r *http.Request) (string, *refusal) {
			if key := r.URL.Query().Get("api_secret"); key != "" {
				return key, nil
			}
			return headerKey(r)
		},
		split: func(_ *http.Request, body []byte) (envelope, *refusal) { return in.split(body, max) },
		read:  (*reader).ga4,
		done:  func(*intake) answer { return answer{status: http.StatusNoContent} },
	}
}

// ga4Member reads what a request says of all its events.
func ga4Member(m *message, name string, raw []byte) {
	switch name {
	case "client_id":
		m.anonymousID = plainString(raw)
	case "user_id":
		m.userID = plainString(raw)
	case "timestamp_micros":
		m.at = microseconds(strings.Trim(string(raw), `"`))
	}
}

// microseconds reads a whole number of microseconds since 1970. What is none is a time that cannot be true, so that the
// event is refused instead of counted at another time.
func microseconds(text string) moment {
	us, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return moment{set: true}
	}
	return moment{time: schemas.Millis(us / 1000), set: true}
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
			var at string
			err := r.text(&at)
			m.at = microseconds(at)
			return err
		}
		return r.drop(name)
	})
	m.kind = callTrack
	switch m.event {
	case "page_view", "screen_view":
		m.kind, m.event = callPage, ""
	case "user_engagement":
		m.event = pageEngaged
	case "exception":
		m.event = jsError
	}
	if m.at.set {
		m.messageID = stableID(m.anonymousID, m.userID, strconv.FormatInt(int64(m.at.time), 10), text)
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
