package schemas

import (
	"errors"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Millis is an instant: milliseconds since 1970-01-01T00:00:00Z. Zero means unknown. On the wire it is a JSON
// integer; a string in RFC 3339 is accepted too, with fractions below a millisecond cut off.
type Millis int64

var errMillis = errors.New("time: neither integer milliseconds nor a string in RFC 3339")

// MillisOf converts a time; fractions below a millisecond are cut off.
func MillisOf(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time converts to a time in UTC.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// String returns RFC 3339 in UTC with milliseconds.
func (m Millis) String() string { return m.Time().Format("2006-01-02T15:04:05.000Z") }

// UnmarshalJSON reads an integer or a string in RFC 3339; null is 0.
func (m *Millis) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*m = 0
		return nil
	}
	if len(b) > 0 && b[0] == '"' {
		s, err := unquote(b)
		if err == nil {
			*m, err = ParseTime(s)
		}
		return err
	}
	v, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return errMillis
	}
	*m = Millis(v)
	return nil
}

// unquote returns the value of a JSON string.
func unquote(b []byte) (string, error) {
	s, err := jsontext.AppendUnquote(nil, b)
	return string(s), err
}
