package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"tidemark/schemas"
)

// The types of a webhook's fields take any JSON, so that one odd field, or a new one of a later version, does not cost
// the whole message.
type (
	hookText string
	hookTime schemas.Millis
	textMap  map[string]string
)

// UnmarshalJSON takes a string; anything else is empty.
func (t *hookText) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = hookText(s)
	}
	return nil
}

// UnmarshalJSON takes a time in RFC 3339; anything else, and what lies before 1970, is 0.
func (t *hookTime) UnmarshalJSON(b []byte) error {
	var at time.Time
	if json.Unmarshal(b, &at) == nil {
		*t = hookTime(max(0, at.UnixMilli()))
	}
	return nil
}

// UnmarshalJSON takes an object and keeps its texts.
func (m *textMap) UnmarshalJSON(b []byte) error {
	var fields map[string]hookText
	if json.Unmarshal(b, &fields) != nil {
		return nil
	}
	*m = textMap{}
	for name, text := range fields {
		(*m)[name] = string(text)
	}
	return nil
}

// hash stands in for a fingerprint.
func (m textMap) hash() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(h, "%q=%q,", name, m[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
