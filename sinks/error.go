// Package sinks holds what all sinks share: which blocks they accept and how they report failures.
package sinks

import (
	"errors"
	"fmt"
)

// Error is a call to a store that failed.
type Error struct {
	what      string
	permanent bool
	cause     error
}

// Failed reports a call that may be repeated, whether or not it had an effect. what names the call and its table.
func Failed(what string, cause error) *Error { return &Error{what: what, cause: cause} }

// Refused reports a call that no repetition cures: the table, the schema, the rights or the rows must change first.
func Refused(what string, cause error) *Error {
	return &Error{what: what, cause: cause, permanent: true}
}

// Error names the call and the cause.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.what, e.cause) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Permanent says that repeating the call cannot help.
func (e *Error) Permanent() bool { return e.permanent }

// Join makes one error of many, nil if all are nil. It is permanent if one of them is: those come first, since that is
// where errors.As looks.
func Join(errs ...error) error {
	var first, rest []error
	for _, err := range errs {
		if Permanent(err) {
			first = append(first, err)
		} else {
			rest = append(rest, err)
		}
	}
	return errors.Join(append(first, rest...)...)
}

// Permanent reports whether err declares, anywhere in its chain, that a repetition cannot help.
func Permanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}
