package chhttp

import (
	"strings"
	"testing"
)

func tokensOf(s string) []string {
	var out []string
	for t, ok := nextToken(s, 0); ok; t, ok = nextToken(s, t.end) {
		kind := [...]string{"", "s:", "n:", "p:", "broken:"}[t.kind]
		out = append(out, kind+s[t.start:t.end])
	}
	return out
}

func TestLexer(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		" \t\n":                           "",
		"SELECT a_1, $x":                  "SELECT|a_1|p:,|p:$|x",
		`'a''b' 'c\'d' '\\'`:              `s:'a''b'|s:'c\'d'|s:'\\'`,
		"`a``b` \"c\\\"d\"":               "n:`a``b`|n:\"c\\\"d\"",
		"a -- ' ;\nb # x;\nc #!y\nd":      "a|b|c|d",
		"a /* ; /* ' */ \" */ b":          "a|b",
		"a // ' ;\nb / / c":               "a|b|p:/|p:/|c",
		"a - - b / * c":                   "a|p:-|p:-|b|p:/|p:*|c",
		"a /* b":                          "a|broken:/* b",
		"'a":                              "broken:'a",
		`'a\'`:                            `broken:'a\'`,
		"$$a;b'$$ c":                      "s:$$a;b'$$|c",
		"$t$ $$ ; $t$;":                   "s:$t$ $$ ; $t$|p:;",
		"\u2018a'b;\u2019 \u201cc\u201d;": "s:\u2018a'b;\u2019|n:\u201cc\u201d|p:;",
		"\u2018a":                         "broken:\u2018a",
		"a\u00a0b\ufeffc":                 "a\u00a0b\ufeffc", // inside a word the engine ends it; a longer word is the safe reading
		"\u00a0\ufeff\u200ba":             "a",
		"1e-5.x":                          "1e|p:-|5|p:.|x",
		"колонка":                         "колонка",
	} {
		if got := strings.Join(tokensOf(text), "|"); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestParseStatement(t *testing.T) {
	for text, want := range map[string]struct {
		format, piped string
		rows          bool
	}{
		"SELECT 1":                     {"", "SELECT 1\nINTO OUTFILE 'P' TRUNCATE FORMAT D", true},
		"SELECT 1 FORMAT CSV ; -- end": {"CSV", "SELECT 1 \nINTO OUTFILE 'P' TRUNCATE FORMAT CSV ", true},
		"select 1 format JSON settings max_threads=1": {"JSON", "select 1 \nINTO OUTFILE 'P' TRUNCATE format JSON settings max_threads=1", true},
		"SELECT 'FORMAT CSV', (SELECT 1 FORMAT CSV)":  {"", "SELECT 'FORMAT CSV', (SELECT 1 FORMAT CSV)\nINTO OUTFILE 'P' TRUNCATE FORMAT D", true},
		"SELECT format FROM t":                        {"", "SELECT format FROM t\nINTO OUTFILE 'P' TRUNCATE FORMAT D", true},
		"(SELECT 1) FORMAT TSV":                       {"TSV", "(SELECT 1) \nINTO OUTFILE 'P' TRUNCATE FORMAT TSV", true},
		"INSERT INTO t SELECT 1":                      {"", "", false},
		"WITH 1 AS x INSERT INTO t SELECT x":          {"", "", false},
		"CREATE TABLE temporary (a Int8)":             {"", "", false},
	} {
		st, err := parseStatement(text)
		if err != nil || st.format != want.format || st.rows != want.rows {
			t.Errorf("%s: %+v %v", text, st, err)
		}
		if got := st.intoPipe("P", "D"); st.rows && got != want.piped {
			t.Errorf("%s:\n got %q\nwant %q", text, got, want.piped)
		}
	}
}

func TestParseStatementRefuses(t *testing.T) {
	for text, code := range map[string]int{
		"": 62, ";": 62, "/* */": 62, "SELECT 1;SELECT 2": 62, "SELECT 1;;": 62, "SELECT '": 62, "SELECT 1 /*": 62, "SELECT `a": 62,
		"SELECT 1 INTO OUTFILE 'x'": 48, "SELECT (SELECT 1 into/**/outfile 'x')": 48, "INSERT INTO t FROM INFILE 'x' FORMAT CSV": 48,
		"SET a = 1": 48, "use db": 48, "BEGIN TRANSACTION": 48, "CREATE OR REPLACE TEMPORARY TABLE t (a Int8)": 48, "SYSTEM kill": 48,
		"INSERT INTO t": 62, "INSERT INTO t (a, `SELECT`)": 62,
	} {
		_, err := parseStatement(text)
		if err == nil || asException(err).code != code {
			t.Errorf("%q: %v, want code %d", text, err, code)
		}
	}
}

func TestParseInsert(t *testing.T) {
	for text, want := range map[string]string{ // target | settings | format | data
		"INSERT INTO t FORMAT CSV\n1":                                     "INSERT INTO t ||CSV|1",
		"INSERT INTO t FORMAT CSV":                                        "INSERT INTO t ||CSV|",
		"INSERT INTO t FORMAT Native \r\n\n\x00":                          "INSERT INTO t ||Native|\n\x00",
		"insert t values(1)":                                              "insert t ||Values|(1)",
		"INSERT INTO db.`t 1` (a, format) VALUES ('FORMAT CSV'), (2)":     "INSERT INTO db.`t 1` (a, format) ||Values| ('FORMAT CSV'), (2)",
		"INSERT INTO format FORMAT TSV\n1":                                "INSERT INTO format ||TSV|1",
		"INSERT INTO values VALUES (1)":                                   "INSERT INTO values ||Values| (1)",
		"INSERT INTO t SETTINGS a = 'FORMAT', b=1 FORMAT CSV 1":           "INSERT INTO t |SETTINGS a = 'FORMAT', b=1 |CSV|1",
		"INSERT INTO FUNCTION remote('h', d.t) (a) FORMAT CSV\n'; SELECT": "INSERT INTO FUNCTION remote('h', d.t) (a) ||CSV|'; SELECT",
		"/* x */ INSERT -- y\n INTO TABLE t (* EXCEPT(b)) VALUES (1);":    "/* x */ INSERT -- y\n INTO TABLE t (* EXCEPT(b)) ||Values| (1);",
	} {
		h, ok := parseInsert(text)
		if got := h.target + "|" + h.settings + "|" + h.format + "|" + text[h.data:]; !ok || got != want {
			t.Errorf("%q:\n got %q %v\nwant %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "SELECT 1 FORMAT CSV", "INSERT INTO t SELECT 1 FORMAT CSV", "INSERT INTO t WITH 1 AS x SELECT x", "INSERT INTO t", "INSERT INTO t FORMAT", "INSERT INTO t; VALUES", "INSERT INTO t FROM INFILE 'x' FORMAT CSV", "INSERT INTO t (a VALUES (1)", "INSERT INTO 't VALUES (1)"} {
		if h, ok := parseInsert(text); ok {
			t.Errorf("%q: data found: %+v", text, h)
		}
	}
}

// FuzzStatement checks what the transport relies on: reading ends, tokens move on and do not overlap, a statement is a
// prefix of its text with no second one behind it, and no file clause passes.
func FuzzStatement(f *testing.F) {
	for _, s := range []string{"SELECT 1 FORMAT CSV;", "INSERT INTO t (a) SETTINGS x='y' VALUES (1)", "a /* b /* */ */ 'c\\'' \"d\" `e` $x$ f $x$ -- g", "\u2018\u2019\u201c", "INTO OUTFILE", "((", "'", "\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for tok, ok := nextToken(text, 0); ok; tok, ok = nextToken(text, tok.end) {
			if tok.start < at || tok.end <= tok.start || tok.end > len(text) {
				t.Fatalf("token %+v after offset %d", tok, at)
			}
			at = tok.end
		}
		if h, ok := parseInsert(text); ok && (h.data > len(text) || h.format == "" || !strings.HasPrefix(text, h.target)) {
			t.Fatalf("insert %+v", h)
		}
		st, err := parseStatement(text)
		if err != nil {
			return
		}
		if !strings.HasPrefix(text, st.text) || st.cut > len(st.text) || hasWord(st.text, "OUTFILE") || hasWord(st.text, "INFILE") {
			t.Fatalf("statement %+v", st)
		}
		again, err := parseStatement(st.text)
		if err != nil || again != st {
			t.Fatalf("read again: %+v %v, first %+v", again, err, st)
		}
	})
}
