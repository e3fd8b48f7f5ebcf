package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// directIdentifier says whether an id tells a person by itself (an e-mail address, a phone number, a Chinese identity
// number), and brings it into the form that all its spellings share. Numbers that are none of those are a shop's own ids.
func directIdentifier(id string) (normal string, ok bool) {
	if len(id) > maxID {
		return "", false
	}
	if !isASCII(id) {
		id = norm.NFKC.String(id) // full-width digits are common where Chinese is typed
	}
	if _, mail := maskEmail(id); mail {
		return strings.ToLower(strings.TrimSpace(id)), true
	}
	if !numeric(id) {
		return "", false
	}
	plain := strings.Map(func(r rune) rune {
		if r == '.' || r == '(' || r == ')' || unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf) {
			return -1
		}
		return r
	}, id)
	if strings.HasPrefix(plain, "00") { // as dialled in most countries
		plain = "+" + plain[2:]
	}
	digits := strings.TrimPrefix(plain, "+")
	switch {
	case len(digits) < 8 || len(digits) > 18:
		return "", false
	case identityNumber(digits):
		return strings.ToUpper(digits), true
	case !allDigits(digits):
		return "", false
	case strings.HasPrefix(plain, "+") && len(digits) <= 15: // E.164
		return plain, true
	case chineseMobile(strings.TrimPrefix(digits, "86")):
		return "+86" + strings.TrimPrefix(digits, "86"), true
	}
	return "", false
}

// numeric says whether an id may be a number with signs around it. Few ids may; the others need no closer look.
func numeric(id string) bool {
	for i := range len(id) {
		if c := id[i]; c < utf8.RuneSelf && (c < '0' || c > '9') && strings.IndexByte("+-.() xX", c) < 0 {
			return false
		}
	}
	return true
}

// chineseMobile: eleven digits, 13 to 19 first.
func chineseMobile(s string) bool {
	return len(s) == 11 && s[0] == '1' && s[1] >= '3'
}

// identityNumber checks a Chinese identity number, whose last place is a check digit (GB 11643-1999).
func identityNumber(s string) bool {
	if len(s) != 18 || !allDigits(s[:17]) {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	last := s[17]
	if last == 'x' {
		last = 'X'
	}
	year := s[6:8]
	return (year == "19" || year == "20") && last == "10X98765432"[sum%11]
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
