package schemas

import (
	"errors"
	"math"
	"strconv"
)

// Money is an amount in micro-units (1e-6) of some currency. On the wire it is a decimal string such as "12.5"
// with at most six decimals; a JSON number is accepted too and rounded half to even at the sixth decimal.
// It is rounded for display only. Amounts beyond the int64 range are refused, never wrapped.
type Money int64

// MicrosPerUnit is the number of micro-units in one unit of currency.
const MicrosPerUnit = 1_000_000

const moneyDecimals = 6

var (
	errMoneySyntax   = errors.New(`money: not a decimal amount such as "12.5"`)
	errMoneyDecimals = errors.New("money: more than six decimals")
	errMoneyRange    = errors.New("money: beyond ±9223372036854.775807")
)

// ParseMoney reads a decimal amount such as "12.5" or "-3" exactly. More than six decimals, an exponent, a leading
// plus, blanks and amounts beyond the int64 range are errors. "-0" is 0.
func ParseMoney(s string) (Money, error) {
	digits, neg := s, false
	if len(s) > 0 && s[0] == '-' {
		digits, neg = s[1:], true
	}
	var u uint64
	point := -1 // index of the decimal point
	for i := range len(digits) {
		c := digits[i]
		switch {
		case c >= '0' && c <= '9':
			if u > math.MaxInt64/10 {
				return 0, errMoneyRange
			}
			u = u*10 + uint64(c-'0')
		case c == '.' && point < 0 && i > 0:
			point = i
		default:
			return 0, errMoneySyntax
		}
	}
	decimals := 0
	if point >= 0 {
		decimals = len(digits) - point - 1
	}
	switch {
	case len(digits) == 0 || point >= 0 && decimals == 0:
		return 0, errMoneySyntax
	case decimals > moneyDecimals:
		return 0, errMoneyDecimals
	}
	for ; decimals < moneyDecimals; decimals++ {
		if u > math.MaxInt64/10 {
			return 0, errMoneyRange
		}
		u *= 10
	}
	return signed(u, neg)
}

// signed puts the sign to a magnitude; the range is that of int64.
func signed(u uint64, neg bool) (Money, error) {
	switch {
	case neg && u <= 1<<63:
		return Money(-u), nil
	case !neg && u <= math.MaxInt64:
		return Money(u), nil
	}
	return 0, errMoneyRange
}

// Append appends the shortest decimal form to dst, for example 12.5, without quotes.
func (m Money) Append(dst []byte) []byte {
	u := uint64(m)
	if m < 0 {
		dst = append(dst, '-')
		u = -u
	}
	dst = strconv.AppendUint(dst, u/MicrosPerUnit, 10)
	frac := u % MicrosPerUnit
	if frac == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := uint64(MicrosPerUnit / 10); frac > 0; unit /= 10 {
		dst = append(dst, byte('0'+frac/unit))
		frac %= unit
	}
	return dst
}

// String returns the shortest decimal form, for example 12.5.
func (m Money) String() string { return string(m.Append(nil)) }

// MarshalJSON writes the amount as a decimal string.
func (m Money) MarshalJSON() ([]byte, error) {
	return append(m.Append([]byte{'"'}), '"'), nil
}

// UnmarshalJSON reads a decimal string exactly, or a number rounded half to even; null is 0.
func (m *Money) UnmarshalJSON(b []byte) (err error) {
	switch {
	case string(b) == "null":
		*m = 0
	case len(b) > 0 && b[0] == '"':
		var s string
		if s, err = unquote(b); err == nil {
			*m, err = ParseMoney(s)
		}
	default:
		*m, err = MoneyFromNumber(string(b))
	}
	return err
}
