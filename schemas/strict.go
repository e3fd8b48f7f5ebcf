package schemas

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth is how deep objects and arrays may be nested, the outermost object included.
const maxDepth = 32

// DecodeError says why a record could not be read. Its text holds no value of the record.
type DecodeError struct {
	Reason Reason // NoObject, BadJSON, BadValue or TooDeep
	Field  string // JSON pointer to the value of a wrong type; empty otherwise
	At     int64  // byte offset in the record
}

// Error names the reason, the field and the place.
func (e *DecodeError) Error() string {
	if e.Field != "" {
		return fmt.Sprintf("decode: %s in %s at byte %d", e.Reason, e.Field, e.At)
	}
	return fmt.Sprintf("decode: %s at byte %d", e.Reason, e.At)
}

// Unwrap returns the reason, for errors.Is and errors.As.
func (e *DecodeError) Unwrap() error { return e.Reason }

// decodeStrict is the meaning of decoding; the scanner is its fast twin for plain events. e must be zero and b begin
// with an object.
func decodeStrict[E any](b []byte, e *E) error {
	if at := depthExceeded(b); at >= 0 {
		return &DecodeError{Reason: TooDeep, At: int64(at)}
	}
	err := json.Unmarshal(b, e)
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntactic):
		return &DecodeError{Reason: BadJSON, At: syntactic.ByteOffset}
	case errors.As(err, &semantic):
		return &DecodeError{Reason: BadValue, Field: string(semantic.JSONPointer), At: semantic.ByteOffset}
	}
	return &DecodeError{Reason: BadJSON}
}

// depthExceeded returns the index of the first bracket that nests too deep, or -1.
func depthExceeded(b []byte) int {
	depth := 0
	for p := 0; p < len(b); p++ {
		switch b[p] {
		case '{', '[':
			if depth++; depth > maxDepth {
				return p
			}
		case '}', ']':
			depth--
		case '"':
			for p++; p < len(b) && b[p] != '"'; p++ {
				if b[p] == '\\' {
					p++
				}
			}
		}
	}
	return -1
}
