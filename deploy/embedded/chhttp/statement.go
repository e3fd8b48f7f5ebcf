package chhttp

import (
	"slices"
	"strings"
)

// statement is one SQL statement, understood as far as the transport needs.
type statement struct {
	text   string // without the closing semicolon
	verb   string // first word in upper case; "(" for a parenthesised SELECT
	format string // of its FORMAT clause, "" if there is none
	cut    int    // where INTO OUTFILE belongs: before the FORMAT clause, or at the end of the text
	rows   bool   // gives rows, so that its output can be sent into a pipe
}

// rowVerbs begin statements that take INTO OUTFILE.
const rowVerbs = " SELECT WITH SHOW DESCRIBE DESC EXPLAIN EXISTS CHECK FROM ( "

// parseStatement reads a whole statement and refuses what this server does not do.
func parseStatement(text string) (statement, error) {
	tokens, end, err := topLevelTokens(text)
	if err != nil {
		return statement{}, err
	}
	if len(tokens) == 0 {
		return statement{}, syntaxError("the query is empty")
	}
	st := statement{text: text[:end], verb: strings.ToUpper(text[tokens[0].start:tokens[0].end]), cut: end}
	if err := st.refuse(tokens); err != nil {
		return statement{}, err
	}
	st.rows = strings.Contains(rowVerbs, " "+st.verb+" ") && !slices.ContainsFunc(tokens, func(t token) bool { return t.is(text, "INSERT") })
	for k := len(tokens) - 2; k > 1; k-- {
		last := k+2 == len(tokens) || tokens[k+2].is(text, "SETTINGS")
		if tokens[k].is(text, "FORMAT") && tokens[k+1].kind == wordToken && last {
			st.cut, st.format = tokens[k].start, text[tokens[k+1].start:tokens[k+1].end]
			break
		}
	}
	return st, nil
}

// topLevelTokens returns the tokens outside brackets and the end of the statement (its semicolon or the text's end).
// A second statement and unbalanced quoting are errors: the engine would run the one, and could read the other differently.
func topLevelTokens(text string) (tokens []token, end int, err error) {
	depth := 0
	for pos := 0; ; {
		t, ok := nextToken(text, pos)
		if !ok {
			return tokens, len(text), nil
		}
		pos = t.end
		switch {
		case t.kind == brokenToken:
			return nil, 0, syntaxError("a string, quoted name or comment is not closed")
		case t.punct(text, ";"):
			if _, more := nextToken(text, pos); more {
				return nil, 0, syntaxError("multi-statements are not allowed")
			}
			return tokens, t.start, nil
		case t.is(text, "OUTFILE"), t.is(text, "INFILE"):
			return nil, 0, notServed("INTO OUTFILE and FROM INFILE")
		case t.punct(text, ")]}"):
			depth--
		}
		if depth <= 0 {
			tokens = append(tokens, t)
		}
		if t.punct(text, "([{") {
			depth++
		}
	}
}

// refuse turns away statements whose effect would be lost, since every request has a session of its own, and those that
// would stop the process.
func (st statement) refuse(tokens []token) error {
	second := ""
	if len(tokens) > 1 {
		second = strings.ToUpper(st.text[tokens[1].start:tokens[1].end])
	}
	nothingToInsert := st.verb == "INSERT" && !hasWord(st.text, "SELECT") // the engine would read its own standard input
	temporary := false                                                    // CREATE [OR REPLACE] TEMPORARY
	for i := 1; i < min(4, len(tokens)); i++ {
		temporary = temporary || tokens[i].is(st.text, "TEMPORARY") && (i == 1 || tokens[i-1].is(st.text, "REPLACE"))
	}
	switch {
	case nothingToInsert:
		return syntaxError("INSERT needs FORMAT, VALUES or SELECT")
	case st.verb == "SET" && second != "DEFAULT", st.verb == "USE", st.verb == "BEGIN", st.verb == "START", st.verb == "COMMIT", st.verb == "ROLLBACK":
		return notServed(st.verb + " (requests share no session: put settings and database into the URL, or use a SETTINGS clause)")
	case temporary && (st.verb == "CREATE" || st.verb == "ATTACH" || st.verb == "REPLACE"):
		return notServed("temporary tables (requests share no session)")
	case st.verb == "SYSTEM" && (second == "SHUTDOWN" || second == "KILL"):
		return notServed("SYSTEM " + second)
	}
	return nil
}

// hasWord tells whether word stands anywhere in s outside of quotes and comments.
func hasWord(s, word string) bool {
	for t, ok := nextToken(s, 0); ok; t, ok = nextToken(s, t.end) {
		if t.is(s, word) {
			return true
		}
	}
	return false
}

// intoPipe is the statement with its output going to path in format.
func (st statement) intoPipe(path, format string) string {
	tail := st.text[st.cut:]
	if tail == "" {
		tail = "FORMAT " + format
	}
	return st.text[:st.cut] + "\nINTO OUTFILE '" + path + "' TRUNCATE " + tail
}

func (t token) is(s, word string) bool {
	return t.kind == wordToken && strings.EqualFold(s[t.start:t.end], word)
}

// punct tells whether t is one of the punctuation bytes in set.
func (t token) punct(s, set string) bool {
	return t.kind == punctToken && strings.IndexByte(set, s[t.start]) >= 0
}
