package ingest

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"tidemark/schemas"
)

// Members of an event that say when it happened and when it was sent, in the dialects that we read; the first that is there
// goes before the others. A true time is not corrected by anybody's clock.
var (
	happenedNames = []string{trueTime, "originalTimestamp", "timestamp", "dtm", microTime, "occurred_at", "time"}
	sentNames     = []string{"sentAt", "stm", "sent_at"}
)

const (
	trueTime  = "ttm"
	microTime = "timestamp_micros"
)

// when is when the event happened, whose day says by which key its pseudonyms are made.
func (r *redactor) when() schemas.Millis {
	if r.at == 0 {
		r.at = eventTime(r.raw, r.received, r.sent)
	}
	return r.at
}

// eventTime finds the time of an event in its payload, which may be readable by no dialect. Where there is none, or none that
// can be true, it is the time of arrival. sent is when its batch was sent, as far as that says so.
func eventTime(raw []byte, received schemas.Millis, sent string) schemas.Millis {
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return received
	}
	var happened, told schemas.Millis
	best, bestSent := len(happenedNames), len(sentNames)
	for dec.PeekKind() == '"' {
		tok, err := dec.ReadToken()
		if err != nil {
			break
		}
		name := tok.String()
		value, err := dec.ReadValue()
		if err != nil {
			break
		}
		at, ok := readTime(name, value)
		if n := slices.Index(happenedNames, name); ok && n >= 0 && n < best {
			best, happened = n, at
		}
		if n := slices.Index(sentNames, name); ok && n >= 0 && n < bestSent {
			bestSent, told = n, at
		}
	}
	if best == len(happenedNames) {
		return received
	}
	if told == 0 {
		told, _ = schemas.ParseTime(sent)
	}
	if happenedNames[best] != trueTime {
		happened, _ = occurredAt(received, told, happened)
	}
	if checkTime(received, happened) != nil {
		return received
	}
	return happened
}

// readTime reads a time in RFC 3339, or a count as a number or a text.
func readTime(name string, value jsontext.Value) (schemas.Millis, bool) {
	text := string(value)
	if value.Kind() == '"' {
		text = plainString(value)
	}
	if at, err := schemas.ParseTime(text); err == nil {
		return at, true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if name == microTime {
		n /= 1000
	}
	return schemas.Millis(n), err == nil
}
