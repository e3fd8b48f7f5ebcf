package schemas

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Money
		err  error
	}{
		{"0", 0, nil},
		{"-0", 0, nil},
		{"-0.000000", 0, nil},
		{"12.5", 12_500_000, nil},
		{"-12.5", -12_500_000, nil},
		{"12.500000", 12_500_000, nil},
		{"0.000001", 1, nil},
		{"007", 7_000_000, nil},
		{"9223372036854.775807", math.MaxInt64, nil},
		{"-9223372036854.775808", math.MinInt64, nil},
		{"9223372036854.775808", 0, errMoneyRange},
		{"-9223372036854.775809", 0, errMoneyRange},
		{"9223372036855", 0, errMoneyRange},
		{"99999999999999999999999", 0, errMoneyRange},
		{"0.0000001", 0, errMoneyDecimals},
		{"1.0000000", 0, errMoneyDecimals},
		{"", 0, errMoneySyntax},
		{"-", 0, errMoneySyntax},
		{".", 0, errMoneySyntax},
		{".5", 0, errMoneySyntax},
		{"5.", 0, errMoneySyntax},
		{"-.5", 0, errMoneySyntax},
		{"+5", 0, errMoneySyntax},
		{"--5", 0, errMoneySyntax},
		{"1.2.3", 0, errMoneySyntax},
		{" 1", 0, errMoneySyntax},
		{"1 ", 0, errMoneySyntax},
		{"1,5", 0, errMoneySyntax},
		{"1e3", 0, errMoneySyntax},
		{"0x10", 0, errMoneySyntax},
		{"NaN", 0, errMoneySyntax},
		{"Infinity", 0, errMoneySyntax},
		{"１２", 0, errMoneySyntax},
		{"12.5€", 0, errMoneySyntax},
	} {
		got, err := ParseMoney(c.in)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("ParseMoney(%q) = %d, %v; want %d, %v", c.in, got, err, c.want, c.err)
		}
	}
}

func TestMoneyFromNumber(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Money
		err  error
	}{
		{"0", 0, nil},
		{"-0", 0, nil},
		{"-0.0", 0, nil},
		{"-0e99", 0, nil},
		{"0e999999999999999999999999", 0, nil},
		{"12.5", 12_500_000, nil},
		{"-12.5", -12_500_000, nil},
		{"0.1", 100_000, nil},
		{"19.99", 19_990_000, nil},
		{"1e3", 1_000_000_000, nil},
		{"1E+3", 1_000_000_000, nil},
		{"125e-1", 12_500_000, nil},
		{"0.00125e3", 1_250_000, nil},
		{"0.0000005", 0, nil},           // tie, to even
		{"0.0000015", 2, nil},           // tie, to even
		{"0.0000025", 2, nil},           // tie, to even
		{"-0.0000015", -2, nil},         // tie, to even
		{"0.00000250000000001", 3, nil}, // just above the tie
		{"0.0000024999999999", 2, nil},  // just below
		{"0.9999995", 1_000_000, nil},   // carries through
		{"0.30000000000000004", 300_000, nil},
		{"1e-7", 0, nil},
		{"5e-7", 0, nil},
		{"6e-7", 1, nil},
		{"9e-999999999999999999999", 0, nil},
		{"9223372036854.775807", math.MaxInt64, nil},
		{"9223372036854.7758074", math.MaxInt64, nil},
		{"9223372036854.7758075", 0, errMoneyRange},
		{"-9223372036854.7758085", math.MinInt64, nil},
		{"1e13", 0, errMoneyRange},
		{"1e999", 0, errMoneyRange},
		{"1e999999999999999999999", 0, errMoneyRange},
		{"", 0, errMoneySyntax},
		{"-", 0, errMoneySyntax},
		{"01", 0, errMoneySyntax},
		{"1.", 0, errMoneySyntax},
		{".1", 0, errMoneySyntax},
		{"+1", 0, errMoneySyntax},
		{"1e", 0, errMoneySyntax},
		{"1e+", 0, errMoneySyntax},
		{"1e5x", 0, errMoneySyntax},
		{"1 ", 0, errMoneySyntax},
		{"NaN", 0, errMoneySyntax},
		{"1_000", 0, errMoneySyntax},
	} {
		got, err := MoneyFromNumber(c.in)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("MoneyFromNumber(%q) = %d, %v; want %d, %v", c.in, got, err, c.want, c.err)
		}
	}
}

// A long text must cost time in its length only, not in its exponent.
func TestMoneyFromNumberLongText(t *testing.T) {
	zeros := strings.Repeat("0", 100_000)
	if got, err := MoneyFromNumber("0." + zeros + "15e100000"); got != 150_000 || err != nil {
		t.Errorf("long fraction: %d, %v", got, err)
	}
	if got, err := MoneyFromNumber("1" + zeros + "e-100000"); got != 1_000_000 || err != nil {
		t.Errorf("long whole part: %d, %v", got, err)
	}
}

func TestMoneyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Money(rapid.Int64().Draw(t, "micros"))
		got, err := ParseMoney(want.String())
		if err != nil || got != want {
			t.Fatalf("ParseMoney(%q) = %d, %v; want %d", want, got, err, want)
		}
		if got, err = MoneyFromNumber(want.String()); err != nil || got != want {
			t.Fatalf("MoneyFromNumber(%q) = %d, %v; want %d", want, got, err, want)
		}
	})
}

// The oracle rounds with rationals: floor of the micro-units, then half to even.
func TestMoneyFromNumberAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,14})(\.[0-9]{0,8}[05])?([eE][+-]?[0-9])?`).Draw(t, "number")
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("oracle cannot read %q", text)
		}
		exact.Mul(exact, big.NewRat(MicrosPerUnit, 1))
		want := roundHalfEven(exact)
		got, err := MoneyFromNumber(text)
		if !want.IsInt64() {
			if !errors.Is(err, errMoneyRange) {
				t.Fatalf("MoneyFromNumber(%q) = %d, %v; want out of range", text, got, err)
			}
			return
		}
		if err != nil || int64(got) != want.Int64() {
			t.Fatalf("MoneyFromNumber(%q) = %d, %v; want %d", text, got, err, want)
		}
	})
}

func roundHalfEven(r *big.Rat) *big.Int {
	floor, rest := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	switch rest.Lsh(rest, 1).Cmp(r.Denom()) {
	case 1:
		return floor.Add(floor, big.NewInt(1))
	case 0:
		return floor.Add(floor, big.NewInt(int64(floor.Bit(0))))
	}
	return floor
}

func TestMoneyJSON(t *testing.T) {
	out, err := json.Marshal(struct{ A, B Money }{12_500_000, -1})
	if err != nil || string(out) != `{"A":"12.5","B":"-0.000001"}` {
		t.Errorf("Marshal: %s, %v", out, err)
	}
	for in, want := range map[string]Money{`"12.5"`: 12_500_000, `12.5`: 12_500_000, `"1\u0032.5"`: 12_500_000, `null`: 0, `1e-7`: 0} {
		got := Money(7)
		if err := got.UnmarshalJSON([]byte(in)); err != nil || got != want {
			t.Errorf("UnmarshalJSON(%s) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{`""`, `"1e3"`, `true`, `[]`, `"`, `"\ud800"`, ``} {
		if err := new(Money).UnmarshalJSON([]byte(in)); err == nil {
			t.Errorf("UnmarshalJSON(%s): no error", in)
		}
	}
}

func FuzzMoney(f *testing.F) {
	for _, s := range []string{"0", "-0", "12.5", "1e999", "0.0000005", "9223372036854.775807", "１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		exact, err := ParseMoney(s)
		if err != nil {
			return
		}
		if again, err := ParseMoney(exact.String()); err != nil || again != exact {
			t.Fatalf("%q is %d, whose text %q is %d, %v", s, exact, exact, again, err)
		}
		if rounded, err := MoneyFromNumber(s); err == nil && rounded != exact {
			t.Fatalf("%q: exact %d, rounded %d", s, exact, rounded)
		}
	})
}
