package ingest

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"tidemark/schemas"
)

// maxPayload is how much of a payload a dead letter keeps, in bytes: a whole event up to the dialects' limit of 32 KiB, and
// room for masks that are longer than what they replace.
const maxPayload = 40 << 10

const personalMask = "[personal]"

func isAmount(text string) bool {
	_, err := schemas.ParseMoney(text)
	return err == nil && len(text) < minDigits
}

// redaction is what redact has to know of a payload.
type redaction struct {
	shop     *schemas.Shop  // nil where unknown
	at       schemas.Millis // when the event happened; 0 where the payload is to say it
	received schemas.Millis
	sent     string // when its batch was
	// named says that the event's own member name is that of a page, screen or custom event, not of a person.
	named bool
	// cloud says that the outermost object is a CloudEvent, which is known by its id and source.
	cloud bool
}

// redact prepares a payload for the dead letters: values of personal members and personal shapes in any text are
// replaced, then it is cut to maxPayload. Ids that events keep stay as the collector keeps them, else no letter could be
// told from another or sent again. What is not JSON is taken as text. whole says that nothing but masked values is missing.
func redact(raw []byte, of redaction) (text string, whole bool) {
	complete := len(raw) <= 4*maxPayload
	raw = raw[:min(len(raw), 4*maxPayload)] // no more work than for what is kept
	var out bytes.Buffer
	r := redactor{
		redaction: of,
		raw:       raw,

		enc: jsontext.NewEncoder(&out, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
		dec: jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
	}
	if err := r.value(); err != nil {
		return redactText(string(raw)), false
	}
	full := strings.ToValidUTF8(strings.TrimSuffix(out.String(), "\n"), "\uFFFD")
	text = clip(full, maxPayload)
	return text, complete && len(text) == len(full) && !r.lost
}

// redactText is for what cannot be parsed; whose value a text is cannot be told there, so all quoted texts go but names.
func redactText(s string) string {
	masked, _ := maskFree(strings.ToValidUTF8(s, "\uFFFD"))
	return clip(quotedShape.ReplaceAllStringFunc(masked, func(quoted string) string {
		if name, ok := strings.CutSuffix(quoted, ":"); ok && strings.HasSuffix(strings.TrimSpace(name), `"`) {
			return quoted
		}
		return `"` + personalMask + `"`
	}), maxPayload)
}

// redactor copies one value token by token.
type redactor struct {
	redaction
	raw  []byte
	lost bool // something was masked that an event needs
	dec  *jsontext.Decoder
	enc  *jsontext.Encoder
	path []string // names of the members that the objects around are values of; empty names in arrays
	name string   // of the member at hand
}

func (r *redactor) value() error {
	for {
		tok, err := r.dec.ReadToken()
		if err != nil {
			return err
		}
		isName := false
		switch tok.Kind() {
		case '{', '[':
			r.path, r.name = append(r.path, r.name), ""
		case '}', ']':
			r.path = r.path[:len(r.path)-1]
		case '"':
			text := strings.ToValidUTF8(tok.String(), "\uFFFD")
			kind, n := r.dec.StackIndex(r.dec.StackDepth())
			if isName = kind == '{' && n%2 == 1; isName {
				r.name = text
			}
			clean := r.text(text, isName)
			if !isName && kind == '{' && freeText(r.name) && !isAmount(text) {
				clean = personalMask
				r.lost = r.lost || r.name == "message" || r.name == "description" // of an error, which events keep
			}
			tok = jsontext.String(clean)
		case '0':
			number := tok.String()
			switch {
			case personIDName(r.name):
				if person := r.person(number); person != number {
					tok = jsontext.String(person)
				}
			case !timeName(r.name) && !r.idName() && longNumber(number):
				tok = jsontext.String(numberMask)
				r.lost = true
			}
		}
		if err := r.enc.WriteToken(tok); err != nil {
			return err
		}
		if isName && personal(r.name) && !r.ownName() && !r.idName() && !addressName(r.name) {
			if err := r.dec.SkipValue(); err != nil {
				return err
			}
			if err := r.enc.WriteToken(jsontext.String(personalMask)); err != nil {
				return err
			}
		}
		if r.dec.StackDepth() == 0 {
			return nil
		}
	}
}

// text masks a text. Ids pass as they do on the way into an event. JSON within a text, as Snowplow's trackers send it, is
// looked through like the rest.
func (r *redactor) text(s string, isName bool) string {
	if !isName {
		if _, err := schemas.ParseTime(s); err == nil {
			return s
		}
	}
	switch {
	case isName || len(s) > maxID && !nestedName(r.name):
	case nestedName(r.name):
		return r.nested(s)
	case addressName(r.name) || isAddress(s):
		return cmp.Or(cutAddress(s), personalMask)
	case timeName(r.name) && allDigits(s) && len(s) <= maxTimeDigits:
		return s
	case personIDName(r.name):
		return r.person(s)
	case r.idName():
		masked, hit := maskEmail(s)
		r.lost = r.lost || hit
		return masked
	}
	masked, hit := maskFree(s)
	r.lost = r.lost || hit && !isName && !maskedAlike(r.name)
	return masked
}

func isAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// person replaces a person's id that is a direct identifier by its pseudonym. Without a key for it the id is lost, and the
// letter can't be sent again: its event would be somebody else's.
func (r *redactor) person(id string) string {
	normal, direct := directIdentifier(id)
	if !direct {
		return id
	}
	if r.shop != nil {
		if pseudonym, ok := r.shop.Pseudonym(r.when(), normal); ok {
			return pseudonym
		}
	}
	r.lost = true
	return personalMask
}

func (r *redactor) nested(s string) string {
	raw := []byte(s)
	if packedName(r.name) {
		var err error
		if raw, err = unpackBase64(s); err != nil {
			r.lost = true
			return personalMask
		}
	}
	text, whole := redact(raw, redaction{shop: r.shop, at: r.when()})
	r.lost = r.lost || !whole
	if packedName(r.name) {
		text = base64.RawURLEncoding.EncodeToString([]byte(text))
	}
	return text
}

// ownName says whether the member at hand is the name of a campaign or of the event itself.
func (r *redactor) ownName() bool {
	if r.name != "name" || len(r.path) == 0 {
		return false
	}
	return r.path[len(r.path)-1] == "campaign" || r.named && len(r.path) == 1 || r.inLines()
}

// inLines says whether the member at hand is that of a product in a list.
func (r *redactor) inLines() bool {
	n := len(r.path)
	return n > 1 && (r.path[n-2] == "products" || r.path[n-2] == "items")
}

// idName says whether the member at hand is an id that events keep.
func (r *redactor) idName() bool {
	if r.name == "id" || r.name == "source" {
		outermost := len(r.path) == 1
		return r.cloud && outermost || r.name == "id" && (r.inLines() || len(r.path) > 0 && r.path[len(r.path)-1] == "properties")
	}
	return idName(r.name)
}

// longNumber says whether a JSON number is long enough to be somebody's; times are told by their names.
func longNumber(text string) bool {
	whole, _, _ := strings.Cut(text, ".")
	return len(whole) >= minDigits
}

// validText says whether every string of a JSON text is whole: an escaped half of a surrogate pair is not.
func validText(raw []byte) bool {
	if !bytes.Contains(raw, []byte(`\u`)) {
		return utf8.Valid(raw)
	}
	return jsontext.Value(raw).IsValid(jsontext.AllowDuplicateNames(true))
}
