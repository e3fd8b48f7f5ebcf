package webhook

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"tidemark/schemas"
)

// FuzzTimes: no text crashes the time parser; what has a zone means the same in every zone, and a promise is never before
// the time that is written.
func FuzzTimes(f *testing.F) {
	for _, s := range []string{"", "2026-11-22T21:04:49Z", "2026-11-22T21:04:49", "2026-11-22 21:04", "2026-11-22", "2016-12-31T23:59:60Z", "2026-11-23T11:04:49+14:00",
		"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-22T00:00:00", "2026-13-45", "1795381489", "-5", "yesterday"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, zoned, ok := parseTime(text(s), time.UTC)
		there, zonedThere, okThere := parseTime(text(s), chinaTime())
		if ok != okThere || zoned != zonedThere || zoned && at != there || ok && !zoned && at-there != schemas.Millis(8*60*60*1000) {
			t.Fatalf("%q: %v in UTC, %v in China", s, at, there)
		}
		if p := promise(time.UTC, text(s)); p < maybeTime(time.UTC, text(s)) {
			t.Fatalf("%q: promise %v before %v", s, p, at)
		}
	})
}

// FuzzAmount: no JSON value crashes the reader of amounts, and one that is neither set nor bad is null.
func FuzzAmount(f *testing.F) {
	for _, s := range []string{"null", "0", "-0", "-1", "1e999", "0.1", `"19.99"`, `" 1 "`, `"1,50"`, `"free"`, "{}", "[]", "true", `"\ud800"`, "9223372036854775807", "0.10000000000000001"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v := jsontext.Value(raw)
		if !v.IsValid(jsontext.AllowInvalidUTF8(true)) {
			return
		}
		_ = v.Compact()
		var a amount
		if err := a.UnmarshalJSON(v); err != nil {
			t.Fatal(err)
		}
		if a.set == (string(v) == "null") || a.bad && !a.set {
			t.Fatalf("%s: %+v", v, a)
		}
		if _, err := schemas.ParseMoney(a.micros.String()); !a.bad && err != nil {
			t.Fatalf("%s: %v", v, err)
		}
	})
}
