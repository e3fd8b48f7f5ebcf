package schemas

import (
	"math/big"
	"math/bits"
	"strings"
)

// Decimal is a wide amount in micro-units, the sum of many Money values: a 128-bit two's complement integer that
// no sum of fewer than 2^63 Money values can overflow. In ClickHouse it is Decimal(38, 6).
type Decimal struct {
	Hi int64
	Lo uint64
}

// DecimalOf widens an amount.
func DecimalOf(m Money) Decimal { return Decimal{Hi: int64(m) >> 63, Lo: uint64(m)} }

// Add adds an amount in place.
func (d *Decimal) Add(m Money) { *d = d.Plus(DecimalOf(m)) }

// Plus returns the sum of both.
func (d Decimal) Plus(o Decimal) Decimal {
	lo, carry := bits.Add64(d.Lo, o.Lo, 0)
	hi, _ := bits.Add64(uint64(d.Hi), uint64(o.Hi), carry)
	return Decimal{Hi: int64(hi), Lo: lo}
}

// Big returns the number of micro-units.
func (d Decimal) Big() *big.Int {
	v := big.NewInt(d.Hi)
	v.Lsh(v, 64)
	return v.Add(v, new(big.Int).SetUint64(d.Lo))
}

// String returns the shortest decimal form in units of currency, for example 12.5.
func (d Decimal) String() string {
	v := d.Big()
	sign := ""
	if v.Sign() < 0 {
		sign = "-"
		v.Neg(v)
	}
	text := v.String()
	if pad := moneyDecimals + 1 - len(text); pad > 0 {
		text = strings.Repeat("0", pad) + text
	}
	point := len(text) - moneyDecimals
	frac := strings.TrimRight(text[point:], "0")
	if frac == "" {
		return sign + text[:point]
	}
	return sign + text[:point] + "." + frac
}
