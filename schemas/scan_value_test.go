package schemas

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// atEnd calls a scanner of values on text followed by a comma, and says whether it took exactly the text.
func atEnd[T any](scan func([]byte, int, *T) (int, bool), text string) (v T, ok bool) {
	end, ok := scan([]byte(text+","), 0, &v)
	return v, ok && end == len(text)
}

// What the scanner takes must be what the full parser makes of it; what it must not leave to the slow way is listed.
func TestScanMoney(t *testing.T) {
	for _, text := range []string{"0", "12.5", "-12.5", "0.000001", "999999999999.999999", "-999999999999.999999", "-0", "-0.0", "100"} {
		want := must(MoneyFromNumber(text))
		if got, ok := atEnd(scanMoney, text); !ok || got != want {
			t.Errorf("number %s: %d, %v; want %d", text, got, ok, want)
		}
		if got, ok := atEnd(scanMoney, `"`+text+`"`); !ok || got != want {
			t.Errorf("string %s: %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", "1.", ".1", "01", "1e3", "1.0000000", "1000000000000", "--1", `"`, `"1`, `""`, `"1"x`, `" 1"`, "x", "true"} {
		if got, ok := atEnd(scanMoney, text); ok {
			t.Errorf("%s is taken as %d", text, got)
		}
	}
}

func TestScanMoneyAgainstParsers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{0,14}(\.[0-9]{0,8})?`).Draw(t, "text")
		if got, ok := atEnd(scanMoney, `"`+text+`"`); ok {
			if want, err := ParseMoney(text); err != nil || got != want {
				t.Fatalf("string %q: %d; ParseMoney says %d, %v", text, got, want, err)
			}
		}
		if text == "" {
			return
		}
		if got, ok := atEnd(scanMoney, text); ok {
			if want, err := MoneyFromNumber(text); err != nil || got != want {
				t.Fatalf("number %q: %d; MoneyFromNumber says %d, %v", text, got, want, err)
			}
		}
	})
}

func TestScanInt(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 42, 1767322245678, 999999999999999999, -999999999999999999} {
		if got, ok := atEnd(scanInt, strconv.FormatInt(v, 10)); !ok || got != v {
			t.Errorf("%d is read as %d, %v", v, got, ok)
		}
	}
	for _, text := range []string{"-", "-0", "00", "1.0", "1e3", "+1", "x", `"1"`, "1000000000000000000", strconv.Itoa(math.MaxInt64), "99999999999999999999999"} {
		if got, ok := atEnd(scanInt, text); ok {
			t.Errorf("%s is taken as %d", text, got)
		}
	}
}

func TestScanFloat(t *testing.T) {
	for _, v := range []float64{0, 0.1, -2.5, 1e300, 5e-324, math.MaxFloat64} {
		if got, ok := atEnd(scanFloat, strconv.FormatFloat(v, 'g', -1, 64)); !ok || got != v {
			t.Errorf("%g is read as %g, %v", v, got, ok)
		}
	}
	for _, text := range []string{"-", ".5", "5.", "1e", "01", "1e999", "0x1p4", "NaN", "Inf", "1_0", "--1", "1-1"} {
		if got, ok := atEnd(scanFloat, text); ok {
			t.Errorf("%s is taken as %g", text, got)
		}
	}
}

func TestScanBool(t *testing.T) {
	for text, want := range map[string]bool{"true": true, "false": false} {
		if got, ok := atEnd(scanBool, text); !ok || got != want {
			t.Errorf("%s is read as %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"tru", "TRUE", "fals", "1", `"true"`, "null"} {
		if got, ok := atEnd(scanBool, text); ok {
			t.Errorf("%s is taken as %v", text, got)
		}
	}
}

// Records in any order of fields, with any white space, by the same fields as the structs: the scanner must take them
// all, and read what the strict decoder reads.
func TestScannerTakesAnyOrder(t *testing.T) {
	l := must(layoutOf[Order]())
	values := map[kind][]string{
		kindString: {`""`, `"a"`, `"a longer text of many bytes"`, `"跑步鞋"`, "null"}, kindBool: {"true", "false", "null"},
		kindInt: {"0", "-7", "123456"}, kindMillis: {"1767322245678", `"2026-01-02T03:04:05.678Z"`, `"2026-01-02T03:04:05+08:00"`},
		kindMoney: {`"12.5"`, "12.5", "-3"}, kindStrings: {"[]", `["a"]`, `[ "a" , "b" ]`},
		kindStructs: {"[]", "[{}]", `[{"sku":"s","quantity":2}, {"price":1.5}]`},
	}
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation(l.fields).Draw(t, "order")[:rapid.IntRange(0, len(l.fields)).Draw(t, "fields")]
		blank := rapid.SampledFrom([]string{"", " ", "\n\t"})
		var b strings.Builder
		b.WriteString("{" + blank.Draw(t, "blank"))
		for i, f := range order {
			if i > 0 {
				b.WriteString("," + blank.Draw(t, "blank"))
			}
			b.WriteString(f.quoted() + blank.Draw(t, "blank") + ":" + blank.Draw(t, "blank"))
			b.WriteString(rapid.SampledFrom(values[f.kind]).Draw(t, f.name) + blank.Draw(t, "blank"))
		}
		record := []byte(b.String() + "}")
		var got, want Order
		end, ok := l.scan(record, 0, baseOf(&got))
		if err := decodeStrict(record, &want); err != nil || !ok || end != len(record) || !equalEvents(got, want) {
			t.Fatalf("%s: scanned %v to %d of %d: %+v; strict: %+v, %v", record, ok, end, len(record), got, want, err)
		}
	})
}
