package ingest

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"tidemark/schemas"
)

// maxPayload is how much of a payload a dead letter keeps, in bytes.
const maxPayload = 8 << 10

const personalMask = "[personal]"

// personal says whether a member of that name holds personal data in the dialects we read. Separators and case do not
// count: firstName, first_name and FIRST-NAME are one name.
func personal(name string) bool {
	var short [32]byte
	n := 0
	for i := range len(name) {
		c := name[i]
		if c == '_' || c == '-' || c == ' ' {
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
		"cardnumber", "iban", "signedby", "customername", "browserip", "clientip", "smses", "company", "orderstatusurl", "latitude", "longitude", "location", "writekey", "advertisingid", "deviceid":
		return true
	}
	for _, part := range [...]string{"email", "phone", "address", "birth", "passw", "firstname", "lastname"} {
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

// redact prepares a payload for the dead letters: values of personal members and personal shapes in any text are
// replaced, then it is cut to maxPayload. What is not JSON is taken as text.
func redact(raw []byte) string {
	raw = raw[:min(len(raw), 4*maxPayload)] // no more work than for what is kept
	var out bytes.Buffer
	enc := jsontext.NewEncoder(&out, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err := redactValue(dec, enc); err != nil {
		return redactText(string(raw))
	}
	return clip(strings.ToValidUTF8(strings.TrimSuffix(out.String(), "\n"), "\uFFFD"), maxPayload)
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

// redactValue copies one value token by token.
func redactValue(dec *jsontext.Decoder, enc *jsontext.Encoder) error {
	name := ""
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			return err
		}
		isName := false
		switch tok.Kind() {
		case '"':
			text := tok.String()
			kind, n := dec.StackIndex(dec.StackDepth())
			if isName = kind == '{' && n%2 == 1; isName {
				name = text
			}
			clean, _ := maskFree(strings.ToValidUTF8(text, "\uFFFD"))
			if !isName && kind == '{' && freeText(name) && !isAmount(text) {
				clean = personalMask
			}
			tok = jsontext.String(clean)
		case '0':
			if !strings.HasSuffix(name, "_at") && longNumber(tok.String()) {
				tok = jsontext.String(numberMask)
			}
		}
		if err := enc.WriteToken(tok); err != nil {
			return err
		}
		if isName && personal(name) {
			if err := dec.SkipValue(); err != nil {
				return err
			}
			if err := enc.WriteToken(jsontext.String(personalMask)); err != nil {
				return err
			}
		}
		if dec.StackDepth() == 0 {
			return nil
		}
	}
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
