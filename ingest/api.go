package ingest

import (
	"cmp"
	"context"
	"net/http"

	"tidemark/schemas"
)

// api is how the clients of one vendor speak: what they may send, where its key and its events stand, and what they want
// to hear. All of them become messages, and messages become events in one way.
type api struct {
	dialect string
	route   string   // which call of the dialect; a letter names it
	method  string   // POST where empty; a GET has its one event in its query
	media   []string // content types taken; an absent header passes
	limits  limits
	// key finds the write key outside of the body; empty where it is not there.
	key func(*http.Request) (string, *refusal)
	// eventKey reads the write key that an event carries itself; nil where none does.
	eventKey func(*reader) string
	// packed says that the body is gzip although its header does not.
	packed func(*http.Request) bool
	// split finds the events of a body, which is UTF-8 and not nested too deep.
	split func(*http.Request, []byte) (envelope, *refusal)
	// context reads what a request says for all its events into the message that they begin with; nil where nothing is.
	context func(*reader, *message) error
	// read takes one event, a JSON object, into the message that holds what its request says for all. An error means that
	// it is not readable.
	read func(*reader, *message) error
	// done is the answer to a request that Kafka has.
	done func(*intake) answer
}

// limits are those of the vendor's own contract.
type limits struct {
	body   int64
	event  int // bytes of one event
	events int // of one request
	status int // of a request beyond them
}

// envelope is a request taken apart. The slices lie in the request's body.
type envelope struct {
	writeKey string
	context  []byte   // what the request says for all events, a JSON object; nil where nothing is
	events   [][]byte // one JSON value each
	base     message  // what every event begins with
	first    int      // place of the first event in its request; above 0 in a letter only
}

// client serves one api.
func (c *Collector) client(a *api) func(*http.Request) (answer, error) {
	return func(r *http.Request) (answer, error) {
		if no := contentType(r, a.media...); no != nil {
			return answer{}, no
		}
		key, no := a.key(r)
		if no == nil && key != "" {
			_, no = c.sender(key, a.dialect)
		}
		if no != nil {
			return answer{}, no
		}
		packed := a.packed != nil && a.packed(r)
		return c.withBody(r, packed, a.limits, func(ctx context.Context, l *loan, body []byte) (answer, error) {
			in, err := c.clientBody(ctx, r, a, l, key, body)
			if err != nil {
				return answer{}, err
			}
			return a.done(in), nil
		})
	}
}

// clientBody reads the events of a body and returns once Kafka has them. The header's key goes before the body's.
func (c *Collector) clientBody(ctx context.Context, r *http.Request, a *api, l *loan, key string, body []byte) (*intake, error) {
	if r.Method == http.MethodGet {
		var no *refusal
		if body, no = queryEvent(r); no != nil {
			return nil, no
		}
	}
	if no := checkText(body); no != nil {
		return nil, no
	}
	env, no := a.split(r, body)
	if no != nil {
		return nil, no
	}
	outside := cmp.Or(key, env.writeKey)
	key, who, no := c.speaker(a, outside, env.events)
	if no != nil {
		return nil, no
	}
	if no := c.takeRate(key, len(env.events)); no != nil {
		return nil, no
	}
	in := c.newIntake(a.dialect, who, r, l, len(env.events))
	in.key, in.keyed = key, outside == ""
	if err := in.read(func(rd *reader) error { return in.clientEvents(rd, a, &env) }); err != nil {
		return nil, err
	}
	return in, in.finish(ctx)
}

func (in *intake) clientEvents(rd *reader, a *api, env *envelope) error {
	in.origin = Origin{redacted: new(redactedText), named: true, Route: a.route, SentAt: env.base.sent, Context: env.context}
	whole := true
	if env.context != nil && a.context != nil {
		whole = validText(env.context)
		rd.reset(env.context)
		if err := a.context(rd, &env.base); err != nil {
			return badJSON
		}
	}
	for i, raw := range env.events {
		before := len(in.recs)
		rd.index = env.first + i
		in.origin.Index = rd.index
		whose, f := in.owner(rd, a, raw)
		if f == nil {
			f = in.clientEvent(rd, a, &env.base, raw, whole)
		}
		if f != nil {
			if err := in.bury(f, raw, whose); err != nil {
				return err
			}
		}
		if err := in.account(before); err != nil {
			return err
		}
	}
	return nil
}

// clientEvent turns one event into records, or says why not. It begins with base, what the request says for all.
func (in *intake) clientEvent(rd *reader, a *api, base *message, raw []byte, whole bool) *fault {
	if raw[firstByte(raw)] != '{' {
		return &fault{KindUnreadable, "event is no JSON object"}
	}
	if !whole || !validText(raw) {
		return &fault{KindBadText, "half a surrogate pair"}
	}
	rd.reset(raw)
	m := &rd.message
	*m = *base
	err := a.read(rd, m)
	m.money = rd.fault
	if err != nil {
		return asFault(err)
	}
	e := schemas.Envelope{Shop: in.sender.shop.ID, Market: in.sender.shop.Market, Source: a.dialect, ReceivedAt: in.received}
	if f := in.messageEnvelope(m, &e); f != nil {
		return f
	}
	return in.call(m, e)
}

func (c *Collector) takeRate(key string, events int) *refusal {
	if wait := c.keys.take(key, float64(events), c.cfg.Now()); wait > 0 {
		return &refusal{status: http.StatusTooManyRequests, code: "rate", retry: wait}
	}
	return nil
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
