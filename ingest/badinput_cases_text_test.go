package ingest

import (
	"strings"
)

// note says why a dialect has no such input, or why its answer is another one. The document numbers them.
type note string

const (
	noField       note = "no field of the kind"
	noBody        note = "its event is the query of a GET"
	noBatch       note = "one event per request"
	noSecond      note = "not tried: the test shops have no second secret of that provider"
	noSign        note = "write keys instead of signatures"
	noKey         note = "signatures instead of write keys"
	noNested      note = "no JSON text within a text"
	noClock       note = "its times have one unit and zone"
	noDomain      note = "deliveries do not name the shop beside the address"
	noTenant      note = "events do not name a shop"
	noOrders      note = "tells no orders"
	noTopic       note = "any name or status is taken, and kept as the sender's word"
	signedStay    note = "a provider stops sending after some answers that are no 2xx, so what is signed is answered 200 and goes to the dead letters"
	oneText       note = "the JSON text within a text is one event's, so the others of the request are kept"
	tooMuch400    note = "by Segment's contract a request that is too large is a 400"
	tooLong       note = "in a batch whose lines are judged one by one it is the line's fault"
	emptyList     note = "a list without events is a request without events"
	ownTime       note = "by the vendor's contract an event without a time happened when it came"
	ownID         note = "by the vendor's contract ids are optional; the event gets one, and counts again when it is repeated"
	ownMoney      note = "by the vendor's contract the currency is optional; the shop's own stands in"
	zoneKnown     note = "the provider documents its zone, or is taken as UTC"
	noneLeft      note = "a line of nothing is one that was taken off the order"
	zeroIsNone    note = "of these figures none is a value like any other"
	wrongType     note = "the provider's own schema has a whole number there; a body that breaks it is not read further"
	noConflict    note = "one event per request, or ids follow from the content"
	chunkedCounts note = "as RFC 9112 allows, the chunked body counts and the length does not; here it is empty. Nothing stands behind the collector that could read it otherwise"
	anyUnit       note = "a query has no types: a number's text is the number"
)

// Groups of dialects.
func hooks(v *voice) bool     { return v.hook() }
func clients(v *voice) bool   { return !v.hook() }
func batches(v *voice) bool   { return v.batch > 0 }
func posts(v *voice) bool     { return v.path != snowplowPixel }
func nests(v *voice) bool     { return v.nested }
func numbers(v *voice) bool   { return v.numeric }
func texts8601(v *voice) bool { return !v.numeric }

// are are dialects by name, or by the first word of it.
func are(names ...string) func(*voice) bool {
	return func(v *voice) bool {
		for _, n := range names {
			if v.name == n || strings.HasPrefix(v.name, n+" ") {
				return true
			}
		}
		return false
	}
}

func bothOf(a, b func(*voice) bool) func(*voice) bool {
	return func(v *voice) bool { return a(v) && b(v) }
}

func not(a func(*voice) bool) func(*voice) bool { return func(v *voice) bool { return !a(v) } }

// strict are the dialects of tidemark's own fields, where ids, times and currencies must be there.
func strict(v *voice) bool { return are(dialectNative, dialectCloudEvents)(v) }

// body makes a case whose body is another text.
func body(row int, name, want, text string, but ...exception) badCase {
	return badCase{row: row, name: name, want: want, but: but, text: func(*voice, string) string { return text }}
}

// nested is n arrays within each other.
func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// textCases are the rows about a body's text.
func textCases() []badCase {
	stay := exception{hooks, string(KindUnreadable), signedStay}
	within := exception{nests, string(KindUnreadable), oneText}
	lines := exception{strict, "400 bad_json", ""}
	extra := func(value string) func(*voice, *wording) {
		return func(_ *voice, w *wording) { w.extra = value }
	}
	price := func(value string) func(*voice, *wording) {
		return func(_ *voice, w *wording) { w.price, w.currency = value, `"EUR"` }
	}
	return []badCase{
		body(1, "empty", "400 empty_body", "", stay),
		body(1, "blanks", "400 empty_body", " \n \n", stay),
		{row: 2, name: "cut in the middle", want: "400 bad_json", but: []exception{stay}, text: func(_ *voice, s string) string { return s[:len(s)/2] }},
		{row: 2, name: "last bracket missing", want: "400 bad_json", but: []exception{stay}, text: func(_ *voice, s string) string { return strings.TrimSpace(s)[:len(strings.TrimSpace(s))-1] }},
		body(3, "null", "400 bad_json", "null", stay),
		body(3, "[]", "400 bad_json", "[]", stay, exception{are("posthog", "cloudevents batch"), ignored, emptyList}),
		body(3, "text", "400 bad_json", `"x"`, stay),
		body(3, "number", "400 bad_json", "1", stay),
		{row: 3, name: "batch is no array", want: "400 bad_json", when: bothOf(batches, not(strict)), lack: noBatch, text: func(_ *voice, s string) string {
			return strings.Replace(s, ":[", `:{"a":[`, 1) + "}"
		}},
		{row: 3, name: "no batch", want: "400 no_batch", but: []exception{{are("posthog"), string(KindMissingField), ""}}, when: bothOf(batches, not(strict)), lack: noBatch, text: func(*voice, string) string { return "{}" }},
		{row: 3, name: "event is no object", want: string(KindUnreadable), but: []exception{{are(dialectNative), "400 bad_json", ""}}, when: batches, lack: noBatch, more: 1, text: func(v *voice, s string) string {
			if are(dialectNative)(v) {
				return "1\n" + s
			}
			return strings.Replace(s, "[{", "[1,{", 1)
		}},
		{row: 3, name: "event is null", want: string(KindUnreadable), but: []exception{{are(dialectNative), "400 bad_json", ""}}, when: batches, lack: noBatch, more: 1, text: func(v *voice, s string) string {
			if are(dialectNative)(v) {
				return "null\n" + s
			}
			return strings.Replace(s, "[{", "[null,{", 1)
		}},
		{row: 4, name: "two values", want: "400 trailing_data", but: []exception{stay, lines}, text: func(_ *voice, s string) string { return strings.TrimSpace(s) + "{}" }},
		{row: 4, name: "garbage after the value", want: "400 trailing_data", but: []exception{stay, lines}, text: func(_ *voice, s string) string { return strings.TrimSpace(s) + " x" }},
		{row: 6, name: "33 deep", want: "400 nested_too_deep", but: []exception{stay}, when: posts, lack: noBody, word: extra(nested(33))},
		{row: 6, name: "10,001 deep", want: "400 nested_too_deep", but: []exception{stay}, when: posts, lack: noBody, word: extra(nested(10_001))},
		{row: 6, name: "20 deep", want: accepted, word: extra(nested(20))},
		{row: 6, name: "33 deep in the text within", want: string(KindUnreadable), when: nests, lack: noNested, word: price(nested(33))},
		{row: 7, name: "name twice", want: "400 bad_json", but: []exception{stay}, when: posts, lack: noBody, word: extra(`1,"zzz":2`)},
		{row: 7, name: "name twice by escape", want: "400 bad_json", but: []exception{stay}, when: posts, lack: noBody, word: extra(`1,"\u007azz":2`)},
		{row: 7, name: "name twice in the text within", want: string(KindUnreadable), when: nests, lack: noNested, word: price(`1,"price":2`)},
		{row: 7, name: "parameter twice", want: "400 bad_query", when: not(posts), lack: "no query", query: true, text: func(_ *voice, s string) string { return s + "&duid=a2" }},
		{row: 8, name: "required name in capitals", want: string(KindMissingField), query: true, text: func(v *voice, s string) string {
			upper := strings.ToUpper(v.member)
			return strings.NewReplacer(`"`+v.member+`"`, `"`+upper+`"`, v.member+"=", upper+"=").Replace(s)
		}},
		{row: 9, name: "byte ff", want: "400 invalid_utf8", but: []exception{stay}, word: extra("\"\xff\"")},
		{row: 9, name: "half a sequence", want: "400 invalid_utf8", but: []exception{stay}, word: extra("\"\xc3(\"")},
		{row: 9, name: "byte ff in a header's id", want: "400 invalid_utf8", when: are("cloudevents binary"), lack: "no ids in headers", word: func(_ *voice, w *wording) { w.id = "\"\xff\"" }},
		{row: 10, name: "in a name", want: string(KindBadText), but: []exception{{hooks, string(KindUnreadable), ""}}, needs: "name", when: posts, lack: noBody, word: func(_ *voice, w *wording) { w.name = `"\ud800"` }},
		{row: 10, name: "in a field not kept", want: string(KindBadText), but: []exception{{hooks, string(KindUnreadable), ""}}, when: posts, lack: noBody, word: extra(`"\udc00"`)},
		{row: 10, name: "in the text within", want: string(KindUnreadable), when: nests, lack: noNested, word: price(`"\ud800"`)},
		{row: 12, name: "byte-order mark", want: "400 bad_json", but: []exception{stay}, text: func(_ *voice, s string) string { return "\ufeff" + s }},
		{row: 13, name: "NaN", want: "400 bad_json", but: []exception{stay, within}, needs: "price", word: price("NaN")},
		{row: 13, name: "-Infinity", want: "400 bad_json", but: []exception{stay, within}, needs: "price", word: price("-Infinity")},
		{row: 13, name: "1e999", want: string(KindBadAmount), but: []exception{{are("stripe"), string(KindUnreadable), wrongType}}, needs: "price", word: price("1e999")},
		{row: 13, name: "NaN in a member nobody knows", want: "400 bad_json", but: []exception{stay}, when: posts, lack: noBody, word: extra("NaN")},
	}
}
