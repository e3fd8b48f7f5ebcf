package schemas

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// The text scanner looks at eight bytes at a time. Of a word of eight bytes, (w - lows*n) &^ w & highs has the high bit
// set in the lowest byte that is below n and in none before it (a borrow may set wrong bits after it).
const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special marks quotes, backslashes and control bytes; the lowest mark is right.
func special(w uint64) uint64 {
	quote, slash := w^(lows*'"'), w^(lows*'\\')
	return ((quote-lows)&^quote | (slash-lows)&^slash | (w-lows*0x20)&^w) & highs
}

// plainText returns the index of the quote that ends the string beginning at b[p], or -1 where the string is
// escaped, broken or not valid UTF-8.
func plainText(b []byte, p int) int {
	start := p
	for ; len(b)-p >= 8; p += 8 {
		w := binary.LittleEndian.Uint64(b[p:])
		marks := special(w) | w&highs
		if marks == 0 {
			continue
		}
		p += bits.TrailingZeros64(marks) >> 3
		switch {
		case b[p] == '"':
			return p
		case b[p] >= utf8.RuneSelf:
			return wideText(b, start, p)
		}
		return -1
	}
	for ; p < len(b); p++ {
		switch c := b[p]; {
		case c == '"':
			return p
		case c >= utf8.RuneSelf:
			return wideText(b, start, p)
		case c == '\\' || c < 0x20:
			return -1
		}
	}
	return -1
}

// wideText continues plainText at b[p], behind which there are bytes that are not ASCII.
func wideText(b []byte, start, p int) int {
	for len(b)-p >= 8 {
		marks := special(binary.LittleEndian.Uint64(b[p:]))
		if marks != 0 {
			p += bits.TrailingZeros64(marks) >> 3
			break
		}
		p += 8
	}
	for p < len(b) && b[p] != '"' && b[p] != '\\' && b[p] >= 0x20 {
		p++
	}
	if p == len(b) || b[p] != '"' || !utf8.Valid(b[start:p]) {
		return -1
	}
	return p
}

// space skips JSON's white space.
func space(b []byte, p int) int {
	for p < len(b) && b[p] <= ' ' && (b[p] == ' ' || b[p] == '\n' || b[p] == '\t' || b[p] == '\r') {
		p++
	}
	return p
}

// colon skips the colon behind a name and the white space around it; it returns len(b) where there is no colon.
func colon(b []byte, p int) int {
	if p = space(b, p); p >= len(b) || b[p] != ':' {
		return len(b)
	}
	return space(b, p+1)
}

// literal reads a word such as null.
func literal(b []byte, p int, word string) (end int, ok bool) {
	end = p + len(word)
	return end, end <= len(b) && string(b[p:end]) == word
}
