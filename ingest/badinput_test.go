package ingest

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"tidemark/schemas"
)

// The rows are those of the list of bad inputs that every dialect must answer as named there. Each row is tried in both
// dialects that have it; "" means that the dialect has no such input.

const (
	goodTrack = `{"type":"track","event":"Signed Up","anonymousId":"a1","messageId":"good"}`
	goodLine  = `{"event_id":"good","type":"page_view","occurred_at":"2026-11-22T21:04:49Z","anonymous_id":"a1"}`
)

// refused are inputs that refuse the whole request: nothing goes to Kafka.
var refused = []struct {
	row             string
	segment, native string
	segStatus       int
	natStatus       int
}{
	{"01 empty body", "", "", 400, 400},
	{"01 blank body", " \n ", " \n\n", 400, 400},
	{"02 truncated", `{"batch":[` + goodTrack + `,{"type":"track"`, goodLine + "\n" + goodLine[:40], 400, 400},
	{"03 null", `null`, "null", 400, 400},
	{"03 array", `[]`, "[]", 400, 400},
	{"03 string", `"x"`, `"x"`, 400, 400},
	{"03 number", `1`, `1`, 400, 400},
	{"03 batch is no array", `{"batch":{}}`, "", 400, 0},
	{"03 no batch", `{}`, "", 400, 0},
	{"04 two values", `{"batch":[` + goodTrack + `]}{}`, goodLine + goodLine, 400, 400},
	{"04 garbage after the value", `{"batch":[` + goodTrack + `]} x`, goodLine + " x", 400, 400},
	{"06 nesting 33", `{"batch":[{"type":"track","a":` + nested(30) + `}]}`, `{"a":` + nested(32) + `}`, 400, 400},
	{"06 nesting 10001", `{"batch":[` + nested(9_999) + `]}`, `{"a":` + nested(10_000) + `}`, 400, 400},
	{"07 duplicate names", `{"batch":[{"type":"track","event":"A","event":"B","anonymousId":"a"}]}`, `{"event_id":"1","event_id":"2"}`, 400, 400},
	{"07 duplicate name by escape", `{"batch":[{"event":"A","\u0065vent":"B"}]}`, `{"type":"a","\u0074ype":"b"}`, 400, 400},
	{"09 invalid UTF-8", `{"batch":[{"event":"` + "\xff" + `"}]}`, `{"name":"` + "\xc3\x28" + `"}`, 400, 400},
	{"12 byte-order mark", "\ufeff" + `{"batch":[]}`, "\ufeff" + goodLine, 400, 400},
	{"13 NaN", `{"batch":[{"properties":{"price":NaN}}]}`, `{"price":NaN}`, 400, 400},
	{"13 Infinity", `{"batch":[{"properties":{"price":-Infinity}}]}`, `{"price":Infinity}`, 400, 400},
	{"39 too many events", `{"batch":[` + strings.Repeat("{},", 2_500) + `{}]}`, strings.Repeat(goodLine+"\n", 501), 400, 413},
}

// nested is n arrays within each other.
func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func TestBadInputRefusesRequest(t *testing.T) {
	for _, row := range refused {
		t.Run(row.row, func(t *testing.T) {
			f := newFixture(t, nil)
			f.must(row.segStatus, "/v1/batch", publicKey, row.segment)
			if row.natStatus != 0 {
				f.must(row.natStatus, "/v1/events", publicKey, row.native)
			}
			if len(f.kept.recs) != 0 {
				t.Errorf("%d records of refused requests", len(f.kept.recs))
			}
		})
	}
}

// quarantined are events that go to the dead letters while the good event beside them is accepted. %T in a text stands
// for a good time, and the texts go on with the fields that make them otherwise good.
var quarantined = []struct {
	row     string
	segment string
	native  string
	kind    Kind
}{
	{"03 element is no object", `1`, ``, KindUnreadable},
	{"08 name in other case", `{"type":"track","event":"E","AnonymousId":"a"}`, `{"Event_ID":"x","type":"page_view","occurred_at":"%T","anonymous_id":"a"}`, KindMissingField},
	{"10 lone surrogate", track(`"event":"\ud800"`), click(`"name":"\ud800"`), KindBadText},
	{"10 lone surrogate in a field not kept", track(`"event":"E","x":"\udc00"`), click(`"x":"\udc00"`), KindBadText},
	{"11 NUL in an id", `{"type":"track","event":"E","anonymousId":"a\u0000b"}`, `{"event_id":"x\u0000","type":"page_view","occurred_at":"%T","anonymous_id":"a"}`, KindBadID},
	{"11 control byte in an id", track(`"event":"E","messageId":"a\u001b[0m"`), `{"event_id":"x","type":"page_view","occurred_at":"%T","anonymous_id":"a\u0007"}`, KindBadID},
	{"11 control byte in an order id", product("Order Completed", `"order_id":"o\n1","total":1`), "", KindBadID},
	{"13 number too large", product("Product Viewed", `"price":1e999`), click(`"price":1e999,"currency":"EUR"`), KindBadAmount},
	{"14 negative price", product("Product Viewed", `"price":-1`), click(`"price":-1,"currency":"EUR"`), KindBadAmount},
	{"14 quantity 0", product("Product Added", `"quantity":0`), click(`"quantity":0`), KindBadAmount},
	{"14 negative quantity", product("Product Added", `"quantity":-1`), click(`"quantity":-1`), KindBadAmount},
	{"14 quantity 2^63", product("Product Added", `"quantity":9223372036854775808`), click(`"quantity":9223372036854775808`), KindBadAmount},
	{"14 negative price on a line", product("Cart Viewed", `"products":[{"price":-0.01}]`), click(`"items":[{"price":-0.01}],"currency":"EUR"`), KindBadAmount},
	{"14 quantity 0 on a line", product("Cart Viewed", `"products":[{"quantity":0}]`), click(`"items":[{"quantity":0}]`), KindBadAmount},
	{"15 1.0 for an integer", product("Product Added", `"quantity":1.0`), click(`"quantity":1.0`), KindBadAmount},
	{"15 text for an integer", product("Product Added", `"quantity":"1"`), click(`"quantity":"1"`), KindBadAmount},
	{"15 price in words", product("Product Viewed", `"price":"free"`), click(`"price":"free","currency":"EUR"`), KindBadAmount},
	{"15 price with a comma", product("Product Viewed", `"price":"1,50"`), click(`"price":"1,50","currency":"EUR"`), KindBadAmount},
	{"15 text with seven decimals", product("Product Viewed", `"price":"0.0000001"`), click(`"price":"0.0000001","currency":"EUR"`), KindBadAmount},
	{"15 price is an object", product("Product Viewed", `"price":{}`), click(`"price":{},"currency":"EUR"`), KindBadAmount},
	{"16 unknown currency", product("Product Viewed", `"price":1,"currency":"EUX"`), click(`"price":"1","currency":"EUX"`), KindBadCurrency},
	{"16 currency symbol", product("Product Viewed", `"price":1,"currency":"€"`), click(`"price":"1","currency":"€"`), KindBadCurrency},
	{"16 no currency", "", click(`"price":"1"`), KindBadCurrency},
	{"17 no time", "", `{"event_id":"x","type":"page_view","anonymous_id":"a"}`, KindBadTime},
	{"18 time 1970", track(`"event":"E","timestamp":"1970-01-01T00:00:00Z"`), clickAt(`"1970-01-01T00:00:01Z"`), KindBadTime},
	{"18 time 0", track(`"event":"E","timestamp":0`), clickAt(`0`), KindBadTime},
	{"18 time negative", track(`"event":"E","timestamp":"0001-01-01T00:00:00Z"`), clickAt(`-5`), KindBadTime},
	{"19 5 min 1 s ahead", track(`"event":"E","timestamp":"2026-11-22T21:09:51Z"`), clickAt(`"2026-11-22T21:09:51Z"`), KindBadTime},
	{"19 year 2099", track(`"event":"E","timestamp":"2099-01-01T00:00:00Z"`), clickAt(`"2099-01-01T00:00:00Z"`), KindBadTime},
	{"19 year 9999", track(`"event":"E","timestamp":"9999-12-31T23:59:59Z"`), clickAt(`"9999-12-31T23:59:59Z"`), KindBadTime},
	{"20 seconds for milliseconds", "", clickAt(`1795381490`), KindBadTime},
	{"20 microseconds for milliseconds", "", clickAt(`1795381490000000`), KindBadTime},
	{"20 nanoseconds for milliseconds", "", clickAt(`1795381490000000000`), KindBadTime},
	{"20 no zone", track(`"event":"E","timestamp":"2026-11-22T21:04:49"`), clickAt(`"2026-11-22T21:04:49"`), KindBadTime},
	{"23 no id", "", `{"type":"page_view","occurred_at":"%T","anonymous_id":"a"}`, KindMissingField},
	{"23 empty id", "", `{"event_id":"","type":"page_view","occurred_at":"%T","anonymous_id":"a"}`, KindMissingField},
	{"23 id of 10 KiB", track(`"event":"E","messageId":"` + strings.Repeat("x", 10<<10) + `"`), `{"event_id":"` + strings.Repeat("x", 10<<10) + `","type":"page_view","occurred_at":"%T","anonymous_id":"a"}`, KindBadID},
	{"40 unknown type", `{"type":"teleport","anonymousId":"a"}`, `{"event_id":"x","type":"teleport","occurred_at":"%T","anonymous_id":"a"}`, KindUnknownType},
	{"no visitor", `{"type":"track","event":"E"}`, `{"event_id":"x","type":"page_view","occurred_at":"%T"}`, KindMissingField},
	{"visitor of a wrong type", `{"type":"track","event":"E","anonymousId":{}}`, "", KindMissingField},
	{"track without event", `{"type":"track","anonymousId":"a"}`, "", KindMissingField},
	{"order without id", product("Order Completed", `"total":1`), "", KindMissingField},
	{"order with empty id", product("Order Completed", `"order_id":"","total":1`), "", KindMissingField},
	{"order without total", product("Order Completed", `"order_id":"o1"`), "", KindMissingField},
}

func track(fields string) string { return `{"type":"track","anonymousId":"a",` + fields + `}` }

func product(event, properties string) string {
	return track(`"event":"` + event + `","properties":{` + properties + `}`)
}

func click(fields string) string {
	return `{"event_id":"x","type":"view_item","occurred_at":"%T","anonymous_id":"a",` + fields + `}`
}

func clickAt(at string) string {
	return `{"event_id":"x","type":"page_view","anonymous_id":"a","occurred_at":` + at + `}`
}

func withTime(text string) string { return strings.ReplaceAll(text, "%T", "2026-11-22T21:04:49Z") }

func TestBadInputQuarantinesEvent(t *testing.T) {
	for _, row := range quarantined {
		if row.segment != "" {
			t.Run(row.row+"/segment", func(t *testing.T) {
				f := newFixture(t, nil)
				w := f.must(200, "/v1/batch", secretKey, `{"batch":[`+row.segment+`,`+goodTrack+`]}`)
				if w.Body.String() != `{"success":true}` {
					t.Errorf("answer %s", w.Body)
				}
				checkQuarantine(t, f, row.kind)
			})
		}
		if row.native != "" {
			t.Run(row.row+"/native", func(t *testing.T) {
				f := newFixture(t, nil)
				w := f.must(http.StatusMultiStatus, "/v1/events", secretKey, withTime(row.native)+"\n"+goodLine+"\n")
				var out nativeAnswer
				if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
					t.Fatal(err)
				}
				if out.Accepted != 1 || out.Quarantined != 1 || out.Results[0].Kind != row.kind || out.Results[1].Result != resultAccepted {
					t.Errorf("answer %+v", out)
				}
				checkQuarantine(t, f, row.kind)
			})
		}
	}
}

func checkQuarantine(t *testing.T, f *fixture, kind Kind) {
	t.Helper()
	letters := f.letters()
	if len(letters) != 1 || letters[0].Kind != kind || letters[0].Shop != "alpha" || letters[0].Reason == "" {
		t.Errorf("dead letters %+v, want one %s", letters, kind)
	}
	if c := f.click(); c.EventID != "good" {
		t.Errorf("the good event is %+v", c)
	}
}

// accepted are odd inputs that are good events all the same.
var accepted = []struct {
	row     string
	segment string
	native  string
	check   func(c *schemas.Click) error
}{
	{"14 price -0", product("Product Viewed", `"price":-0.0`), click(`"price":-0.0`), wantPrice(0)},
	{"15 17 digits", product("Product Viewed", `"price":0.10000000000000001`), click(`"price":0.10000000000000001,"currency":"EUR"`), wantPrice(100_000)},
	{"15 half to even", product("Product Viewed", `"price":0.0000005`), click(`"price":0.0000015,"currency":"EUR"`), nil},
	{"15 decimal text", product("Product Viewed", `"price":"19.99"`), click(`"price":"19.99","currency":"EUR"`), wantPrice(19_990_000)},
	{"20 offset +14:00", track(`"event":"E","timestamp":"2026-11-23T11:04:49+14:00"`), clickAt(`"2026-11-23T11:04:49+14:00"`), wantTime(1795381489000)},
	{"20 leap second", track(`"event":"E","timestamp":"2016-12-31T23:59:60Z"`), clickAt(`"2016-12-31T23:59:60Z"`), wantTime(1483228799000)},
	{"29 NFD name", track(`"event":"Cafe\u0301"`), `{"event_id":"x","type":"custom","name":"Cafe\u0301","occurred_at":"%T","anonymous_id":"a"}`, wantName("Café")},
	{"29 NFD visitor", `{"type":"track","event":"E","anonymousId":"e\u0301"}`, `{"event_id":"x","type":"page_view","occurred_at":"%T","anonymous_id":"e\u0301"}`, wantVisitor("é")},
	{"29 right-to-left, zero width, emoji", track(`"event":"\u202Eabc\u200B😀"`), `{"event_id":"x","type":"custom","name":"\u202Eabc\u200B😀","occurred_at":"%T","anonymous_id":"a"}`, wantName("\u202Eabc\u200B😀")},
	{"30 SQL", track(`"event":"'; DROP TABLE x"`), `{"event_id":"x","type":"custom","name":"'; DROP TABLE x","occurred_at":"%T","anonymous_id":"a"}`, wantName("'; DROP TABLE x")},
	{"30 template", track(`"event":"{{7*7}}${jndi:x}<script>"`), `{"event_id":"x","type":"custom","name":"{{7*7}}${jndi:x}<script>","occurred_at":"%T","anonymous_id":"a"}`, wantName("{{7*7}}${jndi:x}<script>")},
	{"31 CR/LF and ANSI", track(`"event":"E","context":{"campaign":{"name":"a\r\n\u001b[31m"}}`), click(`"campaign":"a\r\n\u001b[31m"`), wantCampaign("a\r\n\x1b[31m")},
	{"32 formula", track(`"event":"=cmd()"`), `{"event_id":"x","type":"custom","name":"=cmd()","occurred_at":"%T","anonymous_id":"a"}`, wantName("=cmd()")},
	{"06 nesting 32", track(`"event":"E","x":` + nested(29)), click(`"x":` + nested(31)), nil},
	{"40 unknown track name", track(`"event":"Moon Landed"`), "", wantName("Moon Landed")},
	{"40 unknown fields", track(`"event":"E","zzz":{"a":[1]}`), click(`"zzz":{"a":[1]}`), nil},
	{"44 phone in search words", product("Products Searched", `"query":"call 138 0013 8000 now"`), `{"event_id":"x","type":"search","query":"call 138 0013 8000 now","occurred_at":"%T","anonymous_id":"a"}`, wantQuery("call [number] now")},
	{"44 identity card in search words", product("Products Searched", `"query":"11010519491231002X"`), `{"event_id":"x","type":"search","query":"11010519491231002X","occurred_at":"%T","anonymous_id":"a"}`, wantQuery("[number]")},
	{"44 address in search words", product("Products Searched", `"query":"mail jo@x.example please"`), `{"event_id":"x","type":"search","query":"mail jo@x.example please","occurred_at":"%T","anonymous_id":"a"}`, wantQuery("mail [email] please")},
}

func TestBadInputAccepts(t *testing.T) {
	for _, row := range accepted {
		for path, body := range map[string]string{"/v1/batch": row.segment, "/v1/events": withTime(row.native)} {
			if body == "" {
				continue
			}
			t.Run(row.row+path, func(t *testing.T) {
				f := newFixture(t, nil)
				if path == "/v1/batch" {
					body = `{"batch":[` + body + `]}`
				}
				f.must(200, path, publicKey, body)
				c := f.click()
				if row.check == nil {
					return
				}
				if err := row.check(&c); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func wantPrice(m schemas.Money) func(*schemas.Click) error {
	return func(c *schemas.Click) error { return differ(c.Price, m) }
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

func wantQuery(s string) func(*schemas.Click) error {
	return func(c *schemas.Click) error { return differ(c.Query, s) }
}

func differ[T comparable](got, want T) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("got %v (%s), want %v", got, hex.EncodeToString([]byte(fmt.Sprint(got))), want)
}
