package schemas

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestEncode(t *testing.T) {
	enc := must(NewEncoder[allKinds]())
	for want, e := range map[string]allKinds{
		`{"text":""}`:                               {},
		`{"text":"a","flag":true,"count":-5}`:       {Text: "a", Flag: true, Count: -5},
		`{"text":"","at":5,"price":"-0.000001"}`:    {At: 5, Price: -1},
		`{"text":"","ratio":0.1}`:                   {Ratio: 0.1},
		`{"text":"","ratio":1e+30}`:                 {Ratio: 1e30},
		`{"text":"","ratio":null}`:                  {Ratio: math.Inf(-1)},
		`{"text":"","tags":["a","","b\""],"x":"x"}`: {Tags: []string{"a", "", `b"`}, Embedded: Embedded{X: "x"}},
		`{"text":"","lines":[{},{"name":"n","price":"1","part":0.5,"gone":true}]}`: {Lines: []line{{}, {Name: "n", Price: 1_000_000, Part: 0.5, Gone: true}}},
	} {
		if got := string(enc.Append([]byte("> "), &e)); got != "> "+want {
			t.Errorf("got %s, want > %s", got, want)
		}
	}
	if got := string(must(NewEncoder[Item]()).Append(nil, &Item{})); got != "{}" {
		t.Errorf("an event without any field: %s", got)
	}
}

func TestEncodeText(t *testing.T) {
	for in, want := range map[string]string{
		"":                      `""`,
		"plain":                 `"plain"`,
		"a \"quote\" and \\":    `"a \"quote\" and \\"`,
		"line\nbreak\ttab\r":    `"line\nbreak\u0009tab\u000d"`,
		"\x00\x1f\x7f":          "\"\\u0000\\u001f\x7f\"",
		"跑步鞋 é 😀":               `"跑步鞋 é 😀"`,
		"12345678\"12345678":    `"12345678\"12345678"`,
		"broken \xff\xc3 bytes": "\"broken \uFFFD\uFFFD bytes\"",
		"\uFFFD stays":          "\"\uFFFD stays\"",
		"\xed\xa0\x80":          "\"\uFFFD\uFFFD\uFFFD\"",
	} {
		if got := string(appendText(nil, in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// Any text must be read back as the standard library reads it.
func TestEncodeTextAgainstStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		var got, want string
		if err := json.Unmarshal(appendText(nil, text), &got); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		std := must(json.Marshal(text))
		if err := json.Unmarshal(std, &want); err != nil || got != want {
			t.Fatalf("%q is written as %s and read as %q, want %q", text, appendText(nil, text), got, want)
		}
	})
}

// What is written is read back, for every family.
func TestEncodeThenDecode(t *testing.T) {
	familyTest(t, thereAndBack[Click], thereAndBack[Order], thereAndBack[Parcel], thereAndBack[Spend], thereAndBack[Stock], thereAndBack[Ticket])
}

func thereAndBack[E any](t *testing.T, _ Family[E]) {
	for _, want := range []E{filled[E](), *new(E)} {
		record := must(NewEncoder[E]()).Append(nil, &want)
		var got E
		if err := must(NewDecoder[E]()).Decode(record, &got); err != nil || !equalEvents(got, want) {
			t.Errorf("%s\n is read as %+v, %v\nnot as %+v", record, got, err, want)
		}
		var std E
		if err := json.Unmarshal(record, &std); err != nil || !equalEvents(std, want) {
			t.Errorf("%s\n is read by the standard library as %+v, %v", record, std, err)
		}
	}
}
