package schemas

// MoneyFromNumber reads the text of a JSON number, rounded half to even at the sixth decimal. It works on the
// decimal digits, so no binary fraction comes between: 0.1 is exactly 0.1. Text that is no JSON number and amounts
// beyond the int64 range are errors; "-0" is 0.
func MoneyFromNumber(text string) (Money, error) {
	n, ok := splitNumber(text)
	if !ok {
		return 0, errMoneySyntax
	}
	// keep is how many leading digits stand before the rounding place.
	keep := int64(len(n.whole)) + n.exp + moneyDecimals
	if keep < 0 {
		return 0, nil // below a tenth of a micro-unit
	}
	var u uint64
	for i := int64(0); i < keep; i++ {
		if u == 0 && i >= int64(n.digits()) {
			return 0, nil // nothing but zeros
		}
		if u > 1<<63/10 {
			return 0, errMoneyRange
		}
		u = u*10 + uint64(n.digit(i))
	}
	if n.roundUp(keep, u&1 == 1) {
		u++
	}
	return signed(u, n.neg)
}

// number is the text of a JSON number, cut into pieces.
type number struct {
	neg         bool
	whole, frac string
	exp         int64 // saturated at ±2^40, far beyond any amount and any text length
}

func (n *number) digits() int { return len(n.whole) + len(n.frac) }

// digit returns the i-th digit counted from the front over whole and fraction; zeros follow the last.
func (n *number) digit(i int64) byte {
	switch {
	case i < int64(len(n.whole)):
		return n.whole[i] - '0'
	case i < int64(n.digits()):
		return n.frac[i-int64(len(n.whole))] - '0'
	}
	return 0
}

// roundUp says whether the digits from i on round the ones before them up, to even on a tie.
func (n *number) roundUp(i int64, odd bool) bool {
	switch d := n.digit(i); {
	case d != 5:
		return d > 5
	case odd:
		return true
	}
	for i++; i < int64(n.digits()); i++ {
		if n.digit(i) != 0 {
			return true
		}
	}
	return false
}

// splitNumber checks the grammar of a JSON number (RFC 8259, part 6).
func splitNumber(s string) (n number, ok bool) {
	if len(s) > 0 && s[0] == '-' {
		n.neg, s = true, s[1:]
	}
	n.whole, s = leadingDigits(s)
	if n.whole == "" || len(n.whole) > 1 && n.whole[0] == '0' {
		return n, false
	}
	if len(s) > 0 && s[0] == '.' {
		if n.frac, s = leadingDigits(s[1:]); n.frac == "" {
			return n, false
		}
	}
	if len(s) > 0 && (s[0] == 'e' || s[0] == 'E') {
		if n.exp, s = exponent(s[1:]); s == "" {
			return n, false
		}
		s = s[1:]
	}
	return n, s == ""
}

// exponent reads an optional sign and at least one digit. The rest returned begins with the last digit read, so it
// is empty where there is none.
func exponent(s string) (int64, string) {
	neg := false
	if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
		neg, s = s[0] == '-', s[1:]
	}
	digits, rest := leadingDigits(s)
	if digits == "" {
		return 0, ""
	}
	const limit = 1 << 40
	exp := int64(0)
	for i := range len(digits) {
		exp = min(limit, exp*10+int64(digits[i]-'0'))
	}
	if neg {
		exp = -exp
	}
	return exp, s[len(s)-len(rest)-1:]
}

// leadingDigits cuts s after its leading decimal digits.
func leadingDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}
