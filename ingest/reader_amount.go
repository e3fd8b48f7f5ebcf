package ingest

import (
	"strings"

	"tidemark/schemas"
)

// amount is money that may be absent.
type amount struct {
	micros schemas.Money
	set    bool
}

// amount reads a number, rounded half to even at the sixth decimal, or a decimal string.
func (r *reader) amount(field string, dst *amount) error {
	var err error
	switch r.dec.PeekKind() {
	case 'n':
		return r.dec.SkipValue()
	case '0':
		raw, readErr := r.dec.ReadValue()
		if readErr != nil {
			return readErr
		}
		dst.micros, err = schemas.MoneyFromNumber(string(raw))
	case '"':
		tok, readErr := r.dec.ReadToken()
		if readErr != nil {
			return readErr
		}
		dst.micros, err = schemas.ParseMoney(strings.TrimSpace(tok.String()))
	default:
		r.blame(field + " is no amount")
		return r.dec.SkipValue()
	}
	switch {
	case err != nil:
		r.blame(field + " is no amount, or out of range")
	case dst.micros < 0:
		r.blame(field + " is negative")
	}
	dst.set = true
	return nil
}

// amountText reads a decimal string, as query strings have; empty is absent.
func (r *reader) amountText(field, text string, dst *amount) {
	if text == "" {
		return
	}
	var err error
	if dst.micros, err = schemas.ParseMoney(strings.TrimSpace(text)); err != nil || dst.micros < 0 {
		r.blame(field + " is no amount, or out of range")
	}
	dst.set = true
}

// count reads a whole number of at least least. 1.0 and "1" are none.
func (r *reader) count(field string, least int64, dst *int64) error {
	if r.dec.PeekKind() == 'n' {
		return r.dec.SkipValue()
	}
	raw, err := r.dec.ReadValue()
	if err != nil {
		return err
	}
	n, ok := wholeNumber(raw)
	if !ok || n < least {
		r.blame(field + " is no whole number in range")
		return nil
	}
	*dst = n
	return nil
}

// maxCount bounds quantities, so that sums over an order cannot overflow.
const maxCount = 1_000_000_000

func wholeNumber(raw []byte) (int64, bool) {
	if len(raw) == 0 || len(raw) > 10 {
		return 0, false
	}
	n := int64(0)
	for _, c := range raw {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, n <= maxCount
}

// blame keeps the first fault.
func (r *reader) blame(reason string) {
	if r.fault == nil {
		r.fault = &fault{KindBadAmount, reason}
	}
}
