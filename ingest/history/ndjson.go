package history

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// maxNames bounds how many columns that are not kept are remembered by name.
const maxNames = 1000

// ndjsonTable reads one JSON object per line. Members of nested objects have names like customer.id; an array is its
// JSON text.
type ndjsonTable struct {
	r      *bufio.Reader
	names  []string
	index  map[string]int
	others map[string]bool
	dec    jsontext.Decoder
	line   int64
	long   []byte // a line that does not fit into r
}

func newNDJSON(text *bufio.Reader, wanted []string, encoding string) (*ndjsonTable, error) {
	decoded, err := decode(text, encoding)
	if err != nil {
		return nil, err
	}
	t := &ndjsonTable{r: decoded, names: wanted, index: map[string]int{}, others: map[string]bool{}}
	for i, name := range wanted {
		t.index[name] = i
	}
	return t, nil
}

func (t *ndjsonTable) columns() []string { return t.names }

func (t *ndjsonTable) dropped() []string { return slices.Sorted(maps.Keys(t.others)) }

func (t *ndjsonTable) next() (row, error) {
	for {
		text, err := t.readLine()
		if len(text) == 0 && err != nil {
			return row{line: t.line}, err
		}
		t.line++
		if err != nil && !errors.Is(err, io.EOF) {
			return row{line: t.line}, err
		}
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		out := row{line: t.line, cells: make([]string, len(t.names))}
		t.dec.Reset(bytes.NewReader(text))
		if t.dec.PeekKind() != '{' {
			return t.broken(out, text, "not a JSON object")
		}
		if err := t.object("", out.cells); err != nil {
			return t.broken(out, text, "broken JSON, or a name given twice")
		}
		if _, err := t.dec.ReadToken(); !errors.Is(err, io.EOF) {
			return t.broken(out, text, "more than one JSON value")
		}
		return out, nil
	}
}

// broken refuses a line. Also where some of it can be read, a name may come again behind, or be cut short.
func (t *ndjsonTable) broken(r row, text []byte, reason string) (row, error) {
	return row{line: r.line, cells: make([]string, len(t.names)), text: string(text)}, &badRow{reason: reason, unknown: true}
}

// readLine returns the next line, which is valid until the next call; with io.EOF the last one, if it has no line end.
func (t *ndjsonTable) readLine() ([]byte, error) {
	text, err := t.r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return text, err
	}
	t.long = append(t.long[:0], text...)
	for errors.Is(err, bufio.ErrBufferFull) {
		if text, err = t.r.ReadSlice('\n'); len(t.long)+len(text) > maxLine {
			return t.long, errLongLine
		}
		t.long = append(t.long, text...)
	}
	return t.long, err
}

// object reads the members of the object that begins here.
func (t *ndjsonTable) object(prefix string, cells []string) error {
	if _, err := t.dec.ReadToken(); err != nil {
		return err
	}
	for t.dec.PeekKind() != '}' {
		name, err := t.dec.ReadToken()
		if err != nil {
			return err
		}
		if err := t.member(prefix+name.String(), cells); err != nil {
			return err
		}
	}
	_, err := t.dec.ReadToken()
	return err
}

func (t *ndjsonTable) member(name string, cells []string) error {
	at, wanted := t.index[name]
	switch kind := t.dec.PeekKind(); {
	case kind == '{' && !wanted && t.dec.StackDepth() < 32:
		return t.object(name+".", cells)
	case !wanted:
		if len(t.others) < maxNames {
			t.others[name] = true
		}
		return t.dec.SkipValue()
	case kind == '{' || kind == '[':
		value, err := t.dec.ReadValue()
		cells[at] = string(value)
		return err
	case kind == 'n':
		return t.dec.SkipValue()
	}
	value, err := t.dec.ReadToken()
	if err == nil {
		cells[at] = value.String()
	}
	return err
}
