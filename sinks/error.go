// Package sinks holds what all sinks share: which blocks they accept and how they report failures.
package sinks

import (
	"fmt"
	"slices"
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

// Permanent reports whether a repetition cannot help: whether any Error that err wraps or joins was Refused.
func Permanent(err error) bool {
	switch e := err.(type) {
	case *Error:
		return e.permanent
	case interface{ Unwrap() error }:
		return Permanent(e.Unwrap())
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), Permanent)
	}
	return false
}
