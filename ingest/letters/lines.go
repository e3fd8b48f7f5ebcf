package letters

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"tidemark/ingest"
)

// maxLine is the longest line that a mended letter may have, in bytes.
const maxLine = 4 << 20

// jsonLine is a letter as list prints it: the payload stands as JSON, not as text, where it is an object, so that it can be
// mended in an editor.
type jsonLine struct {
	Key        string         `json:"key"`
	ReplayedAt int64          `json:"replayed_at,omitzero"`
	Payload    jsontext.Value `json:"payload"` // goes before the letter's own
	ingest.Letter
}

// Lines prints each letter as one line of JSON.
func (b *Box) Lines(ctx context.Context, w io.Writer) error {
	return b.Each(ctx, func(i *Item) error {
		l := jsonLine{Key: i.Key, Letter: i.Letter, Payload: jsontext.Value(i.Letter.Payload)}
		if !i.Replayed.IsZero() {
			l.ReplayedAt = i.Replayed.UnixMilli()
		}
		if len(l.Payload) == 0 || l.Payload[0] != '{' || !l.Payload.IsValid() {
			l.Payload, _ = jsontext.AppendQuote(nil, i.Letter.Payload) // invalid UTF-8 is replaced
		}
		text, err := json.Marshal(&l)
		if err == nil {
			_, err = io.WriteString(w, safe(string(text), false)+"\n")
		}
		if err != nil {
			return fmt.Errorf("letter %s: %w", i.Key, err)
		}
		return nil
	})
}

// ReadLines reads letters as Lines prints them, mended or not. What is in such a file is taken for whole: its payload is
// what somebody wants to be sent. An error names the line.
func ReadLines(r io.Reader) (*Box, error) {
	box := &Box{}
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, maxLine)
	for number := 1; scan.Scan(); number++ {
		text := bytes.TrimSpace(scan.Bytes())
		if len(text) == 0 {
			continue
		}
		var l jsonLine
		if err := json.Unmarshal(text, &l); err != nil {
			return nil, fmt.Errorf("line %d is no letter as list --json prints it: %w", number, err)
		}
		if l.Key == "" || l.Source == "" || len(l.Payload) == 0 {
			return nil, fmt.Errorf("line %d has no key, source or payload", number)
		}
		i := &Item{Letter: l.Letter, Key: l.Key, Sources: []string{l.Source}}
		i.Letter.Payload = string(l.Payload)
		if l.Payload.Kind() == '"' {
			if err := json.Unmarshal(l.Payload, &i.Letter.Payload); err != nil {
				return nil, fmt.Errorf("line %d: payload: %w", number, err)
			}
		} else {
			i.Partial = false // it was cut, and an object now stands in its place
		}
		if l.ReplayedAt > 0 {
			i.Replayed = time.UnixMilli(l.ReplayedAt)
		}
		box.Items = append(box.Items, i)
		box.Records++
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("the file: %w", err)
	}
	return box, nil
}
