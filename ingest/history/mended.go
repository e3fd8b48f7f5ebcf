package history

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mended reads a file that badLines wrote, so that its rows are what they were in the input: the same columns, line, and
// name of the file, of which ids may be made.
type mended struct {
	csv *csvTable
	n   int // columns of the input
}

// isBad says whether a file is one of refused lines, by its header.
func isBad(text *bufio.Reader) bool {
	start, _ := text.Peek(text.Size()) // with an error it is short, and still what there is
	if !bytes.Contains(start, []byte(badLine)) {
		return false
	}
	names, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(start, bom))).Read()
	at := len(names) - len(badColumns())
	return err == nil && at >= 0 && slices.Equal(names[at:], badColumns())
}

// newMended opens a file of refused lines: its form is always the same, whatever the mapping says of the input's.
func newMended(text *bufio.Reader) (*mended, error) {
	t, err := newCSV(text, &Mapping{CSV: csvForm{Delimiter: ","}})
	if err != nil {
		return nil, err
	}
	return &mended{csv: t, n: len(t.names) - len(badColumns())}, nil
}

// checkNotBad refuses a file of refused lines whose form was changed, so that it is no more known as one: its rows would
// have other lines and names, and ids made of these would be others too.
func checkNotBad(names []string) error {
	if !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, badLine) }) {
		return nil
	}
	return fmt.Errorf("a file of refused lines must stay CSV with commas, in UTF-8, with a header whose last columns are %s: save it like that", strings.Join(badColumns(), ", "))
}

func (t *mended) columns() []string { return t.csv.names[:t.n] }

func (t *mended) dropped() []string { return nil }

// next returns a mended row; a *badRow for one that is as it was, and an error where the file itself is damaged.
func (t *mended) next() (row, error) {
	r, err := t.csv.next()
	var bad *badRow
	if isRow := errors.As(err, &bad); isRow && r.text != "" {
		return r, fmt.Errorf("line %d of the file of refused lines has %s: mend that line", r.line, bad.reason)
	} else if err != nil && !isRow {
		return r, err
	}
	marks := r.cells[t.n:]
	out := row{cells: r.cells[:t.n], input: marks[0], text: unmarked(marks[3])}
	for i, cell := range out.cells {
		out.cells[i] = unmarked(cell)
	}
	line, lineErr := strconv.ParseInt(strings.TrimSpace(marks[1]), 10, 64)
	if lineErr != nil || line < 1 || out.input == "" {
		return r, fmt.Errorf("line %d of the file of refused lines has no %s or no %s, of which ids may be made: keep what stood there", r.line, badInput, badLine)
	}
	out.line = line
	switch {
	case err != nil:
		return out, err
	case out.text != "":
		return out, &badRow{reason: "not mended: give each column its cell, and empty " + badText, unknown: true}
	case marks[2] == reasonLate:
		return out, &badRow{reason: reasonLate}
	}
	return out, nil
}
