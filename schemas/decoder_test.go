package schemas

import (
	"errors"
	"strings"
	"testing"
	"unsafe"
)

// The bad inputs that every reader of events must answer, whichever of the two ways it takes.
func TestDecodeRefuses(t *testing.T) {
	const good = `"event_id":"e1","type":"page_view"`
	for name, c := range map[string]struct {
		record string
		want   Reason
	}{
		"empty":               {"", NoObject},
		"blank":               {" \n", NoObject},
		"null":                {"null", NoObject},
		"array":               {"[]", NoObject},
		"string":              {`"x"`, NoObject},
		"number":              {"1", NoObject},
		"byte-order mark":     {"\xef\xbb\xbf{}", NoObject},
		"truncated":           {`{"event_id":"e1","type":"pa`, BadJSON},
		"open":                {`{"event_id":"e1"`, BadJSON},
		"two values":          {"{} {}", BadJSON},
		"garbage behind":      {"{}x", BadJSON},
		"comma at the end":    {`{"event_id":"e1",}`, BadJSON},
		"single quotes":       {`{'event_id':'e1'}`, BadJSON},
		"comment":             {`{/* */}`, BadJSON},
		"name twice":          {`{"event_id":"e1","event_id":"e2"}`, BadJSON},
		"unknown name twice":  {`{"zz":1,"zz":2}`, BadJSON},
		"name twice, escaped": {`{"event_id":"e1","\u0065vent_id":"e2"}`, BadJSON},
		"not UTF-8":           {"{\"event_id\":\"\xff\"}", BadJSON},
		"not UTF-8, unknown":  {"{\"zz\":\"\xff\"}", BadJSON},
		"lone surrogate":      {`{"event_id":"\ud800"}`, BadJSON},
		"control byte":        {"{\"event_id\":\"a\nb\"}", BadJSON},
		"NUL":                 {"{\"event_id\":\"a\x00b\"}", BadJSON},
		"NaN":                 {`{"price":NaN}`, BadJSON},
		"Infinity":            {`{"price":-Infinity}`, BadJSON},
		"leading zero":        {`{"quantity":01}`, BadJSON},
		"leading plus":        {`{"quantity":+1}`, BadJSON},
		"huge money":          {`{"price":1e999}`, BadValue},
		"money below micro":   {`{"price":"0.0000001"}`, BadValue},
		"money as words":      {`{"price":"ten"}`, BadValue},
		"money as bool":       {`{"price":true}`, BadValue},
		"integer as text":     {`{"quantity":"1"}`, BadValue},
		"integer as decimal":  {`{"quantity":1.0}`, BadValue},
		"integer too large":   {`{"quantity":9223372036854775808}`, BadValue},
		"text as integer":     {`{"event_id":1}`, BadValue},
		"text as object":      {`{"event_id":{}}`, BadValue},
		"bool as integer":     {`{"server":1}`, BadValue},
		"time as decimal":     {`{"occurred_at":1767322245678.5}`, BadValue},
		"time as words":       {`{"occurred_at":"yesterday"}`, BadValue},
		"time without offset": {`{"occurred_at":"2026-01-02T03:04:05"}`, BadValue},
		"lines as object":     {`{"items":{}}`, BadValue},
		"line as text":        {`{"items":["a"]}`, BadValue},
		"depth 33":            {`{` + good + `,"zz":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, TooDeep},
		"depth 10001":         {`{` + good + `,"zz":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`, TooDeep},
	} {
		e := filled[Click]()
		err := must(NewDecoder[Click]()).Decode([]byte(c.record), &e)
		var de *DecodeError
		if !errors.Is(err, c.want) || !errors.As(err, &de) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if !equalEvents(e, Click{}) {
			t.Errorf("%s: the event is not zero afterwards: %+v", name, e)
		}
	}
}

func TestDecodeAccepts(t *testing.T) {
	for name, c := range map[string]struct {
		record string
		want   Click
	}{
		"nothing":          {"{}", Click{}},
		"nulls":            {`{"event_id":null,"price":null,"items":null,"server":null,"quantity":null,"occurred_at":null}`, Click{}},
		"unknown names":    {`{"zz":{"a":[1,2]},"event_id":"e1"}`, Click{Envelope: Envelope{EventID: "e1"}}},
		"other case":       {`{"ID":"x","Event_ID":"y"}`, Click{}},
		"escapes":          {`{"page":"\/a\u0062\ud83d\ude00"}`, Click{Page: "/ab😀"}},
		"wide text":        {`{"query":"跑步鞋","page":"/é"}`, Click{Query: "跑步鞋", Page: "/é"}},
		"minus zero":       {`{"price":-0,"value":"-0.00","quantity":-0}`, Click{}},
		"17 digits":        {`{"price":0.30000000000000004}`, Click{Price: 300_000}},
		"offset":           {`{"occurred_at":"2026-01-02T03:04:05+14:00"}`, Click{Envelope: Envelope{OccurredAt: 1767272645000}}},
		"leap second":      {`{"occurred_at":"2016-12-31T23:59:60Z"}`, Click{Envelope: Envelope{OccurredAt: 1483228799000}}},
		"brackets in text": {`{"page":"\"` + strings.Repeat("[", 40) + `"}`, Click{Page: `"` + strings.Repeat("[", 40)}},
		"depth 32":         {`{"zz":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}`, Click{}},
	} {
		e := filled[Click]()
		if err := must(NewDecoder[Click]()).Decode([]byte(c.record), &e); err != nil || !equalEvents(e, c.want) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// Errors go to logs and dead letters: they name the place, never what stands there.
func TestDecodeErrorShowsNoValue(t *testing.T) {
	for _, record := range []string{
		`{"price":"phone 13800000000"}`, `{"occurred_at":"phone 13800000000"}`, `{"quantity":13800000000138000000}`, `{"event_id":13800000000}`,
		`{"13800000000":1,"13800000000":2}`, `{"13800000000":x}`, `{"zz":{"13800000000":"a" "b"}}`, `13800000000`,
	} {
		err := must(NewDecoder[Click]()).Decode([]byte(record), new(Click))
		if err == nil || strings.Contains(err.Error(), "138") {
			t.Errorf("%s: %v", record, err)
		}
	}
	err := must(NewDecoder[Click]()).Decode([]byte(`{"items":[{"price":"x"}]}`), new(Click))
	if err == nil || err.Error() != "decode: value of a wrong type in /items/0/price at byte 19" {
		t.Errorf("error %v", err)
	}
}

func TestDecodeReusesMemory(t *testing.T) {
	full := filled[Click]()
	record := must(NewEncoder[Click]()).Append(nil, &full)
	d, e := must(NewDecoder[Click]()), new(Click)
	if err := d.Decode(record, e); err != nil {
		t.Fatal(err)
	}
	first := unsafe.SliceData(e.Items)
	if n := testing.AllocsPerRun(100, func() { _ = d.Decode(record, e) }); n != 0 {
		t.Errorf("%v allocations per record", n)
	}
	if err := d.Decode([]byte(`{"items":[{"sku":"s"}]}`), e); err != nil || len(e.Items) != 1 || e.Items[0] != (Item{SKU: "s"}) || unsafe.SliceData(e.Items) != first {
		t.Errorf("second record: %+v, %v", e.Items, err)
	}
	if err := d.Decode([]byte(`{}`), e); err != nil || !equalEvents(*e, Click{}) {
		t.Errorf("third record: %+v, %v", e, err)
	}
}

// The contract on lifetimes: strings point into the record.
func TestDecodeBorrowsStrings(t *testing.T) {
	record := []byte(`{"event_id":"abc"}`)
	var e Click
	if err := must(NewDecoder[Click]()).Decode(record, &e); err != nil {
		t.Fatal(err)
	}
	kept := strings.Clone(e.EventID)
	record[13] = 'X'
	if e.EventID != "Xbc" || kept != "abc" {
		t.Errorf("event id %q, clone %q", e.EventID, kept)
	}
}

// Plain records must take the scanner's way in any order and with any white space, or speed is lost unnoticed.
func TestScannerTakesPlainRecords(t *testing.T) {
	l := must(layoutOf[Click]())
	for _, record := range []string{
		`{"event_id":"e","type":"page_view","occurred_at":1767322245678,"price":"12.5","items":[{"sku":"s","price":1.5}]}`,
		`{"type":"page_view","event_id":"e"}`,
		"{ \"type\" : \"page_view\" ,\n\t\"event_id\" : null }",
		`{"query":"跑步鞋","occurred_at":"2026-01-02T03:04:05.678Z","server":true,"quantity":-3}`,
	} {
		var e Click
		if end, ok := l.scan([]byte(record), 0, baseOf(&e)); !ok || end != len(record) {
			t.Errorf("not scanned: %s", record)
		}
	}
	bench := must(layoutOf[benchEvent]())
	if _, ok := bench.scan([]byte(benchRecord), 0, baseOf(new(benchEvent))); !ok {
		t.Error("the benchmark's record is not scanned")
	}
}
