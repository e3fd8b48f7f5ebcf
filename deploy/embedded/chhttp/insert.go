package chhttp

import "strings"

// insertHead is the part of an INSERT before its data.
type insertHead struct {
	target   string // INSERT INTO table (columns)
	settings string // SETTINGS clause or ""
	format   string
	data     int // offset of the data in the text
}

// parseInsert finds where the data of an INSERT begins. ok is false when there is no data to feed: another statement,
// INSERT ... SELECT, or text that has no FORMAT or VALUES (yet).
func parseInsert(text string) (h insertHead, ok bool) {
	if first, found := nextToken(text, 0); !found || !first.is(text, "INSERT") {
		return h, false
	}
	pos := afterTable(text)
	depth, settingsAt, targetEnd := 0, -1, -1
	for {
		t, more := nextToken(text, pos)
		if !more || t.kind == brokenToken {
			return h, false
		}
		pos = t.end
		switch {
		case t.punct(text, "([{"):
			depth++
		case t.punct(text, ")]}"):
			depth--
		case depth > 0:
		case t.is(text, "SELECT"), t.is(text, "WITH"), t.is(text, "INFILE"), t.punct(text, ";"):
			return h, false
		case t.is(text, "SETTINGS"):
			settingsAt, targetEnd = t.start, t.start
		case t.is(text, "VALUES"):
			h.format, h.data = "Values", t.end
		case t.is(text, "FORMAT"):
			name, found := nextToken(text, t.end)
			if !found || name.kind != wordToken {
				return h, false
			}
			h.format, h.data = text[name.start:name.end], dataStart(text, name.end)
		}
		if h.format == "" {
			continue
		}
		if targetEnd < 0 {
			targetEnd = t.start
		}
		h.target = text[:targetEnd]
		if settingsAt >= 0 {
			h.settings = text[settingsAt:t.start]
		}
		return h, true
	}
}

// afterTable is the offset behind INSERT [INTO] [TABLE] [FUNCTION] db.table, so that a table may be called "format".
func afterTable(text string) int {
	t, _ := nextToken(text, 0)
	pos := t.end
	for _, word := range []string{"INTO", "TABLE", "FUNCTION"} {
		if t, ok := nextToken(text, pos); ok && t.is(text, word) {
			pos = t.end
		}
	}
	for {
		name, ok := nextToken(text, pos)
		if !ok || name.kind != wordToken && name.kind != nameToken {
			return pos
		}
		pos = name.end
		dot, ok := nextToken(text, pos)
		if !ok || !dot.punct(text, ".") {
			return pos
		}
		pos = dot.end
	}
}

// dataStart skips blanks behind the format's name up to and including one line end, as the engine does.
func dataStart(text string, pos int) int {
	pos += len(text[pos:]) - len(strings.TrimLeft(text[pos:], " \t\r"))
	if pos < len(text) && text[pos] == '\n' {
		pos++
	}
	return pos
}

// fromFile is the INSERT with its data read from path. SETTINGS must follow the file there.
func (h insertHead) fromFile(path string) string {
	return h.target + " FROM INFILE '" + path + "' " + h.settings + " FORMAT " + h.format
}
