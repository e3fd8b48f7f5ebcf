package ingest

import "net/http"

// Calls of Segment's API. A batch holds calls of any kind.
const (
	callTrack    = "track"
	callPage     = "page"
	callScreen   = "screen"
	callIdentify = "identify"
	callGroup    = "group"
	callAlias    = "alias"
	callBatch    = "batch"
)

// Limits of Segment's HTTP API. Kilobytes are taken as 1,024 bytes, which is what its own SDKs do.
const (
	segmentBody   = 500 << 10
	segmentEvent  = 32 << 10
	segmentEvents = 2_500
)

// segmentRoutes maps the last part of the path to the call. The one-letter paths are those of the browser SDK.
func segmentRoutes() map[string]string {
	return map[string]string{
		"track": callTrack, "page": callPage, "screen": callScreen, "identify": callIdentify, "group": callGroup,
		"alias": callAlias, "batch": callBatch, "import": callBatch,
		"t": callTrack, "p": callPage, "s": callScreen, "i": callIdentify, "g": callGroup, "a": callAlias, "b": callBatch,
	}
}

// segmentAnswer is what Segment answers to all it could parse.
type segmentAnswer struct {
	Success bool `json:"success"`
}

// segment is one call of Segment's API. By its contract a body that is too large is a 400, and so is bad JSON; events
// that cannot be kept are a 200, and go to the dead letters. RudderStack's SDKs speak the same, only that they label
// their JSON as a form; the browser SDK sends text/plain, which spares it a preflight.
func segment(call string) *api {
	max := limits{body: segmentEvent, event: segmentEvent, events: segmentEvents, status: http.StatusBadRequest}
	in := shape{key: "writeKey", sentAt: "sentAt"}
	if call == callBatch {
		max.body, in.batch, in.context = segmentBody, "batch", "context"
	}
	return &api{
		dialect: dialectSegment,
		route:   call,
		media:   []string{"application/json", "text/plain", "application/x-www-form-urlencoded"},
		limits:  max,
		key:     headerKey,
		split:   func(_ *http.Request, body []byte) (envelope, *refusal) { return in.split(body, max) },
		context: func(rd *reader, m *message) error { return rd.context(&m.context) },
		read: func(rd *reader, m *message) error {
			err := rd.segmentMessage(m)
			if call != callBatch {
				m.kind = call
			}
			return err
		},
		done: func(*intake) answer { return answer{http.StatusOK, segmentAnswer{true}} },
	}
}
