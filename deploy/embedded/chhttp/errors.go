package chhttp

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// exception is an error as ClickHouse words it: clients read the code from the text or from a header.
type exception struct {
	code int
	text string // "Code: N. DB::Exception: ... (NAME)"
}

func (e *exception) Error() string { return e.text }

func newException(code int, name, format string, args ...any) *exception {
	return &exception{code, fmt.Sprintf("Code: %d. DB::Exception: %s. (%s)", code, fmt.Sprintf(format, args...), name)}
}

func syntaxError(what string) *exception {
	return newException(codeSyntax, "SYNTAX_ERROR", "Syntax error: %s", what)
}

func notServed(what string) *exception {
	return newException(48, "NOT_IMPLEMENTED", "%s is not served by the embedded engine", what)
}

const (
	codeSyntax  = 62
	codeUnknown = 1002
)

var codePattern = regexp.MustCompile(`^Code: (\d+)\.`)

// asException reads an engine error's code from its text; anything else becomes code 1002.
func asException(err error) *exception {
	var e *exception
	if errors.As(err, &e) {
		return e
	}
	text := strings.TrimSpace(err.Error())
	m := codePattern.FindStringSubmatch(text)
	if m == nil {
		return newException(codeUnknown, "UNKNOWN_EXCEPTION", "%s", text)
	}
	code, err := strconv.Atoi(m[1])
	if err != nil {
		code = codeUnknown
	}
	return &exception{code, text}
}

// status is the HTTP status that a ClickHouse server gives for the code.
func (e *exception) status() int {
	switch e.code {
	case 194: // REQUIRED_PASSWORD
		return http.StatusUnauthorized
	case 192, 193, 497, 516: // UNKNOWN_USER, WRONG_PASSWORD, ACCESS_DENIED, AUTHENTICATION_FAILED
		return http.StatusForbidden
	case 6, 26, 27, 33, 36, 38, 41, 42, 43, 44, 53, 62, 69, 70, 72, 73, 115, 130, 131, 386, 456, 457: // parsing, types, arguments
		return http.StatusBadRequest
	case 16, 46, 47, 60, 63, 78, 81: // no such column, function, identifier, table, aggregate, type, database
		return http.StatusNotFound
	case 1, 48: // UNSUPPORTED_METHOD, NOT_IMPLEMENTED
		return http.StatusNotImplemented
	case 159: // TIMEOUT_EXCEEDED
		return http.StatusRequestTimeout
	case 202: // TOO_MANY_SIMULTANEOUS_QUERIES
		return http.StatusServiceUnavailable
	case 307: // TOO_MANY_BYTES
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusInternalServerError
}
