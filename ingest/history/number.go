package history

import (
	"cmp"
	"errors"
	"math"
	"strconv"
	"strings"
)

// number reads a cell for comparison. An empty cell is no number, which makes every comparison but != false. Floating
// point orders decimals of up to 15 digits as they are; longer ones are refused.
func (f numberForm) number(cell string) (float64, error) {
	if cell == "" {
		return math.NaN(), nil
	}
	text, ok := f.plain(cell)
	n, err := strconv.ParseFloat(text, 64)
	if !ok || err != nil || math.IsInf(n, 0) || math.IsNaN(n) || strings.ContainsAny(text, "xXpP_") {
		return 0, errNumber
	}
	if digits := strings.Trim(text, "+-0."); len(digits) > 16 {
		return 0, errLongNumber
	}
	return n, nil
}

var (
	errNumber     = errors.New("no number")
	errLongNumber = errors.New("a number of more than 15 digits cannot be compared exactly")
)

// numberForm is how a file writes numbers.
type numberForm struct{ decimal, thousands string }

// plain is the number as we write it: no groups, a point before the decimals. It is false where separators stand where
// the form has none, since taking them off would make another number: 1.234 is not 1.234 where decimals follow a comma.
func (f numberForm) plain(text string) (string, bool) {
	decimal := cmp.Or(f.decimal, ".")
	whole, fraction, fractional := strings.Cut(text, decimal)
	if f.thousands != "" && strings.Contains(whole, f.thousands) {
		var ok bool
		if whole, ok = joinGroups(whole, f.thousands); !ok {
			return "", false
		}
	}
	if decimal != "." && strings.Contains(whole+fraction, ".") || f.thousands != "" && strings.Contains(fraction, f.thousands) {
		return "", false
	}
	if fractional {
		return whole + "." + fraction, true
	}
	return whole, true
}

// joinGroups takes the separators out of a whole number: one to three digits, then groups of three.
func joinGroups(whole, separator string) (string, bool) {
	digits := strings.TrimLeft(whole, "+-")
	for i, group := range strings.Split(digits, separator) {
		if len(group) > 3 || i > 0 && len(group) < 3 || group == "" || strings.Trim(group, "0123456789") != "" {
			return "", false
		}
	}
	return strings.ReplaceAll(whole, separator, ""), true
}
