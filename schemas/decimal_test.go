package schemas

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestDecimalAddsLikeBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOf(rapid.Int64()).Draw(t, "amounts")
		cut := rapid.IntRange(0, len(amounts)).Draw(t, "cut")
		var left, right Decimal
		want := new(big.Int)
		for i, a := range amounts {
			want.Add(want, big.NewInt(a))
			if i < cut {
				left.Add(Money(a))
			} else {
				right.Add(Money(a))
			}
		}
		if got := left.Plus(right).Big(); got.Cmp(want) != 0 {
			t.Fatalf("sum of %v is %v, want %v", amounts, got, want)
		}
	})
}

func TestDecimalBeyondInt64(t *testing.T) {
	var d Decimal
	for range 1000 {
		d.Add(math.MinInt64)
	}
	if got := d.String(); got != "-9223372036854775.808" {
		t.Errorf("sum of 1000 smallest amounts: %s", got)
	}
	for range 2000 {
		d.Add(math.MaxInt64)
	}
	if got := d.String(); got != "9223372036854775.806" {
		t.Errorf("and 2000 largest: %s", got)
	}
}

func TestDecimalString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money(rapid.Int64().Draw(t, "micros"))
		if got := DecimalOf(m).String(); got != m.String() {
			t.Fatalf("DecimalOf(%s) = %s", m, got)
		}
	})
}
