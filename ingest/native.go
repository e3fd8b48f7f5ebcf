package ingest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"tidemark/schemas"
)

// Limits of the native dialect.
const (
	nativeBody    = 1 << 20
	nativeEvent   = 32 << 10 // orders: MaxRecord
	nativeEvents  = 500
	nativeMembers = 200
)

// nativeAnswer lists what became of every event: 200 where all were accepted, else 207.
type nativeAnswer struct {
	Success     bool         `json:"success"`
	Accepted    int          `json:"accepted"`
	Duplicate   int          `json:"duplicate"`
	Quarantined int          `json:"quarantined"`
	Results     []lineResult `json:"results"`
}

// lineResult is what became of one line, counted from 1.
type lineResult struct {
	Line   int    `json:"line"`
	Result string `json:"result"`
	Kind   Kind   `json:"kind,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// events handles tidemark's own dialect: POST /v1/events?family=orders, one event per line in the family's wire format.
// The family is clickstream where none is named. shop may be left out; market, received_at and, for public keys, source
// are the collector's to set. A public key may write clickstream only.
func (c *Collector) events(r *http.Request) (answer, error) {
	if no := contentType(r, "application/x-ndjson", "application/ndjson"); no != nil {
		return answer{}, no
	}
	key, no := headerKey(r)
	if no != nil {
		return answer{}, no
	}
	who, no := c.sender(key, dialectNative)
	if no != nil {
		return answer{}, no
	}
	family, ok := c.native[cmp.Or(r.URL.Query().Get("family"), schemas.Clickstream.Name)]
	switch {
	case !ok:
		return answer{}, refuse(http.StatusBadRequest, "unknown_family")
	case !who.secret && !family.public:
		return answer{}, refuse(http.StatusForbidden, "secret_key_needed")
	}
	return c.withBody(r, false, limits{body: nativeBody, status: http.StatusRequestEntityTooLarge}, func(ctx context.Context, l *loan, body []byte) (answer, error) {
		lines, no := splitLines(body)
		if no != nil {
			return answer{}, no
		}
		if no := c.takeRate(key, len(lines)); no != nil {
			return answer{}, no
		}
		in := c.newIntake(dialectNative, who, r, l, len(lines))
		in.origin = family.origin()
		return in.lines(ctx, lines, func(rd *reader, l line) (bool, error) { return family.event(in, rd, l.text) })
	})
}

// line is one event of a batch.
type line struct {
	number int // from 1, blank lines counted
	text   []byte
}

// splitLines checks the whole request's syntax and finds its events.
func splitLines(body []byte) ([]line, *refusal) {
	if no := checkText(body); no != nil {
		return nil, no
	}
	var lines []line
	number := 0
	for text := range bytes.Lines(body) {
		number++
		text = bytes.TrimSpace(text)
		switch {
		case len(text) == 0:
			continue
		case len(lines) == nativeEvents:
			return nil, refuse(http.StatusRequestEntityTooLarge, "too_many_events")
		case text[0] != '{' || !jsontext.Value(text).IsValid(jsontext.AllowInvalidUTF8(true)):
			return nil, badJSON
		}
		lines = append(lines, line{number, text})
	}
	return lines, nil
}

// lines adds the events of a request one by one, and lists what became of each.
func (in *intake) lines(ctx context.Context, lines []line, add func(*reader, line) (fresh bool, err error)) (answer, error) {
	out := nativeAnswer{Success: true, Results: make([]lineResult, 0, len(lines))}
	err := in.read(func(rd *reader) error {
		for _, l := range lines {
			before := len(in.recs)
			res, err := in.line(rd, l, add)
			if err == nil {
				err = in.account(before)
			}
			if err != nil {
				return err
			}
			out.Results = append(out.Results, res)
		}
		return nil
	})
	if err == nil {
		err = in.finish(ctx)
	}
	if err != nil {
		return answer{}, err
	}
	out.Accepted, out.Duplicate, out.Quarantined = in.counts.accepted, in.counts.duplicate, in.counts.quarantined
	if out.Accepted == len(lines) {
		return answer{http.StatusOK, out}, nil
	}
	return answer{http.StatusMultiStatus, out}, nil
}

// line adds one line's record, or its dead letter. An error refuses the whole request.
func (in *intake) line(rd *reader, l line, add func(*reader, line) (bool, error)) (lineResult, error) {
	fresh, err := add(rd, l)
	var f *fault
	switch {
	case errors.As(err, &f):
		return lineResult{l.number, resultQuarantined, f.kind, f.reason}, in.quarantine(f, l.text)
	case err != nil:
		return lineResult{}, err
	}
	in.settle(fresh)
	if !fresh {
		return lineResult{Line: l.number, Result: resultDuplicate}, nil
	}
	return lineResult{Line: l.number, Result: resultAccepted}, nil
}
