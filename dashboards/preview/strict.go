package preview

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// reader reads one board, or one of its panels, and collects what the preview cannot draw. What it accepts, it draws:
// a member of the file that no struct here names is an error, never skipped.
type reader struct {
	where string // names the board and the panel
	errs  *[]error
}

// cannot reports what stands at a JSON pointer.
func (r reader) cannot(path, format string, args ...any) {
	*r.errs = append(*r.errs, fmt.Errorf("preview cannot draw %s at %s: %w", r.where, path, fmt.Errorf(format, args...)))
}

// decode reads a value into a struct that names all its members.
func (r reader) decode(path string, raw jsontext.Value, into any) bool {
	if len(raw) == 0 {
		return true
	}
	err := json.Unmarshal(raw, into, json.RejectUnknownMembers(true))
	if err == nil {
		return true
	}
	if semantic := (*json.SemanticError)(nil); errors.As(err, &semantic) {
		path += string(semantic.JSONPointer)
		if semantic.Err != nil {
			err = semantic.Err
		}
	}
	r.cannot(path, "%w", err)
	return false
}

// only reports a value that is none of those which are drawn.
func (r reader) only(path, value string, drawn ...string) {
	if !slices.Contains(drawn, value) {
		r.cannot(path, "%q is none of %q", value, drawn)
	}
}
