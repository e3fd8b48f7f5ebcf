package chhttp

import "strings"

type tokenKind byte

const (
	wordToken   tokenKind = iota // keyword, bare identifier or number
	stringToken                  // '...' or $tag$...$tag$
	nameToken                    // "..." or `...`
	punctToken                   // any other single byte
	brokenToken                  // a string, name or comment that does not end
)

// token is text[start:end] of one statement.
type token struct {
	kind       tokenKind
	start, end int
}

// nextToken returns the first token at or after pos; ok is false when only blanks and comments are left.
// It follows ClickHouse's own lexer as far as quoting and comments go, since both must agree on where a string ends.
func nextToken(s string, pos int) (t token, ok bool) {
	pos, closed := skipBlanks(s, pos)
	if !closed {
		return token{brokenToken, pos, len(s)}, true
	}
	if pos >= len(s) {
		return token{}, false
	}
	if open, end, found := unicodeQuote(s[pos:]); found {
		return quotedByUnicode(s, pos, open, end), true
	}
	switch c := s[pos]; {
	case c == '\'':
		return quoted(s, pos, stringToken), true
	case c == '"' || c == '`':
		return quoted(s, pos, nameToken), true
	case c == '$':
		return heredoc(s, pos), true
	case isWordByte(c):
		end := pos + 1
		for end < len(s) && (isWordByte(s[end]) || s[end] == '$') {
			end++
		}
		return token{wordToken, pos, end}, true
	default:
		return token{punctToken, pos, pos + 1}, true
	}
}

// skipBlanks passes blanks and comments; closed is false when a /* comment does not end.
func skipBlanks(s string, pos int) (next int, closed bool) {
	for pos < len(s) {
		rest := s[pos:]
		switch {
		case strings.IndexByte(" \t\n\r\f\v\x00", rest[0]) >= 0:
			pos++
		case strings.HasPrefix(rest, "\u00a0"):
			pos += len("\u00a0")
		case strings.HasPrefix(rest, "\u200b"), strings.HasPrefix(rest, "\ufeff"):
			pos += len("\ufeff")
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "# "), strings.HasPrefix(rest, "#!"):
			line := strings.IndexByte(rest, '\n')
			if line < 0 {
				return len(s), true
			}
			pos += line + 1
		case strings.HasPrefix(rest, "/*"):
			n := commentLen(rest)
			if n < 0 {
				return pos, false
			}
			pos += n
		default:
			return pos, true
		}
	}
	return pos, true
}

// commentLen is the length of the /* comment that s begins with, or -1 if it does not end. Comments nest.
func commentLen(s string) int {
	depth := 0
	for i := 0; i+1 < len(s); {
		switch s[i : i+2] {
		case "/*":
			depth++
			i += 2
		case "*/":
			depth--
			i += 2
			if depth == 0 {
				return i
			}
		default:
			i++
		}
	}
	return -1
}

// quoted reads up to the closing quote; a backslash and a doubled quote escape.
func quoted(s string, pos int, kind tokenKind) token {
	for i := pos + 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == s[pos] && i+1 < len(s) && s[i+1] == s[pos]:
			i++
		case s[i] == s[pos]:
			return token{kind, pos, i + 1}
		}
	}
	return token{brokenToken, pos, len(s)}
}

// unicodeQuote tells whether s begins with a typographic quote, which ClickHouse takes for ' or ", and how it ends.
func unicodeQuote(s string) (kind tokenKind, end string, found bool) {
	switch {
	case strings.HasPrefix(s, "\u2018"):
		return stringToken, "\u2019", true
	case strings.HasPrefix(s, "\u201c"):
		return nameToken, "\u201d", true
	}
	return 0, "", false
}

func quotedByUnicode(s string, pos int, kind tokenKind, closing string) token {
	n := strings.Index(s[pos:], closing)
	if n < 0 {
		return token{brokenToken, pos, len(s)}
	}
	return token{kind, pos, pos + n + len(closing)}
}

// heredoc reads $tag$ ... $tag$; a lone $ is punctuation.
func heredoc(s string, pos int) token {
	end := pos + 1
	for end < len(s) && isWordByte(s[end]) {
		end++
	}
	if end < len(s) && s[end] == '$' {
		tag := s[pos : end+1]
		if n := strings.Index(s[end+1:], tag); n >= 0 {
			return token{stringToken, pos, end + 1 + n + len(tag)}
		}
	}
	return token{punctToken, pos, pos + 1}
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
