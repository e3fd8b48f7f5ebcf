package ingest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
)

// FuzzDeadLetter: any payload makes a letter that is one bounded record, says what its writer said, holds no address, and
// has the same key when it is written again.
func FuzzDeadLetter(f *testing.F) {
	for _, v := range voices() {
		for body := range badBodies(v) {
			f.Add(v.dialect(), int64(-1), []byte(body))
		}
	}
	f.Add("fast", int64(7), []byte(`{"a":"x@y.example`))
	f.Fuzz(func(t *testing.T, source string, offset int64, payload []byte) {
		l := DeadLetter{Kind: KindUnreadable, Reason: "r", Source: source, Shop: "alpha", ReceivedAt: 1795381489000, Payload: payload}
		if offset >= 0 {
			l.Topic, l.Partition, l.Offset = "t", 1, offset
		}
		if !utf8.ValidString(source) {
			return // sources are constants
		}
		rec, err := l.Record()
		if err != nil {
			t.Fatal(err)
		}
		var got Letter
		if err := json.Unmarshal(rec.Value, &got); err != nil {
			t.Fatalf("%v: %q", err, rec.Value)
		}
		if got.Kind != l.Kind || got.Source != source || got.Shop != "alpha" || got.Size != len(payload) || got.Topic != l.Topic || (got.Offset != nil) != (offset >= 0) {
			t.Fatalf("%+v of %+v", got, l)
		}
		if len(got.Payload) > maxPayload || emailShape.MatchString(got.Payload) || len(rec.Key) == 0 || strings.ContainsRune(string(rec.Key), utf8.RuneError) {
			t.Fatalf("key %q, payload %q", rec.Key, got.Payload)
		}
		if again, err := l.Record(); err != nil || string(again.Key) != string(rec.Key) || string(again.Value) != string(rec.Value) {
			t.Fatalf("another letter the second time: %v", err)
		}
	})
}

// FuzzDirectIdentifier: what stands for a person is the same for its own normal form, and nothing as short as a shop's
// own numbers is taken for a person.
func FuzzDirectIdentifier(f *testing.F) {
	for _, id := range []string{"", "a1", "jo@mail.example", " Jo@Mail.Example ", "+49 151 12345678", "138 0013 8000", "8613800138000", "11010519491231002x", "１３８００１３８０００", "1234567"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		normal, direct := directIdentifier(id)
		if !direct {
			return
		}
		if normal == "" || len(id) > maxID {
			t.Fatalf("%q of %q", normal, id)
		}
		if again, direct := directIdentifier(normal); !direct || again != normal {
			t.Fatalf("%q, of %q, becomes %q", normal, id, again)
		}
	})
}
