package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"tidemark/schemas"
)

// format is the version of what a manifest says.
const format = 1

// manifest says what a span consists of. It is written after the files: without it the span does not count.
type manifest struct {
	Format int `json:"format"`
	schemas.Span
	Files []fileEntry `json:"files"`
}

// fileEntry is one file of a span.
type fileEntry struct {
	Name   string `json:"name"`
	Shop   string `json:"shop"`
	Day    string `json:"day"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// sealed is a manifest with its checksum, as stored.
type sealed struct {
	SHA256 string          `json:"sha256"`
	Span   json.RawMessage `json:"span"`
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (m *manifest) encode() ([]byte, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return json.Marshal(sealed{SHA256: digest(body), Span: body})
}

// decodeManifest reads what encode wrote. Its error says what is wrong with the text, not where it is.
func decodeManifest(data []byte) (*manifest, error) {
	var s sealed
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, errors.New("damaged: no JSON of a manifest")
	}
	if digest(s.Span) != s.SHA256 {
		return nil, errors.New("damaged: its checksum differs")
	}
	var m manifest
	if err := json.Unmarshal(s.Span, &m); err != nil {
		return nil, fmt.Errorf("not a manifest: %w", err)
	}
	if m.Format != format {
		return nil, fmt.Errorf("its format is %d, this program reads %d: use the version of tidemark that wrote it", m.Format, format)
	}
	if m.First < 0 || m.Next <= m.First {
		return nil, fmt.Errorf("it spans the offsets %d to %d", m.First, m.Next)
	}
	return &m, nil
}
