package schemas

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// allKinds has a field of every kind, some with names that begin alike.
type allKinds struct {
	Text    string   `json:"text"`
	TextTwo string   `json:"text_two,omitempty"`
	Flag    bool     `json:"flag,omitempty"`
	Count   int64    `json:"count,omitempty"`
	Ratio   float64  `json:"ratio,omitempty"`
	At      Millis   `json:"at,omitempty"`
	Price   Money    `json:"price,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	Lines   []line   `json:"lines,omitempty"`
	Embedded
}

// Embedded is flattened into allKinds.
type Embedded struct {
	X string `json:"x,omitempty"`
	Y int64  `json:"y,omitempty"`
}

type line struct {
	Name  string  `json:"name,omitempty"`
	Price Money   `json:"price,omitempty"`
	Part  float64 `json:"part,omitempty"`
	Gone  bool    `json:"gone,omitempty"`
}

// seedRecords are records near every edge that the scanner and the strict decoder could see differently.
var seedRecords = []string{
	benchRecord,
	`{}`, ` { } `, `{"text":"a"}`, "\n{\t\"text\" :\r\"a\" , \"flag\": true } ", `{"text":"a",}`, `{,}`, `{"text"}`, `{"text":}`, `{"text":"a"`, `{"text":"a`,
	``, ` `, `null`, `[]`, `"x"`, `1`, `{}{}`, `{} x`, "\xef\xbb\xbf{}", `{"text":"a"}]`,
	`{"text":null,"flag":null,"count":null,"ratio":null,"at":null,"price":null,"tags":null,"lines":null,"x":null}`,
	`{"text":nul}`, `{"text":nulL}`, `{"flag":tru}`, `{"flag":true,"flag":true}`, `{"flag":"true"}`, `{"flag":1}`, `{"flag":false}`,
	`{"text":"a","text":"b"}`, `{"te\u0078t":"a"}`, `{"text":"a","te\u0078t":"b"}`, `{"Text":"a"}`, `{"TEXT":"a"}`, `{"other":1,"text":"a"}`,
	`{"other":1,"other":2}`, `{"other":{"text":"b"},"text":"a"}`, `{"":1}`, `{"x":"` + strings.Repeat("long ", 100) + `"}`,
	`{"text":"\n\"\\\/é"}`, `{"text":"\ud83d\ude00"}`, `{"text":"\ud800"}`, `{"text":"\x"}`, "{\"text\":\"a\nb\"}", "{\"text\":\"a\x00b\"}", "{\"text\":\"\x1f\"}", "{\"text\":\"\x7f\"}",
	`{"text":"跑步鞋 Läufer 👟"}`, "{\"text\":\"\xff\"}", "{\"text\":\"\xc3\"}", "{\"text\":\"\xed\xa0\x80\"}", "{\"text\":\"12345678\xc3\xa9\\u0041\"}", "{\"\xff\":1}",
	`{"count":0}`, `{"count":-0}`, `{"count":-1}`, `{"count":00}`, `{"count":01}`, `{"count":1.0}`, `{"count":1e2}`, `{"count":+1}`, `{"count":-}`, `{"count":"1"}`, `{"count":1x}`,
	`{"count":999999999999999999}`, `{"count":9223372036854775807}`, `{"count":9223372036854775808}`, `{"count":-9223372036854775808}`, `{"count":000000000000000000000}`,
	`{"ratio":0}`, `{"ratio":-0}`, `{"ratio":-0.0}`, `{"ratio":1.5e-7}`, `{"ratio":1e999}`, `{"ratio":1e-999}`, `{"ratio":.5}`, `{"ratio":5.}`, `{"ratio":NaN}`, `{"ratio":Infinity}`, `{"ratio":1ee2}`, `{"ratio":0x1p4}`,
	`{"at":1767322245678}`, `{"at":-5}`, `{"at":1.5}`, `{"at":"2026-01-02T03:04:05.678Z"}`, `{"at":"2026-01-02t03:04:05.678z"}`, `{"at":"2026-02-29T03:04:05.678Z"}`, `{"at":"2016-12-31T23:59:60.000Z"}`,
	`{"at":"2026-01-02T03:04:60.000Z"}`, `{"at":"2026-01-02T03:04:05+08:00"}`, `{"at":"2026-01-02T03:04:05.67:Z"}`, `{"at":"0000-01-01T00:00:00.000Z"}`, `{"at":""}`, `{"at":"now"}`, `{"at":"\u0032026-01-02T03:04:05.678Z"}`,
	`{"price":12.5}`, `{"price":"12.5"}`, `{"price":-0}`, `{"price":"-0"}`, `{"price":-0.0}`, `{"price":0.0000005}`, `{"price":"0.0000005"}`, `{"price":1e3}`, `{"price":"1e3"}`, `{"price":1e999}`, `{"price":01}`, `{"price":"01"}`,
	`{"price":1.}`, `{"price":"1."}`, `{"price":.5}`, `{"price":""}`, `{"price":"-"}`, `{"price":999999999999.999999}`, `{"price":9223372036854.775807}`, `{"price":9223372036854.775808}`, `{"price":"1\u0032"}`, `{"price":true}`, `{"price":12.3456789}`,
	`{"tags":[]}`, `{"tags":[ ]}`, `{"tags":["a","b"]}`, `{"tags":[ "a" , "b" ]}`, `{"tags":["a",]}`, `{"tags":[,]}`, `{"tags":["a" "b"]}`, `{"tags":[null]}`, `{"tags":[1]}`, `{"tags":"a"}`, `{"tags":{}}`, `{"tags":["a"`, `{"tags":["\n"]}`,
	`{"lines":[]}`, `{"lines":[{}]}`, `{"lines":[{"name":"a","price":1,"part":0.5,"gone":true},{"name":"b"}]}`, `{"lines":[null]}`, `{"lines":[{"name":"a","name":"b"}]}`, `{"lines":[{"other":1}]}`, `{"lines":[{"name":"a"},]}`, `{"lines":[{"name":"\n"},{}]}`, `{"lines":{}}`, `{"lines":[[]]}`,
	`{"other":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}`, `{"other":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, strings.Repeat(`{"x":`, 40), `{"text":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"["}`,
}

// What the scanner accepts must be what the strict decoder accepts, with the same value, whatever was in the struct
// before. And what was read is read again from what the encoder makes of it.
func FuzzDecode(f *testing.F) {
	for _, s := range seedRecords {
		f.Add([]byte(s))
	}
	enc := must(NewEncoder[Click]())
	full := filled[Click]()
	f.Add(enc.Append(nil, &full))
	kinds, bench, click := newTwins[allKinds](), newTwins[benchEvent](), newTwins[Click]()
	f.Fuzz(func(t *testing.T, b []byte) {
		kinds.compare(t, b)
		bench.compare(t, b)
		click.compare(t, b)
	})
}

func TestDecodeSeedsAgainstStrict(t *testing.T) {
	kinds, bench, order := newTwins[allKinds](), newTwins[benchEvent](), newTwins[Order]()
	for _, s := range seedRecords {
		kinds.compare(t, []byte(s))
		bench.compare(t, []byte(s))
		order.compare(t, []byte(s))
	}
}

// Random damage to real records finds what seeds alone do not reach; the record of a failure is printed.
func TestDecodeDamagedAgainstStrict(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	twins := newTwins[allKinds]()
	records := append([]string{string(twins.enc.Append(nil, &twins.full))}, seedRecords...)
	for range 50_000 {
		twins.compare(t, damage(rng, records))
		if t.Failed() {
			return
		}
	}
}

// damage swaps, drops, doubles or changes some bytes of a record.
func damage(rng *rand.Rand, records []string) []byte {
	const likely = `"\{}[],:0123456789.-+eEtrufalsn TZ` + "\x00\x1f\x80\xc3\xa9\xff\t\n"
	b := []byte(records[rng.IntN(len(records))])
	for range rng.IntN(4) {
		if len(b) < 2 {
			break
		}
		i, j := rng.IntN(len(b)), rng.IntN(len(b))
		switch rng.IntN(5) {
		case 0:
			b[i] = likely[rng.IntN(len(likely))]
		case 1:
			b = append(b[:i], b[i+1:]...)
		case 2:
			b = append(b[:i], append([]byte{likely[rng.IntN(len(likely))]}, b[i:]...)...)
		case 3:
			b[i], b[j] = b[j], b[i]
		case 4:
			i, j = min(i, j), max(i, j)
			b = append(b[:j:j], b[i:]...) // a stretch twice
		}
	}
	return b
}

// twins are the two ways to read an event of one type.
type twins[E any] struct {
	dec  *Decoder[E]
	enc  *Encoder[E]
	full E // what a decoder finds in a used struct
}

func newTwins[E any]() twins[E] {
	return twins[E]{dec: must(NewDecoder[E]()), enc: must(NewEncoder[E]()), full: filled[E]()}
}

func (w *twins[E]) compare(t *testing.T, b []byte) {
	t.Helper()
	got, want := filled[E](), *new(E)
	err := w.dec.Decode(b, &got)
	if p := space(b, 0); p == len(b) || b[p] != '{' {
		if err == nil {
			t.Errorf("accepted %q, which is no object", b)
		}
		return
	}
	strictErr := decodeStrict(b, &want)
	switch {
	case (err == nil) != (strictErr == nil):
		t.Errorf("%T: %q\n got error %v\nwant error %v", got, b, err, strictErr)
	case err == nil && !equalEvents(got, want):
		t.Errorf("%T: %q\n got %+v\nwant %+v", got, b, got, want)
	case err != nil && !equalEvents(got, *new(E)):
		t.Errorf("%T: %q is refused but leaves %+v", got, b, got)
	case err == nil:
		again, out := *new(E), w.enc.Append(nil, &got)
		if err := w.dec.Decode(out, &again); err != nil || !equalEvents(again, got) {
			t.Errorf("%T: encoded as %q\n comes back as %+v, %v\nnot %+v", got, out, again, err, got)
		}
	}
}

// equalEvents compares two events; an empty slice equals none.
func equalEvents[E any](a, b E) bool {
	dropEmpty(reflect.ValueOf(&a).Elem())
	dropEmpty(reflect.ValueOf(&b).Elem())
	return reflect.DeepEqual(a, b)
}

func dropEmpty(v reflect.Value) {
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.Len() == 0 {
			f.SetZero()
		}
	}
}

// filled is an event with every field set, each to a value of its own.
func filled[E any]() (e E) {
	n := int64(0)
	fill(reflect.ValueOf(&e).Elem(), &n)
	return e
}

func fill(v reflect.Value, n *int64) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.String:
		v.SetString(strings.Repeat("字", int(*n%3)) + string(rune('a'+*n%26)) + strings.Repeat("x", int(*n%11)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(*n*1_000_003 + 7)
	case reflect.Float64:
		v.SetFloat(float64(*n) / 8)
	}
}
