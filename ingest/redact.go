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

// personal says whether a member of that name holds personal data, or a key, in the dialects we read. Signs and case do not
// count: firstName, first_name, $first-name and FIRST-NAME are one name.
func personal(name string) bool {
	var short [32]byte
	n := 0
	for i := range len(name) {
		c := name[i]
		if c < '0' || c > '9' && c < 'A' || c > 'Z' && c < 'a' || c > 'z' && c < 0x80 {
			continue
		}
		if n == len(short) {
			return true // no name that we know is as long; better too much is masked
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		short[n] = c
		n++
	}
	switch string(short[:n]) {
	case "email", "emailaddress", "mail", "phone", "phonenumber", "mobile", "tel", "telephone", "name", "firstname", "lastname",
		"fullname", "username", "nickname", "address", "street", "city", "zip", "postalcode", "ip", "ipaddress", "traits",
		"birthday", "dateofbirth", "gender", "age", "avatar", "idcard", "idnumber", "passport", "ssn", "password", "card",
		"cardnumber", "iban", "signedby", "customername", "browserip", "clientip", "smses", "company", "orderstatusurl", "latitude",
		"longitude", "location", "advertisingid", "deviceid", "writekey", "apikey", "token", "aid": // the last ones are keys, which are nobody else's business
		return true
	}
	for _, part := range [...]string{"email", "phone", "address", "birth", "passw", "firstname", "lastname", "surname", "postal", "postcode", "zip",
		"secret", "token", "orderkey", "creditcard", "geoip", "idfa", "idfv", "gaid", "rawlocation"} {
		if bytes.Contains(short[:n], []byte(part)) { // as in shipping_address and customerEmail
			return true
		}
	}
	return false
}

// freeText says whether a text under that name is written by people, about people as often as not: a courier's note of
// who signed, a buyer's wish, a value whose meaning another member tells. As objects, members of these names stay.
func freeText(name string) bool {
	switch name {
	case "context", "message", "description", "note", "customer_note", "value":
		return true
	}
	return false
}

func isAmount(text string) bool {
	_, err := schemas.ParseMoney(text)
	return err == nil && len(text) < minDigits
}

// redaction is what redact has to know of a payload.
type redaction struct {
	shop *schemas.Shop // nil where unknown
	at   schemas.Millis
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

// maskedAlike says whether the collector masks a member of that name in the same way, so that the letter's event loses
// nothing more by it.
func maskedAlike(name string) bool {
	switch name {
	case "query", "search_term", "search", "name", "event", "event_type", "reason", "refund_reason", "utm_term", "term", "title", "se_ac":
		return true
	}
	return false
}

// addressName says whether a member holds an IP address, of which its network is kept.
func addressName(name string) bool {
	switch name {
	case "ip", "$ip", "ip_address", "client_ip", "browser_ip", "x-forwarded-for", "network":
		return true
	}
	return false
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
		if pseudonym, ok := r.shop.Pseudonym(r.at, normal); ok {
			return pseudonym
		}
	}
	r.lost = true
	return personalMask
}

// nestedName says whether a member holds JSON in a text: plain, or in base64.
func nestedName(name string) bool {
	return name == "ue_pr" || name == "co" || packedName(name)
}

func packedName(name string) bool { return name == "ue_px" || name == "cx" }

func (r *redactor) nested(s string) string {
	raw := []byte(s)
	if packedName(r.name) {
		var err error
		if raw, err = unpackBase64(s); err != nil {
			r.lost = true
			return personalMask
		}
	}
	text, whole := redact(raw, redaction{shop: r.shop, at: r.at})
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

// maxTimeDigits is the length of a time in microseconds.
const maxTimeDigits = 16

// timeName says whether a number of that name is a time.
func timeName(name string) bool {
	switch name {
	case "time", "dtm", "stm", "ttm", "timestamp_micros", "period_start", "period_end", "as_of", "latest_promise", "offset":
		return true
	}
	return strings.HasSuffix(name, "_at") || name == "timestamp" || name == "sentAt" || name == "originalTimestamp"
}

// idName says whether a member is an id that events keep. Others, as wechat_id, may be somebody's number and are masked.
func idName(name string) bool {
	switch name {
	case "event_id", "order_id", "checkout_id", "cart_id", "session_id", "impression_id", "product_id", "tracking_id", "ticket_id", "sku",
		"messageId", "refund_id", "promotion_id", "uuid", "insert_id", "eid", "sid", "$session_id", "transaction_id", "tr_id", "item_id", "sessionId":
		return true
	}
	return personIDName(name)
}

// personIDName says whether a member is the id of a visitor or buyer.
func personIDName(name string) bool {
	switch name {
	case "anonymous_id", "user_id", "buyer", "anonymousId", "userId", "previousId", "distinct_id", "$device_id", "$anon_distinct_id", "$user_id",
		"device_id", "client_id", "uid", "duid", "nuid":
		return true
	}
	return false
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
