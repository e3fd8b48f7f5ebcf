package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tidemark/schemas"
)

// Limits of text, in bytes. Ids beyond the limit are refused; other text is cut.
const (
	maxID   = schemas.MaxEventID
	maxText = 512
	maxName = 200
	// maxLocale is longer than any BCP 47 tag in use.
	maxLocale = 35
)

// cleanText brings text into normal form C, so that two spellings of one name are one name, and cuts it to limit
// bytes at a rune boundary.
func cleanText(s string, limit int) string {
	if !isASCII(s) {
		s = norm.NFC.String(s)
	}
	return clip(s, limit)
}

// cleanTexts cleans texts in place.
func cleanTexts(limit int, texts ...*string) {
	for _, text := range texts {
		*text = cleanText(*text, limit)
	}
}

// cleanID checks an id and brings it into normal form C. An empty id is no fault.
func cleanID(field, s string) (string, *fault) {
	if s == "" {
		return "", nil
	}
	if len(s) > maxID {
		return "", &fault{KindBadID, field + " is longer than 200 bytes"}
	}
	if !isASCII(s) {
		s = norm.NFC.String(s)
	}
	if strings.IndexFunc(s, unicode.IsControl) >= 0 {
		return "", &fault{KindBadID, field + " holds control characters"}
	}
	if len(s) > maxID { // composing may lengthen text
		return "", &fault{KindBadID, field + " is longer than 200 bytes"}
	}
	return s, nil
}

// idField is an id and the name under which its sender knows it.
type idField struct {
	name string
	text *string
}

// cleanIDs cleans ids in place and returns the first fault.
func cleanIDs(fields ...idField) *fault {
	for _, id := range fields {
		var f *fault
		if *id.text, f = cleanID(id.name, *id.text); f != nil {
			return f
		}
	}
	return nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
