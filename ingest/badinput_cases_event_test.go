package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/schemas"
)

// eventCases are the rows about what an event says.
func eventCases() []badCase {
	var out []badCase
	for _, cases := range [][]badCase{idCases(), moneyCases(), timeCases(), wordCases()} {
		out = append(out, cases...)
	}
	return out
}

func setID(value string) func(*voice, *wording) {
	return func(_ *voice, w *wording) { w.id = value }
}

func setVisitor(value string) func(*voice, *wording) {
	return func(_ *voice, w *wording) { w.visitor = value }
}

func idCases() []badCase {
	long := quote(strings.Repeat("x", 10<<10))
	url := exception{are("snowplow GET"), "414 url_too_long", ""}
	must := exception{func(v *voice) bool { return strict(v) || v.hook() }, string(KindMissingField), ""}
	return []badCase{
		{row: 11, name: "NUL in an id", want: string(KindBadID), needs: "id", word: setID(`"a\u0000b"`)},
		{row: 11, name: "escape in an id", want: string(KindBadID), needs: "id", word: setID(`"a\u001b[0m"`)},
		{row: 11, name: "line feed in an id", want: string(KindBadID), needs: "id", word: setID(`"a\n1"`)},
		{row: 11, name: "bell in a visitor", want: string(KindBadID), needs: "visitor", word: setVisitor(`"a\u0007"`)},
		{row: 11, name: "NUL in a visitor", want: string(KindBadID), needs: "visitor", word: setVisitor(`"\u0000"`)},
		{row: 23, name: "id missing", want: accepted, but: []exception{must, {clients, accepted, ownID}}, needs: "id", word: setID("")},
		{row: 23, name: "id empty", want: accepted, but: []exception{must, {clients, accepted, ownID}}, needs: "id", word: setID(`""`)},
		{row: 23, name: "id of 10 KiB", want: string(KindBadID), but: []exception{url}, needs: "id", word: setID(long)},
		{row: 23, name: "id of 201 bytes", want: string(KindBadID), needs: "id", word: setID(quote(strings.Repeat("x", 201)))},
		{row: 23, name: "visitor missing", want: string(KindMissingField), when: clients, lack: "a visitor is optional", needs: "visitor", word: setVisitor("")},
		{row: 23, name: "visitor is an object", want: string(KindMissingField), but: []exception{{are("snowplow GET"), accepted, anyUnit}, {are("ndjson marketing", "ndjson inventory"), string(KindInvalid), ""}, {strict, string(KindBadID), ""}}, when: clients, lack: "a visitor is optional", needs: "visitor", word: setVisitor("{}")},
		{row: 23, name: "visitor of 10 KiB", want: string(KindBadID), but: []exception{url}, needs: "visitor", word: setVisitor(long)},
		{row: 21, name: "same event twice", want: duplicate, when: bothOf(batches, not(are("ga4"))), lack: noConflict, play: twice(func(*wording) {})},
		{row: 22, name: "other content", want: duplicate, when: bothOf(batches, not(are("ga4"))), lack: noConflict, play: func(t *testing.T, f *fixture, v *voice) string {
			before := counted(t, f.collector.metrics.conflicts)
			out := twice(func(w *wording) { w.at = v.at(testNow.Add(-2 * time.Second)) })(t, f, v)
			if n := counted(t, f.collector.metrics.conflicts) - before; n != 1 || !bytes.Contains(f.kept.recs[0].Value, []byte(millis(testNow.Add(-time.Second)))) {
				t.Errorf("%v conflicts, kept %s, want the first", n, f.kept.recs[0].Value)
			}
			return out
		}},
	}
}

// twice sends an event and another of its id in one batch.
func twice(change func(*wording)) func(*testing.T, *fixture, *voice) string {
	return func(t *testing.T, f *fixture, v *voice) string {
		first := v.write("one", nil)
		second := first
		change(&second)
		out := f.answer(t, v, v.request(v.secret(), v.body(first, second), first), 2)
		if len(f.kept.recs) != 1 {
			t.Errorf("%d records", len(f.kept.recs))
		}
		return out
	}
}

func moneyCases() []badCase {
	bad := string(KindBadAmount)
	worth := func(m schemas.Money, c badCase) badCase {
		c.check = clickCheck(func(c *schemas.Click) error { return differ(c.Price, m) })
		return c
	}
	price := func(name string, row int, value, want string, but ...exception) badCase {
		return badCase{row: row, name: "price " + name, want: want, but: append(but, exception{are("stripe"), string(KindUnreadable), wrongType}), needs: "price",
			word: func(_ *voice, w *wording) { w.price, w.currency = value, `"EUR"` }}
	}
	minor := exception{are("stripe"), bad, ""}
	shopLine := are("shopify", "woocommerce")
	figures := func(v *voice) bool { return are(dialectNative)(v) && !strings.HasSuffix(v.name, "clickstream") }
	count := func(name string, row int, value, want string, but ...exception) badCase {
		return badCase{row: row, name: "quantity " + name, want: want, but: append(but, exception{shopLine, string(KindUnreadable), wrongType}), needs: "quantity",
			word: func(_ *voice, w *wording) { w.quantity = value }}
	}
	currency := func(name, value, want string, but ...exception) badCase {
		return badCase{row: 16, name: name, want: want, but: but, needs: "price currency", word: func(v *voice, w *wording) {
			if w.price = "1"; v.nested {
				w.price = "1.5"
			}
			w.currency = value
		}}
	}
	return []badCase{
		price("-1", 14, "-1", bad, minor),
		worth(0, price("-0", 14, "-0", accepted, exception{are("stripe"), accepted, ""})),
		count("0", 14, "0", bad, exception{shopLine, accepted, noneLeft}, exception{figures, accepted, zeroIsNone}),
		count("-1", 14, "-1", bad, exception{shopLine, bad, ""}),
		count("2^63", 14, "9223372036854775808", bad),
		count("2^62", 14, "4611686018427387904", bad, exception{shopLine, bad, ""}),
		worth(100_000, price("of 17 digits", 15, "0.10000000000000001", accepted)),
		worth(2, price("half to even", 15, "0.0000015", accepted)),
		worth(19_990_000, price("as decimal text", 15, `"19.99"`, accepted)),
		price("in words", 15, `"free"`, bad),
		price("with a comma", 15, `"1,50"`, bad),
		price("of seven decimals in a text", 15, `"0.0000001"`, bad),
		price("is an object", 15, "{}", bad),
		price("beyond the range", 15, "9223372036854775807", bad, minor),
		count("1.0", 15, "1.0", bad),
		count("as text", 15, `"1"`, bad),
		currency("unknown code", `"EUX"`, string(KindBadCurrency)),
		currency("symbol", `"€"`, string(KindBadCurrency)),
		currency("none", `""`, string(KindBadCurrency), exception{bothOf(clients, not(strict)), accepted, ownMoney}),
	}
}

func timeCases() []badCase {
	bad := string(KindBadTime)
	at := func(row int, name string, t time.Time) badCase {
		return badCase{row: row, name: name, want: bad, word: func(v *voice, w *wording) { w.at = v.at(t) }}
	}
	text := func(row int, name, value, want string, but ...exception) badCase {
		return badCase{row: row, name: name, want: want, but: but, when: texts8601, lack: noClock, word: func(_ *voice, w *wording) { w.at = value }}
	}
	unit := func(name string, factor string, cut int) badCase {
		return badCase{row: 20, name: name, want: bad, when: numbers, lack: noClock, word: func(v *voice, w *wording) {
			w.at = w.at[:len(w.at)-cut] + factor
		}}
	}
	offset := text(20, "at +14:00", `"2026-11-23T11:04:49+14:00"`, accepted)
	offset.check = clickCheck(wantTime(1795381489000))
	leap := text(20, "leap second", `"2016-12-31T23:59:60Z"`, accepted)
	leap.check = clickCheck(wantTime(1483228799000))
	return []badCase{
		{row: 17, name: "missing", want: bad, but: []exception{{bothOf(clients, not(strict)), accepted, ownTime}, {are("stripe"), accepted, ""}}, word: func(_ *voice, w *wording) { w.at = "" }},
		at(18, "1970", time.Unix(1, 0)),
		{row: 18, name: "0", want: bad, word: func(_ *voice, w *wording) { w.at = "0" }},
		{row: 18, name: "negative", want: bad, word: func(_ *voice, w *wording) { w.at = "-5" }},
		at(18, "year 1", time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)),
		at(19, "5 min and 1 s ahead", testNow.Add(5*time.Minute+time.Second)),
		at(19, "2099", time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)),
		at(19, "9999", time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)),
		unit("a thousandth of the unit", "", 3),
		{row: 20, name: "a thousand times the unit", want: bad, when: numbers, lack: noClock, word: func(_ *voice, w *wording) { w.at += "000" }},
		{row: 20, name: "beyond 64 bits", want: bad, but: []exception{{are("stripe"), string(KindUnreadable), wrongType}}, when: numbers, lack: noClock, word: func(_ *voice, w *wording) { w.at += "000000000000" }},
		text(20, "no zone", `"2026-11-22T21:04:49"`, bad, exception{hooks, accepted, zoneKnown}),
		text(20, "no time", `"yesterday"`, bad),
		offset, leap,
	}
}

func wordCases() []badCase {
	name := func(row int, title, value, want string) badCase {
		return badCase{row: row, name: title, want: accepted, needs: "name", word: func(_ *voice, w *wording) { w.name = value }, check: clickCheck(wantName(want))}
	}
	visitor := func(title, value, want string) badCase {
		return badCase{row: 29, name: title, want: accepted, needs: "visitor", word: setVisitor(value), check: clickCheck(wantVisitor(want))}
	}
	inText := func(row int, title, text string, more func(*testing.T, *fixture, *voice)) badCase {
		return badCase{row: row, name: title, want: accepted, needs: "campaign", word: func(_ *voice, w *wording) { w.campaign = quote(text) }, check: more}
	}
	masked := func(field, title, text, want string, set func(*wording, string), get func(*schemas.Click) string) badCase {
		return badCase{row: 44, name: title + " in " + field, want: accepted, needs: field, word: func(_ *voice, w *wording) { set(w, quote(text)) }, check: func(t *testing.T, f *fixture, v *voice) {
			t.Helper()
			noCanary(t, f)
			clickCheck(func(c *schemas.Click) error { return differ(get(c), want) })(t, f, v)
		}}
	}
	inQuery := func(title, text, want string) badCase {
		return masked("query", title, text, want, func(w *wording, s string) { w.query = s }, func(c *schemas.Click) string { return c.Query })
	}
	inName := func(title, text, want string) badCase {
		return masked("name", title, text, want, func(w *wording, s string) { w.name = s }, func(c *schemas.Click) string { return c.Name })
	}
	const phone, noPhone, mail, noMail = "call 138 0013 8000 now", "call [number] now", "mail jo@mail.example please", "mail [email] please"
	return []badCase{
		name(29, "NFD name", `"Cafe\u0301"`, "Café"),
		name(29, "right-to-left, zero width, emoji", `"\u202Eabc\u200B😀"`, "\u202Eabc\u200B😀"),
		name(29, "homoglyph", `"p\u0430y"`, "pаy"),
		visitor("NFD visitor", `"e\u0301"`, "é"),
		name(30, "SQL in a name", `"'; DROP TABLE x"`, "'; DROP TABLE x"),
		name(30, "template and script in a name", `"{{7*7}}${jndi:x}<script>"`, "{{7*7}}${jndi:x}<script>"),
		inText(30, "SQL, template and script in a campaign", "'; DROP TABLE x {{7*7}}${jndi:x}<script>", clickCheck(wantCampaign("'; DROP TABLE x {{7*7}}${jndi:x}<script>"))),
		{row: 30, name: "SQL, template and script in people's text", want: accepted, needs: "query", word: func(_ *voice, w *wording) { w.query = quote("'; DROP TABLE x {{7*7}}${jndi:x}<script>") }},
		inText(31, "CR/LF and ANSI in a campaign", "canary\r\n\x1b[31m", clickCheck(wantCampaign("canary\r\n\x1b[31m"))),
		{row: 31, name: "CR/LF and ANSI in a user agent", want: accepted, needs: "agent", word: func(_ *voice, w *wording) { w.agent = quote("Mozilla/5.0 canary\r\n\x1b[31m") }},
		name(32, "formula in a name", `"=cmd()"`, "=cmd()"),
		inText(32, "formula in a campaign", "=cmd()", clickCheck(wantCampaign("=cmd()"))),
		{row: 40, name: "fields nobody knows", want: accepted, word: func(_ *voice, w *wording) { w.extra = `{"a":[1]}` }},
		name(40, "name nobody knows", `"Moon Landed"`, "Moon Landed"),
		{row: 40, name: "type nobody knows", want: string(KindUnknownType), when: not(are("posthog", "amplitude", "ga4", "kuaidi100")), lack: noTopic, query: true, text: strange, send: strangeTopic},
		{row: 40, name: "version nobody knows", want: string(KindUnreadable), when: are("cloudevents structured", "cloudevents batch"), lack: "events name no version", text: func(_ *voice, s string) string {
			return strings.ReplaceAll(s, `"1.0"`, `"2.0"`)
		}},
		{row: 43, name: "agent of a robot", want: accepted, needs: "agent", word: func(_ *voice, w *wording) {
			w.agent = `"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"`
		}, check: clickCheck(func(c *schemas.Click) error {
			if !c.Bot {
				return errors.New("not marked")
			}
			return nil
		})},
		{row: 43, name: "1,000 clicks of one visitor", want: accepted, needs: "agent", play: thousand},
		inQuery("phone", phone, noPhone), inQuery("identity card", "11010519491231002X", "[number]"), inQuery("address", mail, noMail),
		inName("phone", phone, noPhone), inName("address", mail, noMail),
		masked("campaign", "address", mail, noMail, func(w *wording, s string) { w.campaign = s }, func(c *schemas.Click) string { return c.Campaign }),
	}
}

// thousand has one visitor click more often than a person can: what goes beyond is marked.
func thousand(t *testing.T, f *fixture, v *voice) string {
	var last string
	for i := range 1000 {
		w := v.write(fmt.Sprint("fast", i), nil)
		f.kept.recs = nil
		if last = f.answer(t, v, v.request(publicKey, v.body(w), w), 1); last != accepted {
			return last
		}
	}
	if !f.click().Bot {
		t.Error("the last click is not marked")
	}
	return last
}

// noCanary: no record holds what was typed, and that it was masked is counted.
func noCanary(t *testing.T, f *fixture) {
	t.Helper()
	if counted(t, f.collector.metrics.masked) == 0 {
		t.Error("not counted")
	}
	for _, r := range f.kept.recs {
		for _, canary := range []string{"138 0013", "11010519491231002", "jo@mail"} {
			if bytes.Contains(r.Value, []byte(canary)) || bytes.Contains(r.Key, []byte(canary)) {
				t.Errorf("%s: %s", canary, r.Value)
			}
		}
	}
}

func wantTime(m schemas.Millis) func(*schemas.Click) error {
	return func(c *schemas.Click) error { return differ(c.OccurredAt, m) }
}

func wantName(s string) func(*schemas.Click) error {
	return func(c *schemas.Click) error { return differ(c.Name, s) }
}

func wantVisitor(s string) func(*schemas.Click) error {
	return func(c *schemas.Click) error { return differ(c.AnonymousID, s) }
}

func wantCampaign(s string) func(*schemas.Click) error {
	return func(c *schemas.Click) error { return differ(c.Campaign, s) }
}
