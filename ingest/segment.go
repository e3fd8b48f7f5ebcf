package ingest

import (
	"cmp"
	"context"
	"net/http"

	"tidemark/schemas"
)

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

// segment handles one call of Segment's API. By its contract a body that is too large is a 400, and so is bad JSON;
// events that cannot be kept are a 200, and go to the dead letters.
func (c *Collector) segment(call string) func(*http.Request) (answer, error) {
	limit := int64(segmentEvent)
	if call == callBatch {
		limit = segmentBody
	}
	return func(r *http.Request) (answer, error) {
		// The browser SDK sends text/plain, which spares it a preflight.
		if no := contentType(r, "application/json", "text/plain"); no != nil {
			return answer{}, no
		}
		key, no := headerKey(r)
		if no == nil && key != "" {
			_, no = c.sender(key, dialectSegment)
		}
		if no != nil {
			return answer{}, no
		}
		return c.withBody(r, limit, http.StatusBadRequest, func(ctx context.Context, l *loan, body []byte) (answer, error) {
			if err := c.segmentBody(ctx, r, l, call, key, body); err != nil {
				return answer{}, err
			}
			return answer{http.StatusOK, segmentAnswer{true}}, nil
		})
	}
}

// segmentBody reads the events of a body and returns nil once Kafka has them. The header's key goes before the body's.
func (c *Collector) segmentBody(ctx context.Context, r *http.Request, l *loan, call, key string, body []byte) error {
	if no := checkText(body); no != nil {
		return no
	}
	env, no := splitSegment(body, call != callBatch)
	if no != nil {
		return no
	}
	key = cmp.Or(key, env.writeKey)
	who, no := c.sender(key, dialectSegment)
	if no != nil {
		return no
	}
	if no := c.takeRate(key, len(env.events)); no != nil {
		return no
	}
	in := c.newIntake(dialectSegment, who, r, l, len(env.events))
	if err := in.read(func(rd *reader) error { return in.segmentEvents(rd, call, &env) }); err != nil {
		return err
	}
	return in.finish(ctx)
}

func (in *intake) segmentEvents(rd *reader, call string, env *envelope) error {
	base := message{sent: env.sentAt}
	whole := true
	if env.context != nil {
		whole = validText(env.context)
		rd.reset(env.context)
		if err := rd.context(&base.context); err != nil {
			return badJSON
		}
	}
	for _, raw := range env.events {
		before := len(in.recs)
		if f := in.segmentEvent(rd, call, base, raw, whole); f != nil {
			if err := in.quarantine(f, raw); err != nil {
				return err
			}
		}
		if err := in.account(before); err != nil {
			return err
		}
	}
	return nil
}

// segmentEvent turns one call into records, or says why not. m begins with what the batch says for all.
func (in *intake) segmentEvent(rd *reader, call string, m message, raw []byte, whole bool) *fault {
	if raw[firstByte(raw)] != '{' {
		return &fault{KindUnreadable, "event is no JSON object"}
	}
	if !whole || !validText(raw) {
		return &fault{KindBadText, "half a surrogate pair"}
	}
	rd.reset(raw)
	if err := rd.message(&m); err != nil {
		return &fault{KindUnreadable, "event is not readable"}
	}
	if call != callBatch {
		m.kind = call
	}
	e := schemas.Envelope{Shop: in.sender.shop.ID, Market: in.sender.shop.Market, Source: dialectSegment, ReceivedAt: in.received}
	if f := in.segmentEnvelope(&m, &e); f != nil {
		return f
	}
	return in.segmentCall(&m, e)
}

// firstByte is the index of the first byte that is no blank, or 0.
func firstByte(raw []byte) int {
	for i, b := range raw {
		if b > ' ' {
			return i
		}
	}
	return 0
}

func (c *Collector) takeRate(key string, events int) *refusal {
	if wait := c.keys.take(key, float64(events), c.cfg.Now()); wait > 0 {
		return &refusal{status: http.StatusTooManyRequests, code: "rate", retry: wait}
	}
	return nil
}
