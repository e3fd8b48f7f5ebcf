package ingest

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// shape says where the parts of a request's JSON stand.
type shape struct {
	batch                string   // member that holds the events; empty where the request itself is the one event
	key, sentAt, context string   // other members of the outermost object; empty where there is none
	common               []string // members that the request says for all events, beside or instead of context
	single               bool     // a request without batch is itself the one event
	list                 bool     // a bare array of events passes as well
}

// split checks the whole request's syntax, names given twice included, and finds its events. Half surrogate pairs pass:
// they are one event's fault, not the request's.
func (s *shape) split(body []byte, max limits) (envelope, *refusal) {
	p := splitter{shape: s, max: max, body: body, dec: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowInvalidUTF8(true))}
	if no := p.request(); no != nil {
		return envelope{}, no
	}
	if _, err := p.dec.ReadToken(); err != io.EOF {
		return envelope{}, refuse(http.StatusBadRequest, "trailing_data")
	}
	switch {
	case s.batch == "" || s.single && !p.hasBatch:
		if len(body) > max.event {
			return envelope{}, refuse(max.status, "event_too_large")
		}
		p.out.events = [][]byte{body}
	case !p.hasBatch:
		return envelope{}, refuse(http.StatusBadRequest, "no_batch")
	}
	return p.out, nil
}

type splitter struct {
	*shape
	max      limits
	body     []byte
	dec      *jsontext.Decoder
	out      envelope
	hasBatch bool
}

var badJSON = refuse(http.StatusBadRequest, "bad_json")

func (s *splitter) request() *refusal {
	if s.list && s.dec.PeekKind() == '[' {
		return s.events()
	}
	if tok, err := s.dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return badJSON
	}
	for s.dec.PeekKind() != '}' {
		tok, err := s.dec.ReadToken()
		if err != nil {
			return badJSON
		}
		if no := s.member(tok.String()); no != nil {
			return no
		}
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return badJSON
	}
	return nil
}

func (s *splitter) member(name string) *refusal {
	if s.batch != "" && name == s.batch {
		return s.events()
	}
	raw, no := s.value()
	if no != nil {
		return no
	}
	switch {
	case name == "": // which no shape has
	case name == s.key:
		s.out.writeKey = plainString(raw)
	case name == s.sentAt:
		s.out.base.sent = plainString(raw)
	case name == s.context:
		s.out.context = raw
	case slices.Contains(s.common, name):
		s.gather(name, raw)
	}
	return nil
}

// gather adds a member to the context, an object of our own making.
func (s *splitter) gather(name string, raw []byte) {
	sep := byte(',')
	if s.out.context == nil {
		sep = '{'
	} else {
		s.out.context = s.out.context[:len(s.out.context)-1] // of the brace that closed it
	}
	s.out.context = append(s.out.context, sep)
	s.out.context = strconv.AppendQuote(s.out.context, name) // a plain word
	s.out.context = append(append(append(s.out.context, ':'), raw...), '}')
}

func (s *splitter) events() *refusal {
	if tok, err := s.dec.ReadToken(); err != nil || tok.Kind() != '[' {
		return badJSON
	}
	s.hasBatch = true
	for s.dec.PeekKind() != ']' {
		raw, no := s.value()
		switch {
		case no != nil:
			return no
		case len(raw) > s.max.event:
			return refuse(s.max.status, "event_too_large")
		case len(s.out.events) == s.max.events:
			return refuse(s.max.status, "too_many_events")
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
