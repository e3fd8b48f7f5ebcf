package ingest

import (
	"bytes"
	"io"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits of Segment's HTTP API. Kilobytes are taken as 1,024 bytes, which is what its own SDKs do.
const (
	segmentBody   = 500 << 10
	segmentEvent  = 32 << 10
	segmentEvents = 2_500
)

// envelope is a request taken apart. The slices lie in the request's body.
type envelope struct {
	writeKey, sentAt string
	context          []byte   // of a batch; nil where absent
	events           [][]byte // one JSON value each
	hasBatch         bool
}

// splitSegment checks the whole request's syntax, names given twice included, and finds its events. A request that is
// no batch is itself the one event. Half surrogate pairs pass: they are one event's fault, not the request's.
func splitSegment(body []byte, single bool) (envelope, *refusal) {
	s := splitter{body: body, dec: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowInvalidUTF8(true))}
	if no := s.envelope(single); no != nil {
		return envelope{}, no
	}
	if _, err := s.dec.ReadToken(); err != io.EOF {
		return envelope{}, refuse(http.StatusBadRequest, "trailing_data")
	}
	switch {
	case single:
		s.out.events = [][]byte{body}
	case !s.out.hasBatch:
		return envelope{}, refuse(http.StatusBadRequest, "no_batch")
	}
	return s.out, nil
}

type splitter struct {
	body []byte
	dec  *jsontext.Decoder
	out  envelope
}

var badJSON = refuse(http.StatusBadRequest, "bad_json")

func (s *splitter) envelope(single bool) *refusal {
	if tok, err := s.dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return badJSON
	}
	for s.dec.PeekKind() != '}' {
		tok, err := s.dec.ReadToken()
		if err != nil {
			return badJSON
		}
		if no := s.member(tok.String(), single); no != nil {
			return no
		}
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return badJSON
	}
	return nil
}

func (s *splitter) member(name string, single bool) *refusal {
	if name == "batch" && !single {
		return s.batch()
	}
	raw, no := s.value()
	if no != nil {
		return no
	}
	switch name {
	case "writeKey":
		s.out.writeKey = plainString(raw)
	case "sentAt":
		s.out.sentAt = plainString(raw)
	case "context":
		if !single {
			s.out.context = raw
		}
	}
	return nil
}

func (s *splitter) batch() *refusal {
	if tok, err := s.dec.ReadToken(); err != nil || tok.Kind() != '[' {
		return badJSON
	}
	s.out.hasBatch = true
	for s.dec.PeekKind() != ']' {
		raw, no := s.value()
		switch {
		case no != nil:
			return no
		case len(raw) > segmentEvent:
			return refuse(http.StatusBadRequest, "event_too_large")
		case len(s.out.events) == segmentEvents:
			return refuse(http.StatusBadRequest, "too_many_events")
		}
		s.out.events = append(s.out.events, raw)
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return badJSON
	}
	return nil
}

// value reads one value and returns its place in the body.
func (s *splitter) value() ([]byte, *refusal) {
	v, err := s.dec.ReadValue()
	if err != nil {
		return nil, badJSON
	}
	end := s.dec.InputOffset()
	return s.body[end-int64(len(v)) : end], nil
}

// plainString is the text of a JSON string, and empty for any other value.
func plainString(raw []byte) string {
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return ""
	}
	return string(text)
}
