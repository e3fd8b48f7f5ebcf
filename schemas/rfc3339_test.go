package schemas

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseTime(t *testing.T) {
	at := func(y, mo, d, h, mi, s, ms int) Millis {
		return MillisOf(time.Date(y, time.Month(mo), d, h, mi, s, ms*1_000_000, time.UTC))
	}
	for in, want := range map[string]Millis{
		"1970-01-01T00:00:00Z":                   0,
		"2026-01-02T03:04:05.678Z":               at(2026, 1, 2, 3, 4, 5, 678),
		"2026-01-02t03:04:05.678z":               at(2026, 1, 2, 3, 4, 5, 678),
		"2026-01-02T03:04:05.6Z":                 at(2026, 1, 2, 3, 4, 5, 600),
		"2026-01-02T03:04:05.6789999Z":           at(2026, 1, 2, 3, 4, 5, 678),
		"2026-01-02T03:04:05+08:00":              at(2026, 1, 1, 19, 4, 5, 0),
		"2026-01-02T03:04:05.5-03:30":            at(2026, 1, 2, 6, 34, 5, 500),
		"2026-01-02T03:04:05+14:00":              at(2026, 1, 1, 13, 4, 5, 0),
		"2026-01-02T03:04:05-14:00":              at(2026, 1, 2, 17, 4, 5, 0),
		"2026-01-02T03:04:05-00:00":              at(2026, 1, 2, 3, 4, 5, 0),
		"2016-12-31T23:59:60Z":                   at(2016, 12, 31, 23, 59, 59, 0),
		"2016-12-31T23:59:60.250Z":               at(2016, 12, 31, 23, 59, 59, 250),
		"2017-01-01T07:59:60+08:00":              at(2016, 12, 31, 23, 59, 59, 0),
		"1969-12-31T23:59:60Z":                   -1000,
		"2024-02-29T00:00:00Z":                   at(2024, 2, 29, 0, 0, 0, 0),
		"2000-02-29T00:00:00Z":                   at(2000, 2, 29, 0, 0, 0, 0),
		"0000-01-01T00:00:00Z":                   at(0, 1, 1, 0, 0, 0, 0),
		"9999-12-31T23:59:59.999999999999-14:00": at(10000, 1, 1, 13, 59, 59, 999),
	} {
		if got, err := ParseTime(in); err != nil || got != want {
			t.Errorf("ParseTime(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
}

func TestParseTimeRefuses(t *testing.T) {
	for _, in := range []string{
		"", "2026", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05.678", "2026-01-02 03:04:05Z",
		"2026-1-2T03:04:05Z", "2026-01-02T3:04:05Z", "20260102T030405Z", "2026-01-02T03:04Z",
		"2026-00-02T03:04:05Z", "2026-13-02T03:04:05Z", "2026-01-00T03:04:05Z", "2026-01-32T03:04:05Z",
		"2026-02-29T03:04:05Z", "1900-02-29T03:04:05Z", "2026-04-31T03:04:05Z",
		"2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:61Z", "2026-01-02T03:04:60Z",
		"2017-01-01T07:59:60Z", "2016-12-31T23:59:60+08:00",
		"2026-01-02T03:04:05.Z", "2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05.5.5Z",
		"2026-01-02T03:04:05+14:01", "2026-01-02T03:04:05+15:00", "2026-01-02T03:04:05+01:60",
		"2026-01-02T03:04:05+0100", "2026-01-02T03:04:05+01", "2026-01-02T03:04:05 +01:00", "2026-01-02T03:04:05ZZ",
		"2026-01-02T03:04:05Z ", " 2026-01-02T03:04:05Z", "+2026-01-02T03:04:05Z", "-026-01-02T03:04:05Z",
		"２026-01-02T03:04:05Z", "2026-01-02T03:04:0５Z", "1767322245", "NaN",
	} {
		if got, err := ParseTime(in); err == nil {
			t.Errorf("ParseTime(%q) = %v; want an error", in, got)
		}
	}
}

// Everything that tidemark writes and that Go's own parser reads must agree.
func TestParseTimeAgainstStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(-62_167_219_200_000, 253_402_300_799_999).Draw(t, "ms") // years 0 to 9999
		minutes := rapid.IntRange(-14*60, 14*60).Draw(t, "offset")
		local := time.UnixMilli(ms).In(time.FixedZone("", minutes*60))
		if local.Year() < 0 || local.Year() > 9999 {
			return
		}
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.000000000Z07:00"} {
			text := local.Format(layout)
			if got, err := ParseTime(text); err != nil || int64(got) != ms {
				t.Fatalf("ParseTime(%q) = %d, %v; want %d", text, got, err, ms)
			}
		}
		if got, err := ParseTime(Millis(ms).String()); err != nil || int64(got) != ms {
			t.Fatalf("ParseTime(%q) = %d, %v; want %d", Millis(ms), got, err, ms)
		}
	})
}

// The scanner's short way must agree with ParseTime whatever byte stands at whatever place; what it leaves to ParseTime
// is only the leap second and small letters.
func TestFixedTimeAgainstParseTime(t *testing.T) {
	for _, form := range []string{"2026-01-02T03:04:05.678Z", "1999-12-31T23:59:59.999Z", "2000-02-29T10:20:30.000Z"} {
		for i := range form {
			for c := range 256 {
				b := []byte(form)
				b[i] = byte(c)
				got, ok := fixedTime(b)
				want, err := ParseTime(string(b))
				if ok && (err != nil || got != want) || !ok && err == nil && c != 't' && c != 'z' && string(b[17:19]) != "60" {
					t.Errorf("%q: %d, %v; ParseTime says %d, %v", b, got, ok, want, err)
				}
			}
		}
	}
}

func TestMillisJSON(t *testing.T) {
	for in, want := range map[string]Millis{`0`: 0, `-5`: -5, `1767322245678`: 1767322245678, `"2026-01-02T02:50:45.678Z"`: 1767322245678, `null`: 0} {
		got := Millis(7)
		if err := got.UnmarshalJSON([]byte(in)); err != nil || got != want {
			t.Errorf("UnmarshalJSON(%s) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{`1.0`, `1e3`, `9223372036854775808`, `""`, `"now"`, `true`, `{}`, `"`} {
		if err := new(Millis).UnmarshalJSON([]byte(in)); err == nil {
			t.Errorf("UnmarshalJSON(%s): no error", in)
		}
	}
	if back := MillisOf(Millis(1767322245678).Time()); back != 1767322245678 {
		t.Errorf("there and back: %d", back)
	}
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2026-01-02T03:04:05.678Z", "2016-12-31T23:59:60Z", "2026-01-02T03:04:05+14:00", "0000-01-01T00:00:00-00:01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseTime(s)
		if err != nil {
			return
		}
		if want, err := time.Parse(time.RFC3339, s); err == nil && want.UnixMilli() != int64(got) {
			t.Fatalf("ParseTime(%q) = %d; the standard library says %d", s, got, want.UnixMilli())
		}
	})
}
