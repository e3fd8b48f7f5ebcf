package ingest

import (
	"bytes"
	"hash/maphash"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"tidemark/schemas"
)

// reader walks JSON that is already known to be well formed, member by member, and keeps only what it is asked for. It
// allocates nothing but the strings kept, and these once per request. One goroutine uses it at a time.
type reader struct {
	dec *jsontext.Decoder
	buf bytes.Buffer
	// fault is the first value that its field cannot take.
	fault *fault
	// unknown and personal count the members not kept, over all resets.
	unknown, personal int
	items             []schemas.Item // memory for the lines of one event, used again for the next
	message           message        // the same for the event itself
	index             int            // of the event in its request
	scratch           []byte
	texts             [256]string // of the request so far, by their hash: the events of a batch have most of them in common
	seed              maphash.Seed
}

func newReader() *reader { return &reader{dec: new(jsontext.Decoder), seed: maphash.MakeSeed()} }

// reset begins a new text. Duplicate names and bad text were dealt with before, and are not looked for again.
func (r *reader) reset(text []byte) {
	r.buf = *bytes.NewBuffer(text)
	r.dec.Reset(&r.buf, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	r.fault = nil
}

// object calls member for every name; member reads or skips the value. name is valid until the next read. What is no
// object is skipped and counted, null is not counted.
func (r *reader) object(member func(name []byte) error) error {
	if r.dec.PeekKind() != '{' {
		return r.skip()
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != '}' {
		raw, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		name := raw[1 : len(raw)-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			if name, err = jsontext.AppendUnquote(nil, raw); err != nil {
				return err
			}
		}
		if err := member(name); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// array calls element for every element, which reads or skips it. What is no array is skipped and counted.
func (r *reader) array(element func() error) error {
	if r.dec.PeekKind() != '[' {
		return r.skip()
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != ']' {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// text reads a string, or a number as its text, since numeric ids are common. Other values are dropped and counted, so
// that a required field then counts as missing.
func (r *reader) text(dst *string) error {
	switch r.dec.PeekKind() {
	case '"':
		text, err := r.quoted()
		if err == nil {
			*dst = text
		}
		return err
	case '0':
		raw, err := r.dec.ReadValue()
		if err == nil {
			*dst = string(raw)
		}
		return err
	}
	return r.skip()
}

// quoted reads a string, which must come next.
func (r *reader) quoted() (string, error) {
	raw, err := r.dec.ReadValue()
	if err != nil {
		return "", err
	}
	if text := raw[1 : len(raw)-1]; bytes.IndexByte(text, '\\') < 0 {
		return r.keep(text), nil
	}
	r.scratch, _ = jsontext.AppendUnquote(r.scratch[:0], raw) // which mends half a surrogate pair
	return r.keep(r.scratch), nil
}

// maxShared is the longest text that is looked for among those read before.
const maxShared = 256

// keep copies a text, unless the request had it before.
func (r *reader) keep(text []byte) string {
	if len(text) > maxShared {
		return string(text)
	}
	place := &r.texts[maphash.Bytes(r.seed, text)%uint64(len(r.texts))]
	if *place != string(text) {
		*place = string(text)
	}
	return *place
}

// anyText reads a text, a number, or true and false as their words.
func (r *reader) anyText(dst *string) error {
	switch r.dec.PeekKind() {
	case 't', 'f':
		tok, err := r.dec.ReadToken()
		*dst = tok.String()
		return err
	}
	return r.text(dst)
}

// millis reads a whole number of milliseconds since 1970. Any other value is a time that cannot be true, so that the event
// is refused instead of counted at another time.
func (r *reader) millis(dst *moment) error {
	var text string
	if r.dec.PeekKind() == 'n' {
		return r.dec.SkipValue()
	}
	if err := r.text(&text); err != nil {
		return err
	}
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		ms = 0
	}
	*dst = moment{time: schemas.Millis(ms), set: true}
	return nil
}

// skip passes over a value of a type that its field cannot take; null counts as absent.
func (r *reader) skip() error {
	if r.dec.PeekKind() != 'n' {
		r.unknown++
	}
	return r.dec.SkipValue()
}

// drop passes over a member that is not kept.
func (r *reader) drop(name []byte) error {
	switch string(name) {
	case "integrations", "library", "_metadata", "writeKey", "receivedAt", "channel", "version":
		// part of the protocol, not of the event
	default:
		if personal(string(name)) {
			r.personal++
		} else {
			r.unknown++
		}
	}
	return r.dec.SkipValue()
}
