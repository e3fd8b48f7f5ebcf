package schemas

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// appendText writes a JSON string.
func appendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0
	for i := plainPrefix(s, 0); i < len(s); i = plainPrefix(s, i) {
		if _, n := utf8.DecodeRuneInString(s[i:]); n > 1 { // one byte only is ASCII or invalid
			i += n
			continue
		}
		dst = append(dst, s[done:i]...)
		dst = appendEscape(dst, s[i])
		i++
		done = i
	}
	dst = append(dst, s[done:]...)
	return append(dst, '"')
}

// plainPrefix returns the index from i on of the first byte that needs a closer look, or the length of s.
func plainPrefix(s string, i int) int {
	for b := bytesOf(s); len(s)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		if marks := special(w) | w&highs; marks != 0 {
			return i + bits.TrailingZeros64(marks)>>3
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return i
		}
	}
	return i
}

// appendEscape writes a byte that cannot stand for itself.
func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch {
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c == '\n':
		return append(dst, `\n`...)
	case c < 0x20:
		return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
	return append(dst, "\uFFFD"...)
}
