package ingest

import (
	"regexp"
	"strings"
)

// Free text may hold what a visitor typed by mistake. An e-mail address has one shape; a run of ten or more digits,
// full-width or not, separators allowed, may be a phone, card or identity number. quotedShape is a text in broken JSON, with the colon
// that makes it a name.
var (
	emailShape  = regexp.MustCompile(`[\p{L}\p{N}._%+\-]+(?:@|＠|%40)[\p{L}\p{N}.\-]+\.\p{L}{2,}`)
	numberShape = regexp.MustCompile(`\+?[0-9０-９](?:[ .()\-]{0,2}[0-9０-９]){9,}[Xx]?`)
	quotedShape = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?(?:\s*:)?`)
)

const (
	emailMask  = "[email]"
	numberMask = "[number]"
	minDigits  = 10 // the shortest number that numberShape finds
)

// maskEmail replaces e-mail addresses; hit says whether there were any.
func maskEmail(s string) (out string, hit bool) {
	if len(s) < len("a@b.cc") || !strings.Contains(s, "@") && !strings.Contains(s, "%40") && !strings.Contains(s, "＠") {
		return s, false
	}
	out = emailShape.ReplaceAllLiteralString(s, emailMask)
	return out, out != s
}

// maskFree replaces e-mail addresses and long numbers in text that people type.
func maskFree(s string) (out string, hit bool) {
	out, hit = maskEmail(s)
	digits := 0
	for i := range len(out) {
		wide := i > 1 && out[i-2:i] == "\xef\xbc" && out[i] >= 0x90 && out[i] <= 0x99
		if wide || out[i] >= '0' && out[i] <= '9' {
			digits++
		}
	}
	if digits < minDigits {
		return out, hit
	}
	masked := numberShape.ReplaceAllLiteralString(out, numberMask)
	return masked, hit || masked != out
}
