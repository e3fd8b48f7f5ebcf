package ingest

import (
	"strings"

	"tidemark/schemas"
)

// currencyCode returns the ISO 4217 code for a text in any case.
func currencyCode(text string) (string, *fault) {
	code := strings.ToUpper(text)
	if !schemas.KnownCurrency(code) {
		return "", &fault{KindBadCurrency, "currency is no code of ISO 4217"}
	}
	return code, nil
}

// currency is the event's own, or the shop's where it names none.
func (in *intake) currency(text string) (string, *fault) {
	if text == "" {
		return in.sender.shop.Currency, nil
	}
	return currencyCode(text)
}
