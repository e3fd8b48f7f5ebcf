package chhttp

import (
	"slices"
	"strings"
)

// checkReadOnly refuses what the engine's readonly=1 lets through although it reaches beyond the tables, and text that the
// engine might cut into tokens in another way than this package: a second statement could hide there.
func (st statement) checkReadOnly() error {
	if !st.rows { // the engine has one user, who may kill any query
		return newException(164, "READONLY", "Cannot execute %s in readonly mode", st.verb)
	}
	// readonly does not cover files written by the output clause, so its words may not even stand in a string.
	if lower := strings.ToLower(st.text); strings.Contains(lower, "outfile") || strings.Contains(lower, "infile") {
		return notServed("the words OUTFILE and INFILE in a read-only user's query")
	}
	var last token
	opened := false
	for t, ok := nextToken(st.text, 0); ok; t, ok = nextToken(st.text, t.end) {
		first := !opened && t.punct(st.text, "(")
		switch {
		case t.doubtful(st.text):
			return syntaxError("a read-only user's query may hold only ASCII without $ outside of quotes, and no backslash in a quoted name")
		case t.leaves(st.text):
			return newException(497, "ACCESS_DENIED", "Read-only users cannot use the name %s", st.text[t.start:t.end])
		case last.is(st.text, "PARALLEL") && t.is(st.text, "WITH"): // runs a second statement of any kind
			return notServed("PARALLEL WITH in a read-only user's query")
		case first && strings.HasPrefix(st.verb, "DESC") && last.called(st.text):
			return newException(497, "ACCESS_DENIED", "Read-only users cannot describe table functions")
		}
		opened = opened || first
		last = t
	}
	return nil
}

// doubtful tells whether t is of a kind that the engine may delimit otherwise: heredocs, typographic quotes, words with $
// or with characters beyond ASCII, names with escapes.
func (t token) doubtful(s string) bool {
	text := s[t.start:t.end]
	switch {
	case t.kind == stringToken:
		return text[0] != '\''
	case t.kind == nameToken:
		return text[0] != '"' && text[0] != '`' || strings.Contains(text, `\`)
	}
	return strings.ContainsFunc(text, func(c rune) bool { return c == '$' || c > 127 })
}

// leaves tells whether t names a function through which a query leaves the tables: file reads any file of the machine,
// catboostEvaluate too, and eval runs a text as a query. They can be passed on without being called, as in arrayMap(file, x),
// so the bare name is refused.
func (t token) leaves(s string) bool {
	if t.kind != wordToken && t.kind != nameToken {
		return false
	}
	name := strings.ToLower(strings.Trim(s[t.start:t.end], "`\""))
	return slices.Contains([]string{"file", "eval", "catboostevaluate"}, name)
}

// called tells whether t, standing before a bracket, is the name of a function; DESCRIBE opens files and connections of
// table functions without asking for the right to do so.
func (t token) called(s string) bool {
	return (t.kind == wordToken || t.kind == nameToken) && !t.is(s, "DESC") && !t.is(s, "DESCRIBE") && !t.is(s, "TABLE")
}
