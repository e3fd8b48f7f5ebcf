package letters

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// safe writes what would steer a terminal as JSON escapes: control characters, and those that turn the direction of text or
// have no width. A JSON text stays the same JSON. Line breaks stay where breaks says so.
func safe(s string, breaks bool) string {
	odd := func(r rune) bool {
		return unicode.IsControl(r) && !(breaks && r == '\n') || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
	}
	if strings.IndexFunc(s, odd) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !odd(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
